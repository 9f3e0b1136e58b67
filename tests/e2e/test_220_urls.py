# SPDX-License-Identifier: Apache-2.0
"""apache.url_for: the URLs that functions make are the routes', with the
values they were made of."""

import datetime
import importlib.util
import inspect
import os
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
from url_cases import (ROUND, SHOP, WRONG_TYPES,  # noqa: E402
                       WRONG_VALUES)

PYTHON = """\
import datetime
import threading
from decimal import Decimal
from uuid import UUID

import apache


def f(**values):
    return repr(values)


def make(spec):
    name, values = eval(spec)
    try:
        return apache.url_for(name, **values)
    except Exception as error:
        return f"{type(error).__name__} {error}"


def elsewhere(spec):
    made = []
    thread = threading.Thread(target=lambda: made.append(make(spec)))
    thread.start()
    thread.join()
    return made[0]


def often(times):
    for _ in range(times):
        apache.url_for("order", id=1, q="x" * 100, tags=["a", "b"])
        try:
            apache.url_for("order", id="x")
        except TypeError:
            pass
        with open("/proc/self/statm") as pages:
            resident = int(pages.read().split()[1])
    return resident
"""
NAMES = {"datetime": datetime, "Decimal": Decimal, "UUID": UUID}
MORE = """\
GET /make      -> m:make(spec: str)
GET /elsewhere -> m:elsewhere(spec: str)
GET /often     -> m:often(times: int)
"""
OTHER = """routes 1
public
GET /there/{id:int} -> m:f as there
GET /again          -> m:f() as home
GET /make           -> m:make(spec: str)
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("m.py", PYTHON)
    load = [shared.build("app", SHOP.replace('host "{t', MORE + 'host "{t')),
            shared.build("other", OTHER)]
    server = shared.httpd(
        load, f'RoutesMount /shop app\nRoutesMount /other other\n'
              f'RoutesPythonPath "{shared.root}"')
    return server.start()


@pytest.fixture(scope="module")
def made(shared, server):
    """The module that routesc writes."""
    done = shared.routesc("urls", "app.routes", "-o", "made.py")
    assert done.returncode == 0, done.stderr
    path = shared.root / "made.py"
    spec = importlib.util.spec_from_file_location("made", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def url_for(server, name, values, host="localhost", via="/shop/make"):
    answer = server.get(f"{via}?spec=" + quote(repr((name, values))),
                        Host=host)
    assert answer.status == 200, answer
    return answer.text


def named(made, name, args, more):
    """All values by name."""
    names = list(inspect.signature(getattr(made, name)).parameters)
    return {**dict(zip(names, args)), **more}


@pytest.mark.parametrize("name, args, more, values", ROUND)
def test_a_url_is_that_of_the_module_and_its_route(server, made, name, args,
                                                   more, values):
    given = named(made, name, args, more)
    url = url_for(server, name, given)
    host, path = "localhost", url
    if url.startswith("//"):
        host, _, path = url[2:].partition("/")
        path = "/" + path
    assert path == getattr(made, name)(*args, **more, _base="/shop")
    assert (f"//{host}" in getattr(made, name)(*args, **more)) == (path != url)
    answer = server.get(path, Host=host)
    assert answer.status == 200, (url, answer)
    found = eval(answer.text, NAMES)
    # what explain calls a value is the text of it here
    assert {key: str(found[key]).removesuffix("+00:00")
            for key in values if isinstance(values[key], str)} == \
        {key: str(value).replace("T", " ").removesuffix("+00:00")
         if name == "by_time" or key == "t" else str(value)
         for key, value in values.items() if isinstance(value, str)}
    assert {key: found[key] for key in values
            if not isinstance(values[key], str)} == \
        {key: value for key, value in values.items()
         if not isinstance(value, str)}


@pytest.mark.parametrize("name, args, more", WRONG_VALUES)
def test_a_value_that_is_no_url_is_a_value_error(server, made, name, args,
                                                 more):
    said = url_for(server, name, named(made, name, args, more))
    assert said.startswith(("ValueError ", "OverflowError ",
                            "UnicodeEncodeError ")), said


@pytest.mark.parametrize("name, args, more", [
    case for case in WRONG_TYPES if len(case[1]) < 2 and not
    repr(case).count("nan") and not repr(case).count("inf") and
    not repr(case).count("NaN") and not repr(case).count("seconds")])
def test_another_type_is_a_type_error(server, made, name, args, more):
    said = url_for(server, name, named(made, name, args, more))
    assert said.startswith(("TypeError ", "ValueError ")), said


@pytest.mark.parametrize("name, values, said", [
    ("order", {"id": "7"}, "TypeError id: int(1..99) is wanted, and '7' is "
                           "of the class str"),
    ("order", {"id": 100}, "ValueError id: int(1..99) is wanted, and not 100"),
    ("order", {}, "TypeError the URL of order needs id"),
    ("order", {"id": 1, "colour": 2},
     "TypeError the URL of order has other parameters than ('id', 'colour')"),
    ("m_f", {}, "LookupError no route is called 'm_f'"),
    ("", {}, "LookupError no route is called ''"),
    ("nowhere:home", {}, "LookupError no route is called 'nowhere:home'"),
    ("home", {"_base": 5}, "TypeError _base: a str is wanted"),
    ("file", {"rest": "a/../b"}, "ValueError the URL of file would have"),
])
def test_what_is_wrong_is_named(server, name, values, said):
    assert url_for(server, name, values).startswith(said)


def test_the_prefix_is_that_of_the_mount_and_the_host_that_of_the_caller(
        server):
    assert url_for(server, "home", {}) == "/shop/"
    assert url_for(server, "picked", {"id": 7, "q": 3}) == "/shop/pick/7?q=3"
    assert url_for(server, "version", {}) == "//api.example.com/shop/v"
    assert url_for(server, "version", {}, "api.example.com") == "/shop/v"
    assert url_for(server, "version", {}, "API.example.com:8080") == "/shop/v"
    assert url_for(server, "version", {"_base": ""}) == "/v"
    assert url_for(server, "home", {"_base": "https://x.example/"}) == \
        "https://x.example/"
    assert url_for(server, "tenant_page", {"tenant": "a", "id": 1},
                   "a.example.com") == "/shop/t/1"
    assert url_for(server, "tenant_page", {"tenant": "b", "id": 1},
                   "a.example.com") == "//b.example.com/shop/t/1"


def test_the_callers_own_table_comes_first(server):
    assert url_for(server, "home", {}, via="/other/make") == "/other/again"
    assert url_for(server, "there", {"id": 5}, via="/other/make") == \
        "/other/there/5"
    assert url_for(server, "there", {"id": 5, "_base": "/x"}) == "/x/there/5"
    assert url_for(server, "other:home", {"_base": "/x"}) == "/x/again"
    assert url_for(server, "app:home", {}) == "/shop/"
    assert url_for(server, "there", {"id": 5}).startswith("RuntimeError ")


def test_outside_of_a_request_the_base_must_be_given(server):
    def there(name, **values):
        return url_for(server, name, values, via="/shop/elsewhere")

    assert there("order", id=1).startswith("RuntimeError ")
    assert there("order", id=1, _base="https://x.example/shop") == \
        "https://x.example/shop/orders/1"
    assert there("home", _base="").startswith("LookupError routes of several")


@pytest.mark.skipif("ROUTES_PRELOAD" in os.environ,
                    reason="AddressSanitizer keeps what was freed")
def test_it_leaves_nothing_behind(server):
    before = int(server.get("/shop/often?times=2000").text)
    after = int(server.get("/shop/often?times=50000").text)
    assert after - before < 500, (before, after)        # pages

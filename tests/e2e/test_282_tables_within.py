# SPDX-License-Identifier: Apache-2.0
"""What a table gives to those mounted in it: time, error pages, URLs."""

import threading

import pytest

from conftest import RUNNING, Site
from httpd import wait_for

FRONT = """\
routes 1
realm slow = python { check front:check }
error 400..599 -> front:page
GET /there/{n: int} -> front:there(n) { public; as there }
mount /free  routes middle public
mount /brief routes middle { public; limit time 300ms }
mount /long  routes middle { public; limit time 1h }
mount /other routes shop { public; limit time 1h }
location /place {
    limit time 300ms
    mount /in  routes middle public
    mount /off routes middle { public; override limit time off }
}
location /asked {
    auth slow
    require user
    mount /brief routes shop { limit time 300ms }
}
mount /paged routes shop { public; error 500 -> front:mount_page }
"""
MIDDLE = """\
routes 1
GET /home -> shop:hello { public; as middle }
mount /shop routes shop public
mount /less routes shop { public; limit time 200ms }
mount /week routes shop { public; limit time 1w }
"""
SHOP = """\
routes 1
realm slow = python { check shop:check }
rule slow(n: int) -> shop:slow
GET /hello   -> shop:hello { public; as hello }
GET /n/{n: int}/{rest: path} -> shop:hello { public; as number }
GET /loop    -> shop:loop public
GET /own     -> shop:loop { public; limit time 100ms }
GET /later   -> shop:later public
GET /stream  -> shop:stream { public; returns stream }
GET /urls    -> shop:urls(names: list<str>) public
GET /old     -> shop:hello { public; slash redirect }
GET /fail    -> shop:fail public
GET /mapped  -> shop:fail { public; raises KeyError as 409 }
GET /bad     -> shop:result public
location /own-pages {
    public
    error 500 -> shop:page
    GET /fail -> shop:fail
    GET /mapped -> shop:fail raises KeyError as 409
}
location /broken { public; error 500 -> shop:fail_page; GET . -> shop:fail }
GET /realm   -> shop:hello { auth slow; require user }
GET /rule/{n: int} -> shop:hello { auth quick; require slow(n) }
realm quick = python { check shop:known }
mount /wsgi  wsgi shop:app public
mount /asgi  asgi shop:asgi public
location /own-apps {
    public
    error 400..599 -> shop:page
    mount /wsgi wsgi shop:app
    mount /asgi asgi shop:asgi
}
redirect /away/{rest: path} 308 /n/7/{rest} public
redirect /out 302 "https://other.example/x" public
"""
FRONT_PYTHON = """\
import apache
def there(n):
    return [apache.url_for("there", n=n), apache.url_for("front:there", n=n)]
def check(request):
    while "x-slow" in request.headers_in:
        pass
    return "ada"
def page(error):
    try:
        url = apache.url_for("hello")
    except RuntimeError:
        url = apache.url_for("there", n=1)
    return f"front {error.status} {error.exception!r} {url}"
def mount_page(error):
    return f"mount {error.status} {error.exception!r} {error.route.name}"
"""
SHOP_PYTHON = """\
import apache, asyncio
def hello(n=0, rest=""):
    return "hello"
def loop():
    while True:
        pass
async def later():
    await asyncio.sleep(3600)
def stream():
    yield "begun"
    loop()
def check(request):
    loop()
def known(request):
    return "ada"
def slow(principal, n):
    loop()
def urls(names):
    def one(name):
        values = {"number": {"n": 3, "rest": "a b/c"}, "there": {"n": 4}}
        try:
            return apache.url_for(name, **values.get(name.split(":")[-1], {}))
        except Exception as error:
            return type(error).__name__
    return [one(name) for name in names]
def fail():
    raise KeyError("lost")
def result():
    return object()
def page(error):
    return f"shop {error.status} {error.exception!r}"
def fail_page(error):
    raise ValueError
def app(environ, start):
    how = environ["PATH_INFO"][1:]
    if how == "x":
        loop()
    if how == "late":
        start("200 OK", [])
    if how == "body":
        environ["wsgi.input"].read()
    if how == "nothing":
        return []
    raise KeyError("lost")
async def asgi(scope, receive, send):
    how = scope["path"].rpartition("/")[2]
    if scope["type"] == "lifespan":
        return
    if how == "x":
        await asyncio.sleep(3600)
    if how == "late":
        await send({"type": "http.response.start", "status": 200})
    if how == "body":
        await receive()
    if how != "nothing":
        raise KeyError("lost")
"""


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(request):
    site = Site(shared=True)
    site.write("front.py", FRONT_PYTHON)
    site.write("shop.py", SHOP_PYTHON)
    load = [site.build(name, text) for name, text in
            (("front", FRONT), ("middle", MIDDLE), ("shop", SHOP))]
    made = site.httpd(load, """
        RoutesPythonPath "{root}"
        RoutesMount /a front
        RoutesMount "/b c" front
        RoutesMount /s shop
        LogLevel routes:info
    """, mpm=request.param)
    RUNNING.append(made)
    yield made.start()
    site.close()


# ---- time -------------------------------------------------------------------

@pytest.mark.parametrize("target, limit", [
    ("/a/brief/shop/loop", "0.300"), ("/a/brief/less/loop", "0.200"),
    ("/a/brief/week/loop", "0.300"), ("/a/long/less/loop", "0.200"),
    ("/a/place/in/week/loop", "0.300"), ("/a/long/shop/own", "0.100"),
    ("/a/brief/shop/own", "0.100"), ("/a/place/off/less/loop", "0.200"),
    ("/a/brief/shop/later", "0.300"), ("/a/brief/shop/realm", "0.300"),
    ("/a/brief/shop/rule/1", "0.300"), ("/a/brief/shop/wsgi/x", "0.300"),
    ("/a/brief/shop/asgi/x", "0.300"), ("/a/free/less/loop", "0.200")])
def test_the_shortest_time_of_all_tables_counts(server, target, limit):
    server.expect(rf"ROUTES0126: .*shop:\w+.* ran past its limit of {limit} s",
                  "ROUTES0121")
    server.allowed += ["ROUTES0127"]
    answer = server.get(target)
    assert answer.status == 504
    assert answer.text.startswith("front 504 ")


def test_a_realm_of_the_outer_table_has_the_time_of_the_mount(server):
    server.expect(r"ROUTES0126: .*front:check.* past its limit of 0\.300 s",
                  "ROUTES0121")
    answer = server.request("GET", "/a/asked/brief/hello", None,
                            {"X-Slow": "1"})
    assert answer.status == 504


@pytest.mark.parametrize("target", [
    "/a/free/shop/hello", "/a/long/shop/hello", "/a/long/week/hello",
    "/a/place/off/shop/hello", "/s/hello"])
def test_who_is_quick_answers(server, target):
    assert server.get(target).text == "hello"


def test_a_stream_is_cut_at_the_end_of_its_time(server):
    server.expect(r"ROUTES0126: .*shop:stream.* past its limit of 0\.300 s",
                  "ROUTES0121")
    connection = server.connect()
    connection.request("GET", "/a/brief/shop/stream")
    answer = connection.getresponse()
    with pytest.raises(Exception):
        answer.read()
    connection.close()


# ---- error pages ------------------------------------------------------------

@pytest.mark.parametrize("target, text", [
    ("/a/free/shop/fail", "front 500 KeyError('lost') /a/there/1"),
    ("/a/other/fail", "front 500 KeyError('lost') /a/there/1"),
    ("/a/free/shop/mapped", "front 409 KeyError('lost') /a/there/1"),
    ("/a/free/shop/own-pages/fail", "shop 500 KeyError('lost')"),
    ("/a/free/shop/own-pages/mapped",
     "front 409 KeyError('lost') /a/there/1"),
    ("/a/paged/fail", "mount 500 KeyError('lost') mount routes"),
    ("/a/paged/mapped", "front 409 KeyError('lost') /a/there/1")])
def test_a_page_of_a_table_around_has_the_exception(server, target, text):
    if "mapped" not in target:
        server.expect("ROUTES0120", "ROUTES0121")
    answer = server.get(target)
    assert str(answer.status) in text and answer.text == text


def test_a_result_that_cannot_be_sent_is_no_exception_of_the_function(server):
    server.expect("ROUTES0120")
    assert server.get("/a/free/shop/bad").text == "front 500 None /a/there/1"


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@pytest.mark.parametrize("how", ["now", "late", "body", "nothing"])
def test_a_page_has_the_exception_of_an_application(server, kind, how):
    server.expect("ROUTES0120")
    server.allowed += ["ROUTES0121"]
    said = "None" if how == "nothing" else "KeyError('lost')"
    answer = server.get(f"/s/own-apps/{kind}/{how}")
    assert (answer.status, answer.text) == (500, f"shop 500 {said}")
    server.expect("ROUTES0120")
    answer = server.get(f"/a/free/shop/{kind}/{how}")
    assert answer.text == f"front 500 {said} /a/there/1"


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_a_page_has_what_a_body_does_to_an_application(server, kind):
    server.allowed += ["ROUTES0120", "ROUTES0121", "ROUTES0122"]
    answer = server.request("POST", f"/s/own-apps/{kind}/body", b"a" * 2**21)
    assert answer.status == 413
    assert answer.text.startswith("shop 413 ")


def test_a_page_that_fails_is_not_followed_by_another(server):
    server.expect("ROUTES0120.*shop:fail", "ROUTES0121")
    answer = server.get("/a/free/shop/broken")
    assert answer.status == 500 and "front" not in answer.text


# ---- URLs -------------------------------------------------------------------

NAMES = ["hello", "number", "shop:hello", "middle", "middle:middle", "there",
         "front:there", "front:hello", "nosuch"]


@pytest.mark.parametrize("top", ["/a", "/b%20c"])
@pytest.mark.parametrize("mount, middle", [
    ("/free/shop", "/free/home"), ("/long/week", "/long/home"),
    ("/place/off/shop", "/place/off/home"), ("/other", "RuntimeError")])
def test_urls_are_those_of_the_place_that_was_asked(server, top, mount,
                                                    middle):
    own = top + mount
    middle = middle if middle[0] != "/" else top + middle
    answer = server.get(f"{own}/urls?names=" + "&names=".join(NAMES))
    assert answer.json == [
        f"{own}/hello", f"{own}/n/3/a%20b/c", f"{own}/hello", middle, middle,
        f"{top}/there/4", f"{top}/there/4", "LookupError", "LookupError"]
    assert server.get(f"{own}/hello").text == "hello"
    assert server.get(answer.json[1]).text == "hello"
    if middle[0] == "/":
        assert server.get(middle).text == "hello"
    assert server.get(answer.json[5]).json == [answer.json[5]] * 2


def test_a_table_alone_knows_no_other_place(server):
    answer = server.get("/s/urls?names=hello&names=middle&names=there")
    assert answer.json == ["/s/hello", "RuntimeError", "RuntimeError"]


@pytest.mark.parametrize("own", ["/a/free/shop", "/b%20c/other", "/s"])
def test_redirects_lead_to_where_the_table_is(server, own):
    away = server.get(f"{own}/away/a%20b/c?x=1")
    assert away.headers["Location"] == f"{own}/n/7/a%20b/c?x=1"
    assert server.get(away.headers["Location"]).text == "hello"
    assert server.get(f"{own}/out").headers["Location"] == (
        "https://other.example/x")
    slash = server.get(f"{own}/old/?x=1")
    assert slash.status == 308
    assert slash.headers["Location"] == f"{own}/old?x=1"


# ---- virtual hosts ----------------------------------------------------------

OUTER = """\
routes 1
mount /rated routes in { public; limit rate 1/day }
mount /one   routes in { public; limit concurrency 1 }
mount /deep  routes in { public; limit rate 1/day }
"""
IN = """\
routes 1
setting word: str = "none"
GET /x    -> t:word(text: str = $word) public
GET /hold -> t:hold(text: str = $word) public
GET /url  -> t:url { public; as url }
"""
PYTHON = """\
import apache, pathlib, time
def word(text):
    return text
def hold(text):
    here = pathlib.Path(__file__).parent / "spool"
    (here / "held").touch()
    while not (here / "go").exists():
        time.sleep(0.01)
    return text
def url():
    return [apache.url_for("url"), apache.url_for("in:url"),
            apache.url_for("in:url", _base="/z")]
"""


def test_hosts_with_other_values_of_an_inner_setting_are_told_apart(site):
    site.write("t.py", PYTHON)
    site.writable("spool")
    load = [site.build("out", OUTER), site.build("in", IN)]
    hosts = "".join(f"""
        <VirtualHost *:{{port}}>
            ServerName {name}.example
            RoutesSet word {word}
        </VirtualHost>
    """ for name, word in (("one", 1), ("two", 2), ("three", 2)))
    server = site.httpd(load, 'RoutesMount out\nRoutesPythonPath "{root}"\n' +
                        hosts)
    RUNNING.append(server)
    server.start()

    def get(name, path):
        return server.request("GET", path, None, {"Host": f"{name}.example"})
    assert get("one", "/rated/x").text == "1"
    assert get("one", "/rated/x").status == 429
    assert get("two", "/rated/x").text == "2"
    assert get("two", "/rated/x").status == 429
    assert get("three", "/rated/x").status == 429
    assert get("one", "/deep/url").json == ["/deep/url", "/deep/url", "/z/url"]
    texts = []
    first = threading.Thread(
        target=lambda: texts.append(get("one", "/one/hold").text))
    first.start()
    spool = server.root / "spool"
    wait_for((spool / "held").exists, "the first call")
    assert get("one", "/one/x").status == 503
    assert get("two", "/one/x").text == "2"
    (spool / "go").touch()
    first.join()
    assert texts == ["1"]

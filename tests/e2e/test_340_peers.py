# SPDX-License-Identifier: Apache-2.0
"""What mod_python's publisher gets wrong on Python 3, each as a test that
passes here; of its sessions and its reloading in 341."""

import base64

import pytest

from conftest import problem

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
public
publish /lib -> lib {
    mean(data: list<int>(1..))
    greet(name: str = "default")
    raw()
    fault()
}
location /guarded {
    auth staff
    require user
    GET /printed -> lib:printed
    GET /nested  -> lib:nested
    GET /wrapped -> lib:wrapped
}
"""

PYTHON = """\
import functools
from shutil import rmtree
from subprocess import call

def mean(data):
    return sum(data) / len(data)
def greet(name="default"):
    return f"{type(name).__name__} {name}"
def raw():
    return b"plain"
def fault():
    return 404, "gone"
def printed():
    print("x")
    __auth__ = {"user": "nobody"}
    return "secret"
def nested():
    __auth__ = [["a"], {"b": "c"}]
    return "secret"
def plain():
    __auth__ = False
    return "secret"
@functools.wraps(plain)
def wrapped():
    return plain()
"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(shared):
    shared.htpasswd("staff.htpasswd", ann="a")
    shared.write("lib.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("path", [
    "/lib/rmtree?path=/nowhere", "/lib/call?args=true", "/lib/functools",
    "/lib/functools.reduce", "/lib/functools/reduce", "/lib/printed",
    "/lib/__name__", "/lib/mean/__globals__", "/lib",
])
def test_what_a_module_imports_has_no_url(server, path):
    assert server.get(path).status == 404


def test_a_dot_is_no_slash(server):
    assert server.get("/lib/raw").status == 200
    for path in ("/lib.raw", "/lib/raw.", "/lib/.raw", "/lib/raw.py"):
        assert server.get(path).status == 404


@pytest.mark.parametrize("name", ["printed", "nested", "wrapped"])
def test_who_may_call_does_not_depend_on_the_function_s_code(server, name):
    answer = server.get(f"/guarded/{name}")
    assert answer.status == 401 and b"secret" not in answer.body


@pytest.mark.parametrize("name", ["printed", "nested", "wrapped"])
def test_and_who_may_call_does(server, name):
    code = base64.b64encode(b"ann:a").decode()
    answer = server.get(f"/guarded/{name}", Authorization=f"Basic {code}")
    assert (answer.status, answer.text) == (200, "secret")


def test_the_names_of_a_form_are_text(server):
    answer = server.request("POST", "/lib/greet", "name=ann", FORM)
    assert answer.text == "str ann"


def test_json_is_taken(server):
    answer = server.request("POST", "/lib/mean", '{"data": [1, 2]}', JSON)
    assert (answer.status, answer.text) == (200, "1.5")


def test_a_chunked_body_is_taken(server):
    answer = server.request("POST", "/lib/greet", [b"name=", b"bob"], FORM,
                            encode_chunked=True)
    assert (answer.status, answer.text) == (200, "str bob")


def test_a_missing_argument_is_the_caller_s_fault(server):
    assert problem(server.get("/lib/mean")) == {("query", "data", "missing")}


def test_a_field_called_req_is_a_field(server):
    assert server.get("/lib/greet?req=1&self=2&name=c").text == "str c"


def test_bytes_are_themselves(server):
    assert server.get("/lib/raw").body == b"plain"


def test_a_status_is_sent_as_it_is(server):
    answer = server.get("/lib/fault")
    assert (answer.status, answer.reason, answer.text) == \
        (404, "Not Found", "gone")

# SPDX-License-Identifier: Apache-2.0
"""The other form of a path, with or without a slash at its end."""

import base64

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }
slash redirect

GET      /            -> app:here public
GET,POST /items       -> app:here public
GET      /list/       -> app:here public
GET      /n/{x:int}   -> app:one public
POST     /n/{x:int}/  -> app:one public
ANY      /any         -> app:here public
GET      /any/        -> app:there public
GET      /both        -> app:here public slash both
GET      /strict      -> app:here public slash strict
GET      /rest/{r:path} -> app:one(x = 1, r) public
location /closed {
    auth staff
    require user
    header "X-Shop" "yes"
    GET  .            -> app:here
    GET  /a           -> app:here
    GET  /open        -> app:here override public
    POST /admin       -> app:here require role(admin)
}
"""
PYTHON = """\
def here():
    return "here"
def there():
    return "there"
def one(x, r=""):
    return f"{x} {r}"
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(ROUTES, config="MergeSlashes Off")


@pytest.mark.parametrize("method, target, status, to", [
    ("GET", "/items/?a=%20b", 308, "/items?a=%20b"),
    ("HEAD", "/items/", 308, "/items"),
    ("POST", "/items/", 308, "/items"),
    ("DELETE", "/items/", 405, None), ("DELETE", "/items", 405, None),
    ("GET", "/list", 308, "/list/"), ("HEAD", "/list", 308, "/list/"),
    ("POST", "/list", 405, None),
    ("GET", "/n/7/", 308, "/n/7"), ("POST", "/n/7", 308, "/n/7/"),
    ("GET", "/n/x/", 404, None),
    ("POST", "/any/", 308, "/any"), ("GET", "/any/", 200, None),
    ("PATCH", "/any", 200, None),
    ("GET", "/both/", 200, None), ("GET", "/both", 200, None),
    ("GET", "/strict/", 404, None), ("GET", "/strict", 200, None),
    ("GET", "/rest", 404, None), ("GET", "/rest/", 200, None),
    ("GET", "/items//", 404, None),
    ("OPTIONS", "/items/", 204, None),
])
def test_the_other_form_leads_to_what_is_written(server, method, target,
                                                 status, to):
    answer = server.request(method, target)
    assert (answer.status, answer.headers["Location"]) == (status, to)


def test_both_forms_are_one_route_and_what_is_written_wins(server):
    assert server.get("/both/").text == server.get("/both").text == "here"
    assert server.get("/any/").text == "there"
    assert server.get("/any").text == "here"


@pytest.mark.parametrize("target", ["/closed/", "/closed/a/"])
def test_the_target_s_own_requirement_comes_first(server, target):
    answer = server.get(target)
    assert answer.status == 401 and "Location" not in answer.headers
    answer = server.request("GET", target, headers=ADA)
    assert answer.status == 308
    assert answer.headers["Location"] == target[:-1]
    assert answer.headers["X-Shop"] == "yes"


def test_whoever_may_not_call_it_is_not_led_there(server):
    answer = server.request("POST", "/closed/admin/", headers=ADA)
    assert answer.status == 403 and "Location" not in answer.headers
    assert server.get("/closed/open/").status == 308
    # what is no path at all stays behind the guard
    assert server.get("/closed/none/").status == 401
    assert server.request("GET", "/closed/none/", headers=ADA).status == 404


def test_below_a_prefix_the_location_has_it(site):
    site.write("app.py", PYTHON)
    site.htpasswd("staff.htpasswd", ada="x")
    server = site.serve(ROUTES, mount="RoutesMount /my app")
    assert server.get("/my/items/").headers["Location"] == "/my/items"
    assert server.get("/my/list").headers["Location"] == "/my/list/"

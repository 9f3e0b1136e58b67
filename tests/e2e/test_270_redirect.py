# SPDX-License-Identifier: Apache-2.0
"""Redirects: where they lead, for whom, and who can't steer them."""

import base64

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd" }

redirect /old                301 /new                       public
redirect /shop/{rest:path}   308 /catalog/{rest}            public
redirect /all/{rest:path}    302 /{rest}                    public
redirect /find/{word}        303 "/search?q={word}&a=b#hits" public
redirect /docs/{page}        307 "https://docs.example.com/d/{page}#top" public
redirect /day/{day:date}     302 /calendar/{day}            public
redirect /as/{name}          302 /people/{name}             public
location /orders/{id:int} {
    auth staff
    require user
    cache 1h
    header "X-Shop" "yes"
    redirect /bill 308 /invoice
    redirect /list 302 "/orders" override public
    redirect /role 302 . { require role(admin) }
}
GET /new      -> app:new() public
GET /failing  -> app:new() public
"""
PYTHON = """\
def new():
    return "new"
"""
ADA = {"Authorization": "Basic " + base64.b64encode(b"ada:x").decode()}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="x")
    return shared.serve(ROUTES, config="""\
AllowEncodedSlashes NoDecode
MergeSlashes Off
<Location /missing>
  ErrorDocument 404 /old
</Location>
""")


def location(server, target, **options):
    answer = server.request("GET", target, **options)
    assert 300 < answer.status < 309, answer
    return answer.headers["Location"]


@pytest.mark.parametrize("target, status, to", [
    ("/old", 301, "/new"), ("/old?", 301, "/new"),
    ("/old?a=1&b=%20", 301, "/new?a=1&b=%20"),
    ("/shop/", 308, "/catalog/"), ("/shop/a/b", 308, "/catalog/a/b"),
    ("/find/tea?x=1", 303, "/search?q=tea&a=b&x=1#hits"),
    ("/docs/a%20b", 307, "https://docs.example.com/d/a%20b#top"),
    ("/docs/a?v=2", 307, "https://docs.example.com/d/a?v=2#top"),
    ("/day/2026-02-28", 302, "/calendar/2026-02-28"),
])
def test_a_redirect_leads_where_it_says(server, target, status, to):
    answer = server.get(target)
    assert (answer.status, answer.headers["Location"]) == (status, to)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.type == "text/html"


def test_the_page_has_a_link_that_is_escaped(server):
    answer = server.get("/find/a?x=%3Cb%3E&y='&z")
    assert b"<b>" not in answer.body
    assert b'href="/search?q=a&amp;a=b&amp;x=%3Cb%3E' in answer.body


@pytest.mark.parametrize("target, method, status", [
    ("/old", "HEAD", 301), ("/old", "POST", 405), ("/old", "DELETE", 405),
    ("/find/x", "POST", 405), ("/shop/x", "POST", 308),
    ("/shop/x", "PATCH", 308), ("/shop/x", "HEAD", 308),
    ("/docs/x", "DELETE", 307), ("/shop/x", "OPTIONS", 204),
])
def test_a_status_that_keeps_the_method_answers_every_one(server, target,
                                                          method, status):
    answer = server.request(method, target)
    assert answer.status == status
    assert ("Location" in answer.headers) == (300 < status < 309)
    assert method != "HEAD" or answer.body == b""


def test_a_body_is_left_alone_and_the_connection_goes_on(server):
    link = server.connect()
    link.request("POST", "/shop/x", b"a" * 2_000_000)
    first = link.getresponse()
    first.read()
    assert first.status == 308
    link.request("GET", "/new")
    assert link.getresponse().read() == b"new"
    link.close()


# ---- attackers --------------------------------------------------------------

@pytest.mark.parametrize("target", [
    "/all//evil.example", "/all///evil.example/x", "/all/%2Fevil.example",
    "/all/%2F%2Fevil.example", "/all/%5Cevil.example", "/all/\\evil.example",
    "/all/%09/evil.example", "/all//%5Cevil.example", "/all/%2e%2e//evil",
    "/all/https:%2F%2Fevil.example", "/all/@evil.example", "/all/%40evil",
])
def test_nobody_can_lead_a_caller_to_another_server(server, target):
    answer = server.get(target)
    if answer.status not in (400, 404):
        to = answer.headers["Location"]
        assert to[0] == "/" and to[1:2] not in ("/", "\\"), to


@pytest.mark.parametrize("target", [
    "/all/x%0d%0aSet-Cookie:%20a=b", "/shop/%0aX-A:%20b", "/all/%0d",
    "/shop/x%C4%8D%C4%8A", "/shop/x%E5%98%8A",
])
def test_nothing_gets_behind_the_end_of_the_line(server, target):
    answer = server.get(target)
    assert "Set-Cookie" not in answer.headers
    assert "X-A" not in answer.headers
    # a control is no text: 400 as for a call
    assert answer.status in (302, 308, 400)
    assert not set(answer.headers.get("Location", "")) & set("\r\n\t ")


def test_what_is_encoded_stays_encoded(server):
    assert (location(server, "/shop/a%3Fb%23c%25d")
            == "/catalog/a%3Fb%23c%25d")
    assert location(server, "/as/a%2Fb") == "/people/a%252Fb"
    assert location(server, "/shop/caf%C3%A9") == "/catalog/caf%C3%A9"


def test_a_value_that_is_none_is_no_redirect(server):
    assert server.get("/day/2026-02-30").status == 404
    assert server.get("/as/%FF").status == 400
    assert server.get("/day/x").status == 404


# ---- who may ----------------------------------------------------------------

def test_a_redirect_tells_nothing_to_whom_it_does_not_serve(server):
    closed = server.request("POST", "/orders/7/bill?x=1")
    assert closed.status == 401 and "Location" not in closed.headers
    assert server.get("/orders/7/none").status == 401
    denied = server.request("GET", "/orders/7/role", headers=ADA)
    assert denied.status == 403 and "Location" not in denied.headers
    assert location(server, "/orders/7/list") == "/orders"
    opened = server.request("POST", "/orders/7/bill?x=1", headers=ADA)
    assert opened.status == 308
    assert opened.headers["Location"] == "/orders/7/invoice?x=1"


def test_another_site_s_form_is_led_on_and_refused_there(server):
    answer = server.request("POST", "/orders/7/bill", headers={
        **ADA, "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 308


def test_a_redirect_has_the_headers_of_its_place(server):
    answer = server.request("GET", "/orders/7/bill", headers=ADA)
    assert answer.headers["X-Shop"] == "yes"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


def test_a_redirect_as_an_error_document_leads_on(server):
    answer = server.get("/missing")
    assert (answer.status, answer.headers["Location"]) == (301, "/new")


def test_below_a_prefix_the_location_has_it(site):
    site.write("app.py", PYTHON)
    site.htpasswd("staff.htpasswd", ada="x")
    server = site.serve(ROUTES, mount="RoutesMount /my app")
    assert location(server, "/my/old") == "/my/new"
    assert location(server, "/my/all/x") == "/my/x"
    assert (location(server, "/my/docs/x")
            == "https://docs.example.com/d/x#top")

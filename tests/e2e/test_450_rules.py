# SPDX-License-Identifier: Apache-2.0
"""What a requirement can ask beside who calls: addresses and methods."""

import hashlib
import shutil
import subprocess

import pytest

ROUTES = """\
routes 1
realm keys = apikey { header "X-Api-Key"; file "keys" }
auth keys
GET      /office   -> app:ok require ip(10.0.0.0/8, "2001:db8::/32")
GET      /outside  -> app:ok require not ip(10.0.0.0/8)
GET      /six      -> app:ok require ip("::/0")
GET      /here     -> app:ok require ip(127.0.0.1)
GET      /either   -> app:ok require user or ip(10.1.0.0/16)
GET,POST /read     -> app:ok require method(GET) or role(boss)
GET,POST /write    -> app:ok require not method(GET)
ANY      /any      -> app:ok require method(PUT, DELETE)
"""
CONFIG = """
    Protocols h2c http/1.1
    RemoteIPHeader X-Forwarded-For
    RemoteIPInternalProxy 127.0.0.1
    RemoteIPInternalProxy 10.9.9.9
"""
KEY = "k" * 40


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", "def ok():\n    return 'ok'\n")
    shared.write("keys", "ann:" + hashlib.sha256(KEY.encode()).hexdigest() +
                 ":boss\n")
    return shared.serve(ROUTES, CONFIG, modules=["remoteip", "http2"])


def status(server, target, address=None, method="GET", **headers):
    if address is not None:
        headers["X-Forwarded-For"] = address
    return server.request(method, target, headers=headers).status


@pytest.mark.parametrize("address, known", [
    ("10.0.0.0", True), ("10.255.255.255", True), ("10.1.2.3", True),
    ("9.255.255.255", False), ("11.0.0.0", False), ("127.0.0.1", False),
    ("2001:db8::", True), ("2001:db8:ffff::1", True), ("2001:db9::", False),
    ("::1", False), ("::ffff:10.1.2.3", True), ("::ffff:11.1.2.3", False),
    ("::10.1.2.3", False), ("64:ff9b::10.1.2.3", False),
])
def test_an_address_is_in_a_network_or_not(server, address, known):
    assert status(server, "/office", address) == (200 if known else 403)


def test_what_is_outside_is_the_rest(server):
    assert status(server, "/outside", "10.1.2.3") == 403
    assert status(server, "/outside", "::ffff:10.1.2.3") == 403
    assert status(server, "/outside", "2001:db8::1") == 200
    assert status(server, "/outside") == 200


def test_no_address_of_ipv4_is_one_of_ipv6(server):
    assert status(server, "/six", "2001:db8::1") == 200
    assert status(server, "/six", "10.1.2.3") == 403
    assert status(server, "/six", "::ffff:10.1.2.3") == 403


def test_without_a_proxy_it_is_the_connection_s(server):
    assert status(server, "/here") == 200
    assert status(server, "/here", "10.1.2.3") == 403


@pytest.mark.parametrize("header", [
    "X-Real-Ip", "Forwarded", "Client-Ip", "X-Client-Ip", "True-Client-Ip",
    "X-Originating-Ip", "Cf-Connecting-Ip", "Via"])
def test_no_other_header_is_an_address(server, header):
    value = "for=10.1.2.3" if header == "Forwarded" else "10.1.2.3"
    assert status(server, "/office", **{header: value}) == 403


def test_only_the_last_hop_that_is_no_proxy_counts(server):
    assert status(server, "/office", "10.1.2.3, 9.9.9.9") == 403
    assert status(server, "/office", "9.9.9.9, 10.1.2.3") == 200
    # an address that is none leaves the connection's
    assert status(server, "/office", "10.1.2.3, nonsense") == 403


def test_elsewhere_credentials_are_asked_for(server):
    assert status(server, "/either", "10.1.2.3") == 200
    assert status(server, "/either", "10.2.2.3") == 401
    assert status(server, "/either", "10.2.2.3", **{"X-Api-Key": KEY}) == 200


def test_head_counts_as_get(server):
    assert status(server, "/read", method="HEAD") == 200
    assert status(server, "/read") == 200
    assert status(server, "/read", method="POST") == 401
    assert status(server, "/read", method="POST",
                  **{"X-Api-Key": KEY}) == 200
    assert status(server, "/write", method="HEAD") == 403
    assert status(server, "/write") == 403
    assert status(server, "/write", method="POST") == 200


def test_a_method_is_the_request_s_own(server):
    for name in ("X-Http-Method-Override", "X-Http-Method",
                 "X-Method-Override"):
        assert status(server, "/read", method="POST", **{name: "GET"}) == 401
        assert status(server, "/any", **{name: "PUT"}) == 403
    assert status(server, "/any?_method=PUT", method="POST") == 403
    assert status(server, "/any", method="PUT") == 200
    for odd in ("put", "PUTT", "BREW", "DELETE2"):
        assert status(server, "/any", method=odd) in (403, 501)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize("target, address, status", [
    ("/here", "", 200), ("/here", "10.1.2.3", 403),
    ("/office", "", 403), ("/office", "10.1.2.3", 200)])
def test_http_2_has_the_address_of_the_client(server, target, address,
                                              status):
    done = subprocess.run(
        ["curl", "-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w",
         "%{http_code} %{http_version}", "-H", f"X-Forwarded-For: {address}",
         f"http://127.0.0.1:{server.port}{target}"],
        capture_output=True, text=True)
    assert done.stdout == f"{status} 2"


def test_explain_says_the_same(server, shared):
    for target, caller, wanted in (
            ("/office", "ip(10.1.2.3)", "granted"),
            ("/office", "ip(11.1.2.3)", "403"),
            ("/office", "user", "403"),
            ("/outside", "ip(10.1.2.3)", "403"),
            ("/either", "ip(10.2.0.1)", "401"),
            ("/either", "ip(10.1.0.1)", "granted"),
            ("/read", "anonymous", "granted")):
        said = shared.routesc("explain", "app.routes", "GET", target, "--as",
                              caller).stdout
        assert wanted in said, (target, caller, said)

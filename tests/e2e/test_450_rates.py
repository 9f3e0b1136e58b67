# SPDX-License-Identifier: Apache-2.0
"""limit rate: as many requests pass as a bucket holds, in all processes."""

import base64
import itertools
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from httpd import children, wait_for

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd"; groups "groups" }
public

GET /five    -> app:hello() limit rate 5/h per ip
GET /burst   -> app:hello() limit rate 1/h per ip burst 3
GET /kept    -> app:hello() limit rate 2/h per ip
GET /soon    -> app:hello() limit rate 2/s per ip burst 1
GET /team/{t} -> app:team(t) limit rate 2/h per t
GET /one/{t}/{n:int}, /two/{n:int}/{t} -> app:nth(t, n) {
    limit rate 2/h per t
}
GET /both/{t} -> app:team(t) limit rate 2/h per t, rate 3/h per ip
GET /maybe   -> app:hello(who: principal?) auth staff limit rate 2/h per user
GET /user    -> app:hello() {
    auth staff
    require user
    limit rate 2/h per user
}
GET /shared  -> app:hello() auth staff require role(admin) limit rate 2/h
GET /guess   -> app:hello() auth staff require user limit rate 3/h per ip
redirect /old 302 /five
location /group {
    limit rate 3/h per ip
    GET /a -> app:hello()
    GET /b -> app:hello() limit rate 2/h per ip
    GET /c -> app:hello() override limit rate 5/h per ip
    GET /d -> app:hello() override limit rate off
    GET /e -> app:hello() limit rate 1/h
}
location /own {
    limit rate 2/h per route
    GET /a, /b -> app:hello()
    GET /c     -> app:hello()
}
location /vault {
    auth staff
    require user
    limit rate 3/h per ip
    GET /real -> app:hello()
}
POST /open -> app:hello() {
    limit rate 1/h per ip
    cors { origins "https://a.example" }
}
"""
PYTHON = """\
def nth(t, n):
    return f"{n + 0} of {t}"

def team(t):
    return t


def hello(who=None):
    return "hello"
"""
CONF = """\
RemoteIPHeader X-From
RemoteIPInternalProxy 127.0.0.1
Protocols h2c http/1.1
LogLevel info
"""
PROCESSES = {
    "prefork": "StartServers 4\nMinSpareServers 4\nMaxSpareServers 8\n"
               "MaxRequestWorkers 8\n",
    "event": "StartServers 2\nServerLimit 2\nThreadsPerChild 8\n"
             "MaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16\n",
}
ADDRESSES = (f"10.{a}.{b}.1" for a, b in itertools.product(range(200),
                                                          range(200)))


@pytest.fixture(scope="module", params=["prefork", "event"])
def server(shared, request):
    shared.write("app.py", PYTHON)
    shared.write("groups", "admin: ada\n")
    shared.htpasswd("staff.htpasswd", ada="pw", bob="pw")
    modules = ("remoteip", "http2") if request.param == "event" \
        else ("remoteip",)
    server = shared.serve(ROUTES, PROCESSES[request.param] +
                          (CONF if "http2" in modules else
                           CONF.replace("Protocols h2c http/1.1\n", "")),
                          mpm=request.param, modules=modules)
    yield server
    server.stop()


@pytest.fixture
def caller(server):
    """Requests of somebody who has not asked before."""
    address = next(ADDRESSES)

    def get(target, user=None, address=address, method="GET", **headers):
        headers = {"X-From": address, **headers}
        if user is not None:
            code = base64.b64encode(user.encode()).decode()
            headers["Authorization"] = f"Basic {code}"
        return server.request(method, target, headers=headers)
    return get


def statuses(get, n, *words, **more):
    return [get(*words, **more).status for _ in range(n)]


def test_as_many_pass_at_once_as_the_bucket_holds(server, caller):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: caller("/five"), range(40)))
    assert sorted(a.status for a in answers) == [200] * 5 + [429] * 35
    assert all(600 <= int(a.headers["Retry-After"]) <= 720
               for a in answers if a.status == 429)


def test_a_burst_is_the_size_of_the_bucket(caller):
    assert statuses(caller, 4, "/burst") == [200, 200, 200, 429]
    assert 3500 <= int(caller("/burst").headers["Retry-After"]) <= 3600


def test_an_empty_bucket_is_filled_again(caller):
    assert caller("/soon").status == 200
    wait_for(lambda: caller("/soon").status == 429, "an empty bucket")
    wait_for(lambda: caller("/soon").status == 200, "another token")


def test_addresses_have_buckets_of_their_own(caller):
    statuses(caller, 5, "/five")
    assert caller("/five").status == 429
    assert caller("/five", address=next(ADDRESSES)).status == 200


def test_a_network_of_ipv6_is_one_caller(caller, server):
    net = f"2001:db8:{server.port:x}"
    for i in range(5):
        assert caller("/five", address=f"{net}:1::{i + 1}").status == 200
    assert caller("/five", address=f"{net}:1:ffff::9").status == 429
    assert caller("/five", address=f"{net}:2::1").status == 200


def test_a_mapped_address_is_that_of_ipv4(caller):
    address = next(ADDRESSES)
    statuses(caller, 5, "/five", address=f"::ffff:{address}")
    assert caller("/five", address=address).status == 429


def test_a_parameter_divides_buckets_and_not_callers(caller, server):
    team = f"/team/t{server.mpm}"
    assert statuses(caller, 2, team) == [200, 200]
    assert caller(team, address=next(ADDRESSES)).status == 429
    assert caller(team + "2").status == 200


def test_a_parameter_divides_on_each_path_of_a_route(caller, server):
    team = f"p{server.mpm}"
    for path in (f"/one/{team}/{{}}", f"/two/{{}}/{team}"):
        assert caller(path.format(1)).status == 200
    assert caller(f"/one/{team}/3").status == 429
    assert caller(f"/two/4/{team}").status == 429
    assert caller(f"/two/1/{team}x").status == 200


def test_rates_per_different_things_are_independent(caller, server):
    assert statuses(caller, 3, f"/both/a{server.mpm}") == [200, 200, 429]
    assert caller(f"/both/b{server.mpm}").status == 429     # its fourth


def test_users_have_buckets_wherever_they_are(caller):
    for address in (next(ADDRESSES), next(ADDRESSES)):
        assert caller("/user", "ada:pw", address).status == 200
    assert caller("/user", "ada:pw", next(ADDRESSES)).status == 429
    assert caller("/user", "bob:pw").status == 200


def test_who_is_not_known_counts_by_address(caller):
    assert statuses(caller, 3, "/maybe") == [200, 200, 429]
    assert caller("/maybe", address=next(ADDRESSES)).status == 200
    assert statuses(caller, 3, "/maybe", "ada:pw") == [200, 200, 429]


def test_who_may_not_call_takes_nothing_from_those_who_may(caller):
    assert statuses(caller, 4, "/shared", "bob:pw") == [403] * 4
    assert statuses(caller, 4, "/shared") == [401] * 4
    assert statuses(caller, 3, "/shared", "ada:pw") == [200, 200, 429]


def test_guesses_count_before_they_are_looked_at(caller):
    assert statuses(caller, 4, "/guess", "ada:no") == [401] * 3 + [429]
    assert caller("/guess", "ada:pw").status == 429


def test_a_place_counts_what_its_routes_get_together(caller):
    assert caller("/group/a").status == 200
    assert statuses(caller, 3, "/group/b") == [200, 200, 429]
    assert caller("/group/a").status == 429


def test_an_override_counts_for_itself(caller):
    assert statuses(caller, 6, "/group/c") == [200] * 5 + [429]
    assert statuses(caller, 6, "/group/d") == [200] * 6
    assert statuses(caller, 4, "/group/a") == [200] * 3 + [429]


def test_an_inner_rate_is_asked_first(caller):
    assert caller("/group/e").status == 200
    assert caller("/group/e", address=next(ADDRESSES)).status == 429


def test_routes_may_have_buckets_each(caller):
    assert [caller(f"/own/{x}").status for x in "abacca"] == \
        [200, 200, 429, 200, 200, 429]


@pytest.mark.parametrize("target", ["/vault/none", "/vault/real"])
def test_what_no_route_takes_is_counted_with_its_place(caller, target):
    assert statuses(caller, 4, target, "ada:no") == [401] * 3 + [429]
    assert caller("/vault/real", method="OPTIONS").status == 429
    assert caller("/vault/real", method="PUT").status == 429


def test_the_parts_of_a_redirect_count_where_it_stands(caller):
    assert statuses(caller, 9, "/old") == [302] * 9


def test_a_preflight_is_not_counted(caller):
    asks = {"Origin": "https://a.example",
            "Access-Control-Request-Method": "POST"}
    assert statuses(caller, 3, "/open", method="OPTIONS",
                    **asks) == [204] * 3
    assert statuses(caller, 2, "/open", method="POST") == [200, 429]


def test_the_log_names_the_rate_and_the_route(caller, server):
    mark = len(server.log())
    statuses(caller, 6, "/five")
    assert re.search(
        r"ROUTES0054: GET /five: too many requests \(app\.routes:5: "
        r"rate 5/h per ip of /five\), the next in [67]\d\d s "
        r"\(app\.routes:5: route \S+: public\)", server.log()[mark:])


def test_a_graceful_restart_forgets_nothing(caller, server):
    assert statuses(caller, 2, "/kept") == [200, 200]
    before = set(children(server.process.pid))
    server.graceful()
    assert caller("/kept").status == 429
    assert set(children(server.process.pid)) != before


def test_an_upgrade_to_http2_is_one_request(server):
    if server.mpm != "event":
        pytest.skip("the server speaks no HTTP/2")
    address = next(ADDRESSES)

    def curl():
        return subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", "-w",
             "%{http_code} %{http_version}", "--http2", "-H",
             f"X-From: {address}",
             f"http://127.0.0.1:{server.port}/kept"],
            capture_output=True, text=True, timeout=30).stdout
    assert [curl() for _ in range(3)] == ["200 2", "200 2", "429 1.1"]

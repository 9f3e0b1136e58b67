# SPDX-License-Identifier: Apache-2.0
"""The request and the caller as Python objects."""

import base64
import re

import pytest

ROUTES = """\
routes 1
realm staff = basic { file "staff.htpasswd"; groups "groups" }
auth staff

ANY  /show/{x}   -> app:show(req: request, x) public as shown
GET  /method     -> app:method(how: method) public
POST /method     -> app:method(how: method) public
GET  /who        -> app:who(user: principal) require user
GET  /maybe      -> app:who(user: principal?) public
GET  /asked      -> app:asked(req: request) require user
GET  /library    -> app:library() public
GET  /same       -> app:same(a: request, b: request) public
GET  /in         -> app:headers_in(req: request) public
GET  /out        -> app:headers_out(req: request) public
GET  /bad        -> app:bad(req: request, table: str, name: str, value: str) {
    public
}
GET  /notes      -> app:notes(req: request) public
GET  /log        -> app:log(req: request) public
GET  /keep       -> app:keep(req: request) public
GET  /stream     -> app:stream(req: request) public returns text/plain
GET  /kept       -> app:kept() public
GET  /end        -> app:end(req: request) public
GET  /thread     -> app:thread(req: request) public
GET  /late       -> app:late(req: request) public
GET  /over/{how} -> app:over(req: request, how) require user
GET  /found      -> app:found() public
GET  /frozen     -> app:frozen(req: request, user: principal) require user
"""
PYTHON = """\
import collections.abc
import gc
import threading
import time

import apache

seen = {}

def show(req, x):
    return {
        "method": req.method, "uri": req.uri, "args": req.args,
        "unparsed": req.unparsed_uri, "line": req.the_request,
        "host": req.hostname, "protocol": req.protocol,
        "ip": req.useragent_ip, "https": req.is_https(),
        "head": req.header_only, "route": list(req.route),
        "place": req.route.place, "user": req.user,
        "principal": req.principal, "id": len(req.id) > 5,
        "same_id": req.id == req.id, "time": req.request_time > 1.7e9,
        "repr": repr(req),
    }

def method(how: str):
    return how

def tell(user):
    if user is None:
        return {"user": None}
    return {"user": user.user, "realm": user.realm,
            "roles": sorted(user.roles), "groups": sorted(user.groups),
            "scopes": sorted(user.scopes), "claims": dict(user.claims),
            "type": type(user).__name__, "repr": repr(user)}

def who(user: apache.Principal | None):
    return tell(user)

def asked(req: apache.Request):
    return tell(req.principal)

def library():
    return apache.request().uri

def same(a, b):
    return a is b and a is apache.request()

def headers_in(req):
    table = req.headers_in
    assert isinstance(table, collections.abc.MutableMapping)
    return {"first": table["x-many"], "all": table.getlist("X-Many"),
            "none": table.get("nothing", "default"),
            "odd": table.get("caf\\u00e9", 1) == 1,
            "in": "X-MANY" in table, "out": "X-Other" in table,
            "number": 5 in table, "keys": sorted(k.lower() for k in table),
            "n": len(table), "latin": table["X-Latin"]}

def headers_out(req):
    table = req.headers_out
    table["X-One"] = "1"
    table["x-one"] = "2"
    table.add("X-Two", "a")
    table.add("X-Two", b"b")
    table["X-Gone"] = "x"
    del table["X-GONE"]
    table.setdefault("X-One", "3")
    table.update({"X-Latin": "\\u00e9"})
    req.err_headers_out["X-Err"] = "always"
    try:
        del table["X-Gone"]
    except KeyError as error:
        return repr(error)

def bad(req, table, name, value):
    try:
        getattr(req, table)[name] = value
    except ValueError as error:
        return f"refused: {error}"
    return "taken"

def notes(req):
    req.notes["a"] = "b"
    req.subprocess_env["NAME"] = "value"
    req.own = ["x"]
    other = apache.request()
    try:
        req.method = "POST"
    except AttributeError:
        return [req.notes["a"], other.notes["A"], other.own, req.__dict__,
                req.subprocess_env["NAME"]]

def log(req):
    req.log_error("a line of ours")
    req.log_error("a quiet one", apache.LOG_INFO)
    req.log_error("%s %n and\\nmore", apache.LOG_NOTICE)
    return req.id

def keep(req):
    seen["req"], seen["table"] = req, req.headers_in
    req.own = "still here"
    return "kept"

class End:
    def __del__(self):
        try:
            seen["req"] = apache.request()
        except RuntimeError:
            seen["end"] = "no request"

def end(req):
    req.end = End()
    return [seen.get("end")]

def stream(req):
    seen["req"], seen["table"] = req, req.headers_in
    req.own = "still here"
    for _ in range(3):
        yield req.uri + chr(10)

def kept():
    made = []
    for use in (lambda: seen["req"].uri, lambda: seen["table"]["Host"],
                lambda: len(seen["table"]), lambda: seen["req"].principal,
                lambda: seen["req"].log_error("x"),
                lambda: seen["req"].headers_out.add("X-A", "b"),
                lambda: seen["req"].route):
        try:
            made.append(use())
        except apache.RequestEnded as error:
            made.append(isinstance(error, RuntimeError))
    return [made, repr(seen["req"]), seen["req"].own]

def thread(req):
    made = []
    def run():
        made.append(req.uri)
        for use in (apache.request, lambda: req.log_error("from a thread")):
            try:
                use()
            except RuntimeError as error:
                made.append(str(error))
    worker = threading.Thread(target=run)
    worker.start()
    worker.join()
    return made

def late(req):
    # a thread that looks at the request for as long as it is there, and after
    def run():
        try:
            while True:
                req.headers_in.get("Host"), req.uri
        except apache.RequestEnded:
            seen["ended"] = seen.get("ended", 0) + 1
    seen.setdefault("threads", []).append(threading.Thread(target=run))
    seen["threads"][-1].start()
    return "started"

class Thing:
    pass

def count_up(kept):
    # so that the next object that anybody makes begins a collection
    kept.extend([] for _ in range(200))
    gc.collect()
    while gc.get_count()[0] < 4000:
        kept.append(Thing())

USES = {"list": iter, "getlist": lambda table: table.getlist("Host"),
        "cookies": lambda req: req.cookies,
        "principal": lambda req: req.principal}

def over(req, how):
    # a thread in which a collection runs code until the request is over
    begun = threading.Event()
    use = USES[how]
    what = req.headers_in if how in ("list", "getlist") else req
    def wait(phase, info):
        if threading.get_ident() != worker.ident:
            return
        gc.callbacks.remove(wait)
        begun.set()
        try:
            while req.uri:
                time.sleep(0.01)
        except apache.RequestEnded:
            pass
    def run():
        kept = []
        gc.set_threshold(4000)
        try:
            count_up(kept)
            gc.callbacks.append(wait)
            made = type(use(what)).__name__
            seen["over"] = "inside" if begun.is_set() else made
        except apache.RequestEnded:
            seen["over"] = "ended"
        finally:
            gc.set_threshold(700)
            begun.set()
    worker = threading.Thread(target=run)
    seen["worker"] = worker
    worker.start()
    begun.wait(10)
    return "over"

def found():
    seen["worker"].join(10)
    return seen["over"]

def frozen(req, user):
    made = []
    for use in (lambda: setattr(user, "user", "eve"),
                lambda: setattr(user, "other", "eve"),
                lambda: user.roles.add("admin"),
                lambda: user.claims.update(a=1),
                lambda: user.claims.__setitem__("a", 1),
                lambda: setattr(type(user), "user", "eve"),
                lambda: type(user)(), lambda: type(req)(),
                lambda: object.__setattr__(user, "user", "eve")):
        try:
            use()
            made.append("taken")
        except (AttributeError, TypeError) as error:
            made.append(type(error).__name__)
    return [user.user, made]
"""


def basic(user, password="secret"):
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}"}


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.htpasswd("staff.htpasswd", ada="secret")
    shared.write("groups", "admin: ada\nsales: ada\n")
    return shared.serve(ROUTES, "ServerLimit 1\nStartServers 1\n"
                        "ThreadsPerChild 8\nMaxRequestWorkers 8\n"
                        "MaxSpareThreads 8\nMinSpareThreads 4")


def test_the_request_says_what_was_asked(server):
    said = server.request("POST", "/show/caf%C3%A9?b=%20&c").json
    assert said["method"] == "POST" and said["uri"] == "/show/café"
    assert said["args"] == "b=%20&c"
    assert said["unparsed"] == "/show/caf%C3%A9?b=%20&c"
    assert said["line"] == "POST /show/caf%C3%A9?b=%20&c HTTP/1.1"
    assert said["host"] == "127.0.0.1" and said["ip"] == "127.0.0.1"
    assert said["protocol"] == "HTTP/1.1" and said["https"] is False
    assert said["route"] == ["shown", "/show/{x}", "app.routes:5"]
    assert said["place"] == "app.routes:5"
    assert said["user"] is None and said["principal"] is None
    assert said["id"] and said["same_id"] and said["time"]
    assert said["repr"] == "<apache.Request POST /show/café>"


def test_bytes_that_are_no_text_come_through(server):
    answer = server.get("/show/x?%FF")
    assert answer.json["args"] == "%FF" and answer.json["head"] is False


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_method_is_an_argument(server, method):
    assert server.request(method, "/method").text == method


ADA = {"user": "ada", "realm": "staff", "roles": ["admin", "sales"],
       "groups": ["admin", "sales"], "scopes": [], "claims": {},
       "type": "Principal",
       "repr": "<apache.Principal 'ada' of the realm staff>"}


@pytest.mark.parametrize("path", ["/who", "/maybe", "/asked"])
def test_the_caller_is_known(server, path):
    assert server.request("GET", path, headers=basic("ada")).json == ADA


def test_nobody_is_none_where_anyone_may_call(server):
    assert server.get("/maybe").json == {"user": None}
    for wrong in (basic("ada", "x"), basic("eve"), {"Authorization": "Basic"},
                  {"Authorization": "Bearer x"}):
        answer = server.request("GET", "/maybe", headers=wrong)
        assert answer.json == {"user": None}, wrong
    assert server.get("/who").status == 401
    assert server.get("/asked").status == 401


def test_a_principal_can_not_be_changed(server):
    user, made = server.request("GET", "/frozen", headers=basic("ada")).json
    assert user == "ada"
    assert set(made) <= {"AttributeError", "TypeError"}, made


def test_library_code_finds_the_request(server):
    assert server.get("/library").text == "/library"
    assert server.get("/same").json is True


def test_headers_are_a_mapping(server):
    link = server.connect()
    link.putrequest("GET", "/in", skip_accept_encoding=True)
    for name, value in (("X-Many", "a"), ("x-many", "b"),
                        ("X-Latin", b"caf\xe9")):
        link.putheader(name, value)
    link.endheaders()
    said = __import__("json").loads(link.getresponse().read())
    link.close()
    assert said["first"] == "a" and said["all"] == ["a", "b"] or \
        said["first"] == "a, b"     # httpd joins what may be joined
    assert said["none"] == "default" and said["odd"]
    assert said["in"] and not said["out"] and not said["number"]
    assert said["keys"] == ["host", "x-latin", "x-many"] and said["n"] == 3
    assert said["latin"] == "café"


def test_headers_that_a_function_sets_leave(server):
    answer = server.get("/out")
    assert "X-Gone" in answer.text
    assert answer.headers.get_all("X-One") == ["2"]
    assert ", ".join(answer.headers.get_all("X-Two")) == "a, b"
    assert answer.headers["X-Latin"] == "é" and answer.headers["X-Err"]
    assert answer.headers["X-Gone"] is None


@pytest.mark.parametrize("table, name, value", [
    ("headers_out", "X-A", "b%0D%0ASet-Cookie:%20x=y"),
    ("headers_out", "X-A%0D%0AX-B", "b"),
    ("headers_out", "X-A", "b%0A"), ("headers_out", "X-A", "b%00"),
    ("headers_out", "X-A", "b%01"), ("headers_out", "X%20A", "b"),
    ("headers_out", "", "b"), ("headers_out", "X:A", "b"),
    ("headers_out", "Content-Length", "5"),
    ("headers_out", "transfer-encoding", "chunked"),
    ("err_headers_out", "Connection", "close"),
    ("headers_out", "Content-Type", "text/html"),
    ("headers_out", "X-A", "%E2%82%AC"),
    ("err_headers_out", "X-A", "b%0D"), ("headers_in", "X-A", "b%0D"),
    ("notes", "a", "b%00"), ("subprocess_env", "A", "b%0A"),
])
def test_what_would_split_an_answer_is_refused(server, table, name, value):
    answer = server.get(f"/bad?table={table}&name={name}&value={value}")
    assert answer.text.startswith("refused"), answer
    assert answer.headers["Set-Cookie"] is None


def test_notes_and_attributes_stay_with_the_request(server):
    assert server.get("/notes").json == ["b", "b", ["x"], {"own": ["x"]},
                                         "value"]
    assert server.get("/notes").status == 200


def test_lines_go_to_the_log_of_the_request(server):
    server.expect(r"routes:error.*a line of ours")
    request_id = server.get("/log").text
    assert request_id
    server.logged(r"routes:info.*a quiet one")
    server.logged(r"routes:notice.*%s %n and\\nmore")


def test_a_request_that_was_kept_says_that_it_ended(server):
    assert server.get("/keep").text == "kept"
    made, shown, own = server.get("/kept").json
    assert made == [True] * 7
    assert shown == "<apache.Request that has ended>" and own == "still here"


def test_what_ends_with_the_object_gets_no_new_one(server):
    assert server.get("/end").json == [None]
    assert server.get("/end").json == ["no request"]


def test_another_thread_may_look_but_not_block(server):
    uri, current, logged = server.get("/thread").json
    assert uri == "/thread"
    assert "serves no request" in current
    assert re.search("only the thread", logged)


def test_a_thread_that_looks_for_too_long_is_stopped(server):
    for _ in range(20):
        assert server.get("/late").text == "started"
    assert server.get("/library").text == "/library"


@pytest.mark.parametrize("how, found", [
    ("list", "ended"), ("getlist", "ended"), ("cookies", "ended"),
    ("principal", "Principal")])
def test_nothing_is_read_of_a_request_that_ended_meanwhile(server, how, found):
    assert server.request("GET", f"/over/{how}",
                          headers=basic("ada")).text == "over"
    assert server.get("/found").text == found


def test_a_stream_has_its_request_to_the_end(server):
    assert server.get("/stream").text == "/stream\n" * 3
    assert server.get("/kept").json[0] == [True] * 7

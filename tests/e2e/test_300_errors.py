# SPDX-License-Identifier: Apache-2.0
"""When Python fails: 500, the traceback in the log, nothing in the answer."""

import pytest

ROUTES = """\
routes 1
public
GET /value    -> app:value()
GET /chain    -> app:chain()
GET /exit     -> app:leave()
GET /keyboard -> app:keyboard()
GET /base     -> app:base()
GET /deep     -> app:deep()
GET /memory   -> app:memory()
GET /unprintable -> app:unprintable()
GET /newline  -> app:newline()
GET /fine     -> app:fine()
GET /print    -> app:prints()
GET /raises   -> app:value() raises ValueError as 422
GET /lookup   -> app:lookup() raises LookupError as 404, ValueError as 422
GET /inner    -> app:inner() raises app:Mine as 409
location /lib {
    raises LookupError as 404
    GET /key  -> app:lookup() raises KeyError as 410
    GET /index -> app:index()
}
"""
PYTHON = """\
class Mine(Exception):
    pass
class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no words")
    __repr__ = __str__
def value():
    raise ValueError("the secret is pottery")
def chain():
    try:
        value()
    except ValueError as e:
        raise RuntimeError("second of pottery") from e
def leave():
    raise SystemExit(3)
def keyboard():
    raise KeyboardInterrupt
def base():
    raise BaseException("pottery")
def deep():
    return deep()
def memory():
    raise MemoryError
def unprintable():
    raise Unprintable
def newline():
    raise ValueError("pottery\\n[core:error] forged pottery line")
def fine():
    return "fine"
def prints():
    import sys
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return "printed"
def lookup():
    raise KeyError("pottery")
def index():
    raise IndexError("pottery")
def inner():
    raise Mine("pottery")
"""


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES)


@pytest.mark.parametrize("name, said", [
    ("value", "ValueError: the secret is pottery"),
    ("chain", "RuntimeError: second of pottery"),
    ("exit", "SystemExit"),
    ("keyboard", "KeyboardInterrupt"),
    ("base", "BaseException"),
    ("deep", "RecursionError"),
    ("memory", "MemoryError"),
    ("unprintable", "Unprintable"),
])
def test_an_exception_is_500_and_in_the_log_only(server, name, said):
    server.expect(r"ROUTES\d{4}", said)
    answer = server.get("/" + name)
    assert answer.status == 500
    for word in ("pottery", "Traceback", "app.py", said.split(":")[0]):
        assert word not in answer.text
    server.logged(said)
    assert server.get("/fine").text == "fine"


def test_the_log_has_the_traceback_with_its_lines(server):
    server.expect(r"ROUTES\d{4}", "pottery")
    server.get("/chain")
    for part in ("Traceback", r"app\.py", "in chain", "in value",
                 "ValueError: the secret is pottery"):
        server.logged(part)


def test_an_exception_cannot_forge_a_log_line(server):
    server.expect(r"ROUTES\d{4}", "forged")
    assert server.get("/newline").status == 500
    line = server.logged("forged pottery line")
    assert not line.startswith("[core:error]")


def test_what_is_printed_reaches_the_log_under_its_id(server):
    server.expect(r"ROUTES\d{4}: to stderr")
    assert server.get("/print").text == "printed"
    server.logged(r"ROUTES\d{4}: to stdout")


@pytest.mark.parametrize("target, status", [
    ("/raises", 422), ("/lookup", 404), ("/inner", 409),
    ("/lib/key", 410), ("/lib/index", 404),
])
def test_raises_names_the_status_and_hides_the_text(server, target, status):
    answer = server.get(target)
    assert answer.status == status
    assert "pottery" not in answer.text


def test_many_failures_do_not_grow_the_child(server):
    server.expect(r"ROUTES\d{4}", "pottery")
    for _ in range(200):
        assert server.get("/value").status == 500
    assert server.get("/fine").status == 200

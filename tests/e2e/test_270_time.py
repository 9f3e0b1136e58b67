# SPDX-License-Identifier: Apache-2.0
"""limit time: who runs past it is interrupted, and nobody else."""

import http.client
import time

import pytest

from httpd import wait_for

ROUTES = """\
routes 1
public
limit time 300ms
GET /loop     -> app:loop
GET /caught   -> app:caught
GET /stubborn -> app:stubborn        limit time 100ms
GET /asleep   -> app:asleep          limit time 100ms
GET /wraps    -> app:wraps           limit time 50ms
GET /mapped   -> app:loop            raises apache:Timeout as 503
GET /rows     -> app:rows(stop: int) returns stream
GET /slow     -> app:rows(stop: int) returns stream override limit time off
GET /large    -> app:large           returns stream
GET /json     -> app:lazy
GET /edge     -> app:edge(over: float) limit time 5ms
GET /quick    -> app:quick           override limit time off
GET /later    -> app:later(seconds: float)
GET /rescued  -> app:rescued
GET /chunks   -> app:chunks(seconds: float) returns stream
GET /log      -> app:log             override limit time off
GET /collect  -> app:collect(mark: str) limit time 50ms
location /paged {
    limit time 100ms
    error 418 -> app:slow_page
    error 422 -> app:waiting_page
    error 451 -> app:streamed_page
    error 504 -> app:sorry
    GET /loop    -> app:loop
    GET /{n:int} -> app:fail(n) {
        override limit time 1h
        raises IndexError as 418, KeyError as 422, OSError as 451
    }
}
location /free {
    override limit time off
    error 418 -> app:slow_page
    GET . -> app:fail(n = 418) limit time 150ms raises IndexError as 418
}
"""

PYTHON = """\
import apache
import asyncio
import gc
import threading
import time

LOG = []


def loop():
    try:
        while True:
            pass
    except Exception:
        return "an Exception it is not"
    finally:
        LOG.append("loop ends")


def caught():
    try:
        while True:
            pass
    except apache.Timeout:
        return "in time"


def stubborn():
    n = 0
    while n < 2:
        try:
            while True:
                pass
        except apache.Timeout:
            n += 1
    return "at last"


def asleep():
    time.sleep(0.4)
    LOG.append("awake")


def wraps():
    try:
        while True:
            pass
    except BaseException as error:
        raise ValueError("wrapped") from error


def rows(stop):
    try:
        for i in range(5):
            if i == stop:
                while True:
                    pass
            yield f"{i}\\n"
            time.sleep(0.1)
    finally:
        LOG.append("rows end")


def large():
    for _ in range(100):
        yield b"x" * 200_000


def lazy():
    return object()


def slow_form(thing):
    while True:
        pass


apache.json_default(slow_form)


def edge(over):
    end = time.perf_counter() + 0.005 + over
    while time.perf_counter() < end:
        pass
    return "done"


def quick():
    return sum(i for i in range(2000))


async def later(seconds):
    try:
        await asyncio.sleep(seconds)
        return "slept"
    finally:
        LOG.append("later ends")


async def rescued():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        return "rescued"


async def chunks(seconds):
    try:
        yield "a"
        await asyncio.sleep(seconds)
        yield "b"
    finally:
        LOG.append("chunks end")


class Thing:
    pass


def nap():
    time.sleep(5.5)


def collect(mark):
    def slow(phase, info):
        if threading.get_ident() != own and phase == "start":
            with open(mark, "w"):
                time.sleep(1)

    own = threading.get_ident()
    before = gc.get_threshold()
    things = []
    gc.collect()
    gc.callbacks.append(slow)
    gc.set_threshold(2000)
    try:
        # the next object that anybody makes is one too many
        while gc.get_count()[0] < 2000:
            things.append(Thing())
        nap()
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(slow)


def fail(n):
    raise {418: IndexError, 422: KeyError, 451: OSError}[n]


def slow_page(error):
    try:
        while True:
            pass
    finally:
        LOG.append("page ends")


async def waiting_page(error):
    try:
        await asyncio.sleep(60)
    finally:
        LOG.append("page ends")


def streamed_page(error):
    def rows():
        yield "a"
        slow_page(error)
    return apache.Response(rows(), content_type="text/plain")


def sorry(error):
    return f"sorry, {error.exception!r}"


def log():
    took = LOG[:]
    LOG.clear()
    return took
"""

ONE = ("StartServers 1\nServerLimit 1\nMinSpareServers 1\n"
       "MaxSpareServers 1\nMaxRequestWorkers 1\n")
LATE = r"ROUTES0126: .*ran past its limit of 0\.{} s"
TRACE = r"ROUTES0121"


@pytest.fixture(scope="module")
def server(shared):
    """One process with one thread, which serves every request."""
    shared.write("app.py", PYTHON)
    return shared.serve(ROUTES, ONE, mpm="prefork")


@pytest.fixture(autouse=True)
def clean(request):
    if "server" in request.fixturenames:
        server = request.getfixturevalue("server")
        server.allowed.append("AH00161")    # it has one process, and says so
        server.get("/log")


def late(server, limit="300"):
    server.expect(LATE.format(limit), TRACE)


def logged(server, *lines):
    assert server.get("/log").json == list(lines)


def test_a_loop_is_interrupted_and_its_finally_runs(server):
    late(server)
    begun = time.monotonic()
    assert server.get("/loop").status == 504
    assert 0.3 <= time.monotonic() - begun < 10
    logged(server, "loop ends")


def test_the_log_names_the_line_that_it_was_at(server):
    late(server)
    mark = len(server.log())
    server.get("/loop")
    text = server.log()[mark:]
    assert "app.routes:4: app:loop ran past" in text
    assert 'app.py", line' in text and "in loop" in text


def test_who_catches_it_may_still_answer(server):
    answer = server.get("/caught")
    assert (answer.status, answer.body) == (200, b"in time")


def test_another_exception_on_its_account_is_504_too(server):
    late(server, "050")
    assert server.get("/wraps").status == 504


def test_raises_names_another_status(server):
    assert server.get("/mapped").status == 503


def test_what_the_result_needs_counts(server):
    late(server)
    assert server.get("/json").status == 504


def test_what_sleeps_in_c_is_interrupted_when_it_wakes(server):
    late(server, "100")
    assert server.get("/asleep").status == 504
    logged(server)


def test_who_goes_on_is_interrupted_again(server):
    server.expect(r"ROUTES0127: .*app:stubborn goes on .* at .*app\.py:\d+")
    answer = server.get("/stubborn")
    assert (answer.status, answer.body) == (200, b"at last")


def test_the_next_request_of_the_thread_is_never_hit(server):
    connection = server.connect()
    statuses = set()
    for i in range(400):
        # Python hands its lock over every 5 ms
        over = ((i * 7) % 41 - 20) / 2_000
        connection.request("GET", f"/edge?over={over}")
        answer = connection.getresponse()
        answer.read()
        statuses.add(answer.status)
        connection.request("GET", "/quick")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"1999000"), i
    connection.close()
    assert statuses == {200, 504}
    late(server, "005")


# ---- streams ----------------------------------------------------------------

def read_all(answer):
    try:
        return answer.read(), True
    except http.client.IncompleteRead as cut:
        return cut.partial, False


def fetch(server, path):
    connection = server.connect()
    connection.request("GET", path)
    return read_all(connection.getresponse())


def test_a_stream_that_stops_is_cut(server):
    late(server)
    assert fetch(server, "/rows?stop=1") == (b"0\n", False)
    logged(server, "rows end")


def test_all_chunks_together_have_the_time(server):
    late(server)
    body, whole = fetch(server, "/rows?stop=9")
    assert not whole and body in (b"0\n1\n", b"0\n1\n2\n", b"0\n1\n2\n3\n")
    logged(server, "rows end")


def test_without_a_limit_it_has_all_time(server):
    assert fetch(server, "/slow?stop=9") == (b"0\n1\n2\n3\n4\n", True)


def test_the_time_of_a_slow_client_is_not_counted(server):
    connection = server.connect()
    connection.request("GET", "/large")
    answer = connection.getresponse()
    time.sleep(0.5)
    body, whole = read_all(answer)
    assert (len(body), whole) == (100 * 200_000, True)


def test_a_stream_that_never_begins_is_504(server):
    late(server)
    assert server.get("/rows?stop=0").status == 504
    logged(server, "rows end")


# ---- error pages ------------------------------------------------------------

@pytest.mark.parametrize("target, status, limit", [
    ("/paged/418", 418, "100"), ("/paged/422", 422, "100"),
    ("/free", 418, "150")])
def test_an_error_page_has_the_time_of_its_place(server, target, status,
                                                 limit):
    server.expect(r"ROUTES0126: .*_page ran past its limit of 0\."
                  + limit, TRACE)
    answer = server.get(target)
    assert answer.status == status and b"<title>" in answer.body
    logged(server, "page ends")


def test_an_error_page_that_has_begun_is_cut(server):
    server.expect(r"ROUTES0126: .*_page ran past its limit of 0\.100", TRACE)
    assert fetch(server, "/paged/451") == (b"a", False)
    logged(server, "page ends")


def test_a_function_that_ran_too_long_has_a_page(server):
    late(server, "100")
    answer = server.get("/paged/loop")
    assert (answer.status, answer.text) == (504, "sorry, Timeout()")
    logged(server, "loop ends")


# ---- async functions --------------------------------------------------------

def test_an_async_function_is_cancelled(server):
    late(server)
    assert server.get("/later?seconds=60").status == 504
    logged(server, "later ends")


def test_an_async_function_within_its_time_answers(server):
    assert server.get("/later?seconds=0.01").text == "slept"


def test_an_async_function_may_still_answer(server):
    answer = server.get("/rescued")
    assert (answer.status, answer.body) == (200, b"rescued")


def test_an_async_generator_is_cancelled_and_cut(server):
    late(server)
    assert fetch(server, "/chunks?seconds=60") == (b"a", False)
    logged(server, "chunks end")


def test_an_async_generator_within_its_time_is_whole(server):
    assert fetch(server, "/chunks?seconds=0.01") == (b"ab", True)


# ---- threads ----------------------------------------------------------------

def test_many_at_once_are_each_interrupted(shared, server, site):
    site.write("app.py", PYTHON)
    event = site.serve(ROUTES, "ThreadsPerChild 8\nMaxRequestWorkers 8\n"
                               "ServerLimit 1\nStartServers 1\n"
                               "MinSpareThreads 1\nMaxSpareThreads 8\n")
    connections = [event.connect() for _ in range(8)]
    event.expect(LATE.format("300"), TRACE)
    for i, connection in enumerate(connections):
        connection.request("GET", "/loop" if i % 2 else "/later?seconds=60")
    assert {c.getresponse().status for c in connections} == {504}
    wait_for(lambda: event.get("/quick").status == 200, "an answer")


def test_no_code_of_others_runs_in_the_one_that_interrupts(server, site):
    """It would run under a lock that every request takes with the GIL."""
    mark = site.writable("marks") / "mark"
    site.write("app.py", PYTHON)
    event = site.serve(ROUTES, "ThreadsPerChild 4\nMaxRequestWorkers 4\n"
                               "ServerLimit 1\nStartServers 1\n"
                               "MinSpareThreads 1\nMaxSpareThreads 4\n")
    event.expect(LATE.format("050"), TRACE, "ROUTES0127")
    first = event.connect()
    first.request("GET", f"/collect?mark={mark}")
    wait_for(lambda: mark.exists() or "ROUTES0127" in event.log(),
             "the second interruption")
    assert not mark.exists()
    assert first.getresponse().status == 504

# SPDX-License-Identifier: Apache-2.0
"""Interpreters, MPMs, restarts: what lives how long, what is left behind."""

import concurrent.futures
import os
import re
import signal
import time
from http.client import HTTPException

import pytest

from httpd import READY, children, wait_for

ROUTES = """\
routes 1
public
GET /fine  -> app:fine()
GET /pid   -> app:pid()
GET /count -> app:count()
GET /sleep -> app:sleep(seconds: float)
GET /meet/{name} -> app:meet(name)
GET /thread -> app:thread()
GET /child -> app:child()
GET /threads -> app:threads()
GET /path  -> app:path()
GET /signal -> app:signals()
GET /goes/{how} -> app:goes(how)
GET /fork  -> app:fork()
GET /later -> app:later()
"""
PYTHON = """\
import asyncio, atexit, os, re, signal, subprocess, sys, threading, time
atexit.register(print, "atexit ran", flush=True)
hits = 0
lock = threading.Lock()
def fine():
    return "fine"
def pid():
    return str(os.getpid())
def count():
    global hits
    with lock:
        hits += 1
        return f"{os.getpid()} {hits}"
def sleep(seconds):
    print("it sleeps")
    time.sleep(seconds)
    return "slept"
def meet(name):
    marks = os.path.join(os.path.dirname(__file__), "marks")
    open(os.path.join(marks, name), "w").close()
    end = time.monotonic() + 20
    while len(os.listdir(marks)) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    return f"{len(os.listdir(marks))} met"
local = threading.local()
def thread():
    local.count = getattr(local, "count", 0) + 1
    return f"{threading.get_ident()} {local.count}"
def child():
    done = subprocess.run([sys.executable or "/bin/true", "-c",
                           "print(6 * 7)"], capture_output=True, text=True)
    slow = subprocess.Popen(["/bin/sleep", "60"])
    slow.terminate()
    code = slow.wait(10)
    return f"{done.stdout.strip()} {code}"
def threads():
    found = []
    worker = threading.Thread(target=lambda: found.append(6 * 7))
    worker.start()
    worker.join()
    return str(found[0])
def goes(how):
    print("it goes on", flush=True)
    while how == "on":
        bytearray(5000)                 # with the lock of malloc, often
    if how == "sleeping":
        time.sleep(60)
    re.match("(a*)*b", "a" * 60)        # and nobody else gets the GIL
def fork():
    pid = os.fork()
    if pid == 0:
        print("it was forked", flush=True)
        time.sleep(60)
        os._exit(1)
    return str(pid)
async def later():
    await asyncio.sleep(0)
    return "later"
def path():
    return ":".join(sys.path)
def signals():
    try:
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    except ValueError:
        return "refused"
    return "set"
"""
SMALL = """
    StartServers 1
    <IfModule mpm_prefork_module>
        StartServers 2
        MinSpareServers 1
        MaxSpareServers 2
        MaxRequestWorkers 8
    </IfModule>
    <IfModule !mpm_prefork_module>
        ServerLimit 8
        ThreadsPerChild 8
        MaxRequestWorkers 64
        MinSpareThreads 1
        MaxSpareThreads 64
    </IfModule>
"""


@pytest.fixture
def server(site, mpm):
    site.write("app.py", PYTHON)
    return site.serve(ROUTES, SMALL, mpm=mpm)


def test_a_request_is_served_under_each_mpm(server):
    assert server.get("/fine").text == "fine"


def test_python_runs_in_the_children_only(server):
    assert server.get("/pid").text != str(server.process.pid)
    status = open(f"/proc/{server.process.pid}/status").read()
    assert re.search(r"^Threads:\t1$", status, re.M), "threads in the parent"


def test_module_globals_live_between_hits(server):
    seen = {}
    for _ in range(20):
        pid, hits = server.get("/count").text.split()
        assert int(hits) == seen.get(pid, 0) + 1
        seen[pid] = int(hits)


def test_requests_run_side_by_side(site, server):
    site.writable("marks")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda name: server.get(f"/meet/{name}").text,
                             ("ada", "bob")))
    assert done == ["2 met"] * 2


def test_threads_and_subprocesses_work(server):
    assert server.get("/threads").text == "42"
    code = server.get("/child").text.split()[-1]
    assert code == str(-signal.SIGTERM)


def test_user_code_cannot_take_the_servers_signals(server):
    server.expect("RuntimeWarning: signal.signal", "signal.SIGUSR2")
    server.get("/signal")
    assert server.get("/fine").text == "fine"


def test_keep_alive_serves_many_requests_on_one_connection(server):
    link = server.connect()
    for _ in range(50):
        link.request("GET", "/fine")
        assert link.getresponse().read() == b"fine"
    link.close()


def test_a_graceful_restart_brings_new_python(site, server):
    assert server.get("/fine").text == "fine"
    site.write("app.py", PYTHON.replace('return "fine"', 'return "finer"'))
    server.graceful()
    assert server.get("/fine").text == "finer"


def test_a_graceful_restart_brings_a_new_table(site, server):
    site.build("app", ROUTES + "GET /more -> app:fine()\n")
    assert server.get("/more").status == 404
    server.graceful()
    assert server.get("/more").text == "fine"
    assert server.get("/fine").text == "fine"


def test_a_broken_source_leaves_the_built_table_alone(site, server):
    before = (site.root / "mod_app.so").read_bytes()
    site.write("app.routes", ROUTES + "GET /more -> \n")
    assert site.routesc("build", "app.routes", "-o", ".").returncode == 1
    assert (site.root / "mod_app.so").read_bytes() == before
    assert not [p for p in site.root.glob("*mod_app*")
                if p.name != "mod_app.so"]


def test_a_request_in_flight_survives_a_graceful_restart(site, server):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        slow = pool.submit(server.get, "/sleep?seconds=2")
        server.logged("it sleeps", 20)
        site.build("app", ROUTES.replace("/sleep", "/snooze"))
        server.graceful()
        assert slow.result().text == "slept"
    assert server.get("/sleep?seconds=0").status == 404
    assert server.get("/snooze?seconds=0").text == "slept"


def test_restarts_leave_nothing_behind(server):
    server.graceful()
    first = len(server.held()[server.process.pid])
    for _ in range(5):
        assert server.get("/fine").text == "fine"
        server.graceful()
    assert len(server.held()[server.process.pid]) == first


def test_a_killed_child_is_replaced(server):
    pid = int(server.get("/pid").text)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: pid not in children(server.process.pid), "its end")
    assert server.get("/fine").text == "fine"


def test_the_end_of_a_child_by_its_request_count(site, mpm):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, SMALL + "MaxConnectionsPerChild 3\n", mpm=mpm)
    pids, resets = set(), 0
    for _ in range(20):
        # As a browser does: mpm_event does not count what waits for a worker
        # among its connections, and drops it when it ends with none.
        try:
            pids.add(server.get("/pid").text)
        except ConnectionResetError:
            resets += 1
    assert len(pids) > 1 and resets < 5


def test_a_stop_is_prompt_while_a_request_runs(server):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: _quietly(server))
        server.logged("it sleeps", 20)
        begin = time.monotonic()
        server.terminate()
        server.process.wait(30)
        assert time.monotonic() - begin < 15
    server.expected += ["SIGKILL|SIGTERM|did not exit"] \
        if "did not exit" in server.log() else []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("how", ["on", "sleeping", "stuck"])
def test_prefork_ends_what_runs_behind_its_callbacks(site, how, number):
    """httpd would do so inside of it, where they can't run."""
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, SMALL, mpm="prefork")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: _quietly(server, f"/goes/{how}"))
        pid = re.search(r"pid (\d+)", server.logged("it goes on")).group(1)
        server.process.send_signal(number)
        wait_for(lambda: int(pid) not in children(server.process.pid),
                 "the end of the child")
    if number == signal.SIGTERM:
        server.process.wait(30)
    else:
        wait_for(lambda: server.log().count(READY) > 1, "the restart")
    if how == "stuck":      # for 2.5 s; after 3 s its parent complains
        server.allowed.append("AH00045: .* still did not exit")
    else:
        assert re.search(rf"pid {pid}\b.*atexit ran", server.log())
    assert "sending a SIGKILL" not in server.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_process_in_the_foreground_ends_when_it_is_told_to(site, mpm,
                                                               number):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, SMALL, mpm=mpm, single=True)
    assert server.get("/fine").text == "fine"
    server.drain()
    server.process.send_signal(number)
    server.process.wait(30)
    server.logged("atexit ran")
    (site.root / "run" / "httpd.pid").unlink()  # which httpd leaves then


def test_prefork_is_not_told_of_what_ends_a_fork(site):
    site.write("app.py", PYTHON)
    server = site.serve(ROUTES, SMALL, mpm="prefork")
    link = server.connect()             # stays with one child
    for target in ("/later", "/fork", "/later"):
        link.request("GET", target)
        said = link.getresponse().read().decode()
        if target == "/fork":
            server.logged("it was forked")
            os.kill(int(said), signal.SIGTERM)
            wait_for(lambda: is_dead(said), "the end of the fork")
        else:
            assert said == "later"
    link.close()
    assert "atexit ran" not in server.log()


def is_dead(pid):
    """It ended, and the child that forked it has not asked yet."""
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] == "Z"


def _quietly(server, target="/sleep?seconds=3"):
    try:
        server.get(target)
    except (OSError, HTTPException):    # the server is going away
        pass


def test_the_start_is_refused_without_a_fork_loop_when_python_is_no_home(site):
    site.write("app.py", PYTHON)
    load = site.build("app", ROUTES)
    server = site.httpd([load], "RoutesMount app\n"
                        f'RoutesPythonPath "{site.root}"\n'
                        'RoutesPythonHome "/no/such/venv"\n' + SMALL)
    code, said = server.configtest()
    if code != 0:
        assert "/no/such/venv" in said
        return
    with server:
        assert server.get("/fine").status == 503
        server.expect(r"ROUTES\d{4}")
        server.check_log()

# SPDX-License-Identifier: Apache-2.0
"""on child_start, on child_stop: once a process, async ones on its loop."""

import subprocess

import pytest

from httpd import children, wait_for

ROUTES = """\
routes 1
public
on child_start -> app:first
on child_start -> app:second
on child_stop  -> app:close_first
on child_stop  -> app:close_second
GET /ran  -> app:ran
GET /loop -> app:same_loop
"""
PYTHON = """\
import asyncio
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "marks"
RAN = []
LOOPS = []


def mark(name):
    with (FOLDER / str(os.getpid())).open("a") as file:
        file.write(name + " ")


def first():
    RAN.append("first")
    mark("first")


async def second():
    await asyncio.sleep(0)
    LOOPS.append(asyncio.get_running_loop())
    RAN.append("second")
    mark("second")


async def close_first():
    await asyncio.sleep(0.01)
    mark("close_first")


def close_second():
    mark("close_second")
    1 / 0


def ran():
    return [os.getpid(), *RAN]


async def same_loop():
    return asyncio.get_running_loop() is LOOPS[0]
"""
ALL = "first second close_second close_first "
FEW = {
    "prefork": "StartServers 2\nMinSpareServers 2\nMaxSpareServers 2\n"
               "MaxRequestWorkers 2\n",
    "event": "StartServers 1\nServerLimit 2\nThreadsPerChild 4\n"
             "MaxRequestWorkers 8\nMinSpareThreads 1\nMaxSpareThreads 8\n",
}


@pytest.mark.parametrize("mpm", ["prefork", "event"])
@pytest.mark.parametrize("how", ["stop", "graceful"])
def test_each_process_starts_and_stops_in_order(site, mpm, how):
    site.write("app.py", PYTHON)
    marks = site.writable("marks")
    server = site.serve(ROUTES, FEW[mpm], mpm=mpm)
    server.allowed += ["AH00161", "ROUTES0131"]     # the 1 / 0
    pid, *ran = server.get("/ran").json
    assert ran == ["first", "second"]
    assert server.get("/loop").json is True
    before = set(children(server.process.pid))
    if how == "graceful":
        server.graceful()
    else:
        server.terminate()
        server.process.wait(30)
    wait_for(lambda: (marks / str(pid)).read_text() == ALL, "its end")
    for path in marks.iterdir():
        if int(path.name) in before:
            wait_for(lambda path=path: path.read_text() == ALL, "each end")


def test_a_start_that_fails_leaves_other_tables_alone(site):
    site.write("app.py", PYTHON + "\n\ndef broken():\n    {}['r_x']\n")
    marks = site.writable("marks")
    good = "routes 1\npublic\nGET /good -> app:ran\n" \
           "on child_start -> app:first\n"
    bad = ROUTES + "on child_start -> app:broken\n"
    server = site.httpd([site.build("good", good), site.build("bad", bad)],
                        "RoutesMount /a good\nRoutesMount /b bad\n"
                        f'RoutesPythonPath "{site.root}"\n' + FEW["event"])
    server.expect(r"ROUTES0110: bad\.routes:9: app:broken raised KeyError",
                  "ROUTES0111")
    server.start()
    assert server.get("/a/good").json[1:] == ["first", "second"]
    assert server.get("/b/ran").status == 503
    server.stop()
    assert all("close" not in path.read_text() for path in marks.iterdir())


def test_a_strict_server_ends_with_a_start_that_fails(site):
    site.write("app.py", "async def broken():\n    {}['r_x']\n")
    server = site.httpd(
        [site.build("app", "routes 1\npublic\non child_start -> app:broken\n"
                           "GET / -> app:broken\n")],
        f'RoutesMount app\nRoutesStrict On\nRoutesPythonPath "{site.root}"\n')
    server.write()
    ended = subprocess.run(server.command("-DFOREGROUND"), timeout=30,
                           capture_output=True, env=server.environment())
    assert "ROUTES0110: app.routes:3: app:broken raised KeyError" in \
        server.log(), ended
    assert "ROUTES0010" in server.log()

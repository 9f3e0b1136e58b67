# SPDX-License-Identifier: Apache-2.0
"""Functions with open websockets: what many of them leave behind, and what the
end of their process is to them."""

import os
import re
import signal

import pytest

from httpd import children, wait_for
from wsclient import CLOSE, Client, closing

ROUTES = """\
routes 1
public
WEBSOCKET /loop  -> loop:echo(ws: websocket, who: str = "-")
WEBSOCKET /sync  -> sync:echo(ws: websocket, who: str = "-")
"""
PYTHON = """\
import apache

async def echo(ws, who):
    try:
        while True:
            await ws.send(await ws.receive())
    except apache.Disconnected as gone:
        with open(LOG, "a") as file:
            file.write(f"{who} {gone.code}\\n")
"""
CONFIG = """
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
"""
KINDS = ("loop", "sync")


@pytest.fixture
def serve(site):
    def served(**words):
        folder = site.writable("told")
        text = PYTHON.replace("LOG", repr(f"{folder}/log"))
        site.write("loop.py", text)
        site.write("sync.py", text.replace("async ", "")
                   .replace("await ", ""))
        server = site.serve(ROUTES, CONFIG if not words else "", **words)
        server.told = folder / "log"
        return server
    return served


def opened(server, kind, who="-"):
    client = Client(server.port, f"/{kind}?who={who}")
    assert client.status == 101
    client.say("x")
    assert client.read() == "x"
    return client


@pytest.mark.parametrize("mpm", ["prefork", "event"])
def test_functions_of_a_child_that_ends_are_told(serve, mpm):
    """Both kinds, waiting in receive, by a graceful restart: 1001 to each
    side, and no old process is left."""
    server = serve(mpm=mpm)
    before = set(children(server.process.pid))
    clients = [opened(server, kind, kind) for kind in KINDS]
    server.process.send_signal(signal.SIGUSR1)
    for client in clients:
        assert client.read_frame() == (CLOSE, b"\x03\xe9")
        client.send(closing(1001))
        assert client.at_end()
        client.link.close()
    wait_for(lambda: server.told.exists() and
             sorted(server.told.read_text().split("\n")) ==
             ["", "loop 1001", "sync 1001"], "both functions' end")
    wait_for(lambda: not before & set(children(server.process.pid)),
             "the end of the old processes")


def memory(server):
    child, = children(server.process.pid)
    with open(f"/proc/{child}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


@pytest.mark.parametrize("kind", KINDS)
def test_many_leave_nothing_behind(serve, kind):
    server = serve()

    def run(times):
        for i in range(times):
            with opened(server, kind) as client:
                if i % 2:       # the others vanish
                    client.send(closing(1000))
                    assert client.read() == 1000
    run(300)
    before = memory(server)
    run(2000)
    if "ROUTES_PRELOAD" not in os.environ:  # AddressSanitizer keeps it
        assert memory(server) < before + 1500


def test_a_stop_waits_for_no_function(serve):
    """Which neither hear of it nor return."""
    server = serve()
    clients = [opened(server, kind) for kind in KINDS]
    server.terminate()
    server.process.wait(60)
    for client in clients:
        client.link.close()

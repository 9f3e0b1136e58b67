# SPDX-License-Identifier: Apache-2.0
"""h2load and wrk as clients of each kind of route: no request fails, memory
and descriptors are afterwards what they were before."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from httpd import children, descriptors, wait_for

ROUTES = """\
routes 1
public
GET  /plain  -> app:plain()
GET  /later  -> app:later()
GET  /stream -> app:stream()                     returns text/plain
GET  /slowly -> app:slowly()                     returns text/plain
POST /upload -> app:upload(f: upload(..1MB))     public
mount /app wsgi app:application
"""
PYTHON = """\
import asyncio

def plain():
    return {"hello": "world"}

async def later():
    await asyncio.sleep(0)
    return "later"

def stream():
    for _ in range(20):
        yield "x" * 4000

async def slowly():
    for _ in range(5):
        await asyncio.sleep(0)
        yield "y" * 4000

def upload(f):
    return f.size

def application(environ, start):
    data = environ["wsgi.input"].read()
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % len(data)]
"""
CONFIG = """
Protocols h2c http/1.1
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
"""
PATHS = ("/plain", "/later", "/stream", "/slowly", "/app")
FORM = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n' \
    b"\r\n" + b"x" * 100_000 + b"\r\n--b--\r\n"
COUNT = 400
KEPT = 4_000                # KB that allocators may keep between two rounds


@pytest.fixture(scope="module")
def server(shared):
    shared.write("app.py", PYTHON)
    shared.root.joinpath("form").write_bytes(FORM)
    return shared.serve(ROUTES, CONFIG, modules=("http2",))


def h2load(server, path, *words):
    """All requests are answered 2xx; how many were, in a second."""
    said = subprocess.run(
        ["h2load", "-n", str(COUNT), "-c", "4", "-m", "5", *words,
         f"http://127.0.0.1:{server.port}{path}"], capture_output=True,
        text=True, timeout=120, check=True).stdout
    assert f"{COUNT} succeeded, 0 failed, 0 errored, 0 timeout" in said, said
    return re.search(r"([\d.]+) req/s", said).group(1)


def load(server):
    upload = ["-d", server.root / "form", "-H",
              "content-type: multipart/form-data; boundary=b"]
    for version in ("h2c", "http/1.1"):
        words = ["-p", version] if version == "h2c" else ["--h1"]
        rates = [f"{path} {h2load(server, path, *words)}" for path in PATHS]
        for path in ("/upload", "/app"):
            rates.append(f"POST {path} "
                         f"{h2load(server, path, *words, *upload)}")
        print(f"{version}, requests a second:", ", ".join(rates))


def memory(pid):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition("VmRSS:")[2].split()[0])


def test_h2load_over_both_protocols_leaves_nothing(server):
    (child,) = children(server.process.pid)
    load(server)
    before, held = memory(child), len(descriptors(child))
    load(server)
    wait_for(lambda: len(descriptors(child)) <= held + 2, "closed files")
    after = memory(child)
    print(f"resident: {before} KB, then {after} KB; {held} descriptors")
    assert children(server.process.pid) == [child]
    if "ROUTES_PRELOAD" not in os.environ:      # AddressSanitizer keeps it
        assert after < before + KEPT


@pytest.mark.parametrize("path", PATHS)
def test_wrk_sees_no_error(server, path):
    said = subprocess.run(
        ["wrk", "-t", "1", "-c", "8", "-d", "1s", "--timeout", "30s",
         f"http://127.0.0.1:{server.port}{path}"], capture_output=True,
        text=True, timeout=60, check=True).stdout
    print(path, re.search(r"Requests/sec: +\S+", said).group(0))
    assert "Non-2xx" not in said and "Socket errors" not in said, said

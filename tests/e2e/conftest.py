# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a .routes text and its Python become a running httpd."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import browser                                                  # noqa: E402
import tree                                                     # noqa: E402
from httpd import Failure, Httpd, unprivileged                  # noqa: E402

MPMS = ("prefork", "worker", "event")
RUNNING = []                    # every started server, for the log checks


class Site:
    """A folder with .routes files, Python modules and the servers on them."""

    def __init__(self, shared=False):
        self.shared = shared
        self.root = Path(tempfile.mkdtemp(prefix="routes-e2e-"))
        self.root.chmod(0o755)
        self.servers = []

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def writable(self, name):
        """A folder that the serving account may write in."""
        path = self.root / name
        path.mkdir()
        if os.geteuid() == 0:
            account = unprivileged()
            os.chown(path, account.pw_uid, account.pw_gid)
        return path

    def htpasswd(self, name, **users):
        """A file of bcrypt hashes, as htpasswd(1) makes them."""
        path = self.root / name
        path.touch()
        for user, password in users.items():
            subprocess.run(["htpasswd", "-bB", "-C", "4", path, user,
                            password], check=True, capture_output=True)
        return path

    def routesc(self, *words, cwd=None):
        return subprocess.run([tree.routesc(), *words], text=True,
                              capture_output=True, cwd=cwd or self.root)

    def build(self, name, text, out="."):
        """Compile NAME.routes; the LoadModule pair of its table."""
        self.write(f"{name}.routes", text)
        done = self.routesc("build", f"{name}.routes", "-o", out)
        if done.returncode != 0:
            raise Failure(f"routesc build: {done.returncode}\n"
                          f"{done.stdout}{done.stderr}")
        return f"{name}_routes_module", self.root / out / f"mod_{name}.so"

    def httpd(self, load, config, **options):
        """A server that loads mod_routes.so and these tables; not started."""
        server = Httpd(self.root, load=[("routes_module", tree.mod_routes()),
                                        *load], config=config, **options)
        server.shared = self.shared
        self.servers.append(server)
        return server

    def serve(self, text, config="", mount="RoutesMount app", **options):
        """Build app.routes, mount it, start; modules=… are httpd's own."""
        server = self.httpd(
            [self.build("app", text)],
            f'{mount}\nRoutesPythonPath "{self.root}"\n{config}', **options)
        RUNNING.append(server)
        return server.start()

    def close(self):
        try:
            for server in self.servers:
                if server.process is not None:
                    server.check_leaks()
                    server.stop()
                    server.check_log()
                    server.check_gone()
        finally:
            for server in self.servers:
                if server in RUNNING:
                    RUNNING.remove(server)
                server.stop()
            shutil.rmtree(self.root, ignore_errors=True)


@pytest.fixture
def site():
    """A site for one test."""
    made = Site()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared():
    """A site for all tests of a file, which build one server in it."""
    made = Site(shared=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium():
    """A browser for all tests of a file."""
    if browser.program() is None:
        pytest.skip("no chromium is installed")
    with browser.Browser() as started:
        yield started


@pytest.fixture
def page(chromium):
    """A page of its own for one test, which takes our certificate."""
    opened = chromium.page()
    opened.call("Security.setIgnoreCertificateErrors", ignore=True)
    yield opened
    opened.close()


@pytest.fixture(params=MPMS)
def mpm(request):
    return request.param


@pytest.fixture(autouse=True)
def quiet():
    """After each test: nothing unexpected in any error log."""
    yield
    for server in RUNNING:
        try:
            server.check_log()
        finally:
            if server.shared:
                server.allowed.clear()


def problem(answer):
    """The faults of a 400 as a set of (in, name, code)."""
    assert answer.status == 400, answer
    assert answer.type == "application/problem+json", answer
    document = answer.json
    assert document["status"] == 400 and document["title"]
    assert re.search(r"/invalid-request$", document["type"])
    return {(e["in"], e["name"], e["code"]) for e in document["errors"]}

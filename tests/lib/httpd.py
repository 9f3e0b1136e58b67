# SPDX-License-Identifier: Apache-2.0
"""A private httpd on a free loopback port: started, watched, stopped."""

import collections
import contextlib
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import tree

DEADLINE = 30                   # seconds for a start, a stop, a restart
# Lines that no test may cause unasked: warn and above, and what a crash, a
# sanitizer (with the frames of the stack) or a dying interpreter leaves.
SERIOUS = re.compile(r"\[[\w-]*:(?:emerg|alert|crit|error|warn)\]|exit signal|"
                     r"Fatal Python|AddressSanitizer|runtime error:|"
                     r"^\s*#\d+ 0x")
HELD = ("01", "08")     # ESTABLISHED, CLOSE_WAIT in /proc/net/tcp
READY = "resuming normal operations"
# Descriptors that a child may open after the first look at it: it may still
# have been starting (the pipes and the epoll of its MPM, a pipe of Python's).
SPARE = 12
# Seconds that the threads of a server have to come to rest before a stop.
# A SIGTERM closes the sockets of workers that still clean up behind an answer;
# mpm_event 2.4.71 may crash on one of them, with handlers in C, too
# (close_worker_sockets, in apr_os_sock_get).
SETTLE = 5
# What mpm_event logs when it is stopped just as a connection goes idle, and
# each MPM when a machine serves more slowly than its clients ask.
HARMLESS = re.compile(r"AH03093: process_socket|"
                      r"server reached MaxRequestWorkers|scoreboard is full")
ACCOUNTS = ("www-data", "apache", "nobody")


class Failure(Exception):
    """The server did not do what it was told to; carries its log."""


def unprivileged():
    """The account that a server started by root switches to."""
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure("no account of " + ", ".join(ACCOUNTS))


# Sockets bound to the last ports that were given out.  They do not listen and
# allow another socket on their port, so that a server may listen there; but
# the kernel gives the port to nobody who asks for any.
RESERVED = collections.deque(maxlen=100)


def free_port():
    """A port that no other test gets before its server listens there."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    RESERVED.append(probe)
    return probe.getsockname()[1]


def static_modules():
    listed = subprocess.run([tree.tool("HTTPD"), "-l"], check=True, text=True,
                            capture_output=True).stdout
    return set(re.findall(r"mod_(\w+)\.c", listed))


def wait_for(condition, what, seconds=DEADLINE):
    """Poll until the condition holds; its value is the result."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def children(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(word) for word in path.read_text().split()]
    except OSError:
        return []


def descriptors(pid):
    """What a process holds open, sockets excepted: they come and go."""
    held = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                held.append(os.readlink(entry.path))
    return sorted(name for name in held if not name.startswith("socket:"))


def at_rest(pid):
    """Whether each thread of the server's children is asleep: one that the
    kernel has not come to runs, however long that takes."""
    for child in children(pid):
        with contextlib.suppress(OSError):
            for task in os.scandir(f"/proc/{child}/task"):
                stat = Path(task.path, "stat").read_text()
                if stat.rpartition(")")[2].split()[0] != "S":
                    return False
    return True


def connections(port):
    """How many connections the kernel has that a server on it still holds."""
    rows = Path("/proc/net/tcp").read_text().split("\n")[1:]
    words = [row.split() for row in rows if row]
    return sum(1 for word in words
               if word[1].endswith(f":{port:04X}") and word[3] in HELD)


def held(server):
    """Descriptors of the children that are files of the temporary folder."""
    found = []
    for pid in children(server.process.pid):
        found += [name for name in descriptors(pid)
                  if name.startswith(str(server.temp))]
    return found


def nothing_left(server):
    """No file of an upload is open, or has a name, within the limit."""
    wait_for(lambda: not held(server) and not os.listdir(server.temp),
             "the end of uploads")


def shared_memory(pids):
    """System V segments that one of these processes created."""
    rows = Path("/proc/sysvipc/shm").read_text().split("\n")[1:]
    return [row for row in rows if row and int(row.split()[4]) in pids]


class Httpd:
    """One server.  `with Httpd(...) as server:` starts and stops it.

    root     its ServerRoot, made readable for the account that serves
    mpm      prefork, worker or event
    modules  names of httpd's own modules to load beside the least
    load     (symbol, file) of the modules under test, in this order
    config   the rest of httpd.conf; {port} and {root} are filled in
    wrapper  words before the command (valgrind)
    environ  more of its environment
    """

    LEAST = ("unixd", "authz_core", "mime")

    def __init__(self, root=None, *, mpm="event", modules=(), load=(),
                 config="", wrapper=(), single=False, log_level="info",
                 environ=()):
        self._own_root = root is None
        self.root = Path(root or tempfile.mkdtemp(prefix="routes-httpd-"))
        self.port = free_port()
        self.mpm = mpm
        self.modules = [*self.LEAST, *modules]
        self.load = list(load)
        self.config = config
        self.wrapper = list(wrapper)
        self.single = single
        self.log_level = log_level
        self.environ = dict(environ)
        self.process = None
        self.seen = set()       # every process of ours, for the leak checks
        self.expected = []      # patterns that must come before check_log
        self.allowed = []       # and may come again later
        self.mark = 0           # where in the log this test begins
        self.at_first = {}

    # ---- configuration ------------------------------------------------------
    @property
    def conf(self):
        return self.root / "httpd.conf"

    @property
    def error_log(self):
        return self.root / "error.log"

    def lines(self):
        """httpd.conf as a list of lines."""
        built_in = static_modules()
        folder = tree.apxs("LIBEXECDIR")
        yield f'ServerRoot "{self.root}"'
        yield f'DefaultRuntimeDir "{self.root}/run"'
        yield f'PidFile "{self.root}/run/httpd.pid"'
        yield f'ErrorLog "{self.error_log}"'
        yield f"LogLevel {self.log_level}"
        yield "ServerName 127.0.0.1"
        yield f"Listen 127.0.0.1:{self.port}"
        for name in dict.fromkeys([f"mpm_{self.mpm}", *self.modules]):
            if name not in built_in:
                yield f"LoadModule {name}_module {folder}/mod_{name}.so"
        for symbol, path in self.load:
            yield f'LoadModule {symbol} "{path}"'
        yield f'DocumentRoot "{self.root}/htdocs"'
        yield f'TypesConfig "{self.root}/mime.types"'
        if os.geteuid() == 0:
            account = unprivileged()
            yield f"User #{account.pw_uid}"
            yield f"Group #{account.pw_gid}"
        yield "KeepAlive On"
        yield "MaxKeepAliveRequests 0"
        yield "EnableSendfile Off"
        yield "GracefulShutdownTimeout 5"

    def write(self):
        for name in ("htdocs", "run"):
            (self.root / name).mkdir(exist_ok=True)
        (self.root / "mime.types").write_text(
            "text/html html shtml\ntext/plain txt\n")
        config = self.config.replace("{port}", str(self.port)) \
                            .replace("{root}", str(self.root))
        self.conf.write_text("\n".join([*self.lines(), config, ""]))
        os.chmod(self.root, 0o755)

    def command(self, *words):
        return [*self.wrapper, tree.tool("HTTPD"), "-d", str(self.root),
                "-f", str(self.conf), *words]

    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG",
                "ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
        preload = os.environ.get("ROUTES_PRELOAD")
        if preload:
            kept["LD_PRELOAD"] = preload
        return {**kept, **self.environ}

    def configtest(self):
        """The exit code and the words of `httpd -t`."""
        self.write()
        done = subprocess.run(self.command("-t"), text=True,
                              capture_output=True, env=self.environment())
        return done.returncode, done.stdout + done.stderr

    # ---- life ---------------------------------------------------------------
    def start(self):
        self.write()
        mode = "-X" if self.single else "-DFOREGROUND"
        with (self.root / "console.log").open("wb") as console:
            self.process = subprocess.Popen(
                self.command(mode), stdin=subprocess.DEVNULL, stdout=console,
                stderr=console, env=self.environment(),
                start_new_session=True)
        self.seen.add(self.process.pid)
        try:
            wait_for(self._answers, "the server answers",
                     180 if self.wrapper else DEADLINE)
        except Failure:
            self.stop()
            raise
        self.at_first = self.held()
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise Failure(f"httpd ended with {self.process.returncode}:\n"
                          f"{self.console()}{self.log()}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.request("OPTIONS", "*")
            return True
        return False

    def stop(self):
        if self.process is None:
            return
        self.seen.update(children(self.process.pid))
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                raise Failure(f"httpd did not stop:\n{self.log()}") from None

    def terminate(self):
        """Tell it to end, without waiting for that."""
        self.drain()
        self.process.send_signal(signal.SIGTERM)

    def drain(self):
        """Let connections end that the tests have closed: mpm_event, told to
        stop, looks at the sockets of its workers while these free them."""
        with contextlib.suppress(Failure):
            wait_for(lambda: connections(self.port) == 0, "idleness", 1)
            # twice: what was looked at first may have been woken by the rest
            wait_for(lambda: at_rest(self.process.pid) and
                     at_rest(self.process.pid), "rest", SETTLE)

    def graceful(self):
        """A graceful restart; returns when the new generation serves."""
        before = set(children(self.process.pid))
        self.seen |= before
        ready = self.log().count(READY)
        self.process.send_signal(signal.SIGUSR1)
        wait_for(lambda: self.log().count(READY) > ready,
                 "the graceful restart")
        wait_for(lambda: self.process.poll() is not None or
                 set(children(self.process.pid)) - before, "new children")
        wait_for(self._answers, "the new generation answers")
        wait_for(lambda: not before & set(children(self.process.pid)),
                 "the old generation's end")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            if self._own_root:
                shutil.rmtree(self.root, ignore_errors=True)

    # ---- talking to it ------------------------------------------------------
    def connect(self, timeout=DEADLINE):
        return http.client.HTTPConnection("127.0.0.1", self.port,
                                          timeout=timeout)

    def request(self, method, target, body=None, headers=None, **options):
        """One request on its own connection; see Answer."""
        link = self.connect()
        try:
            link.request(method, target, body, headers or {}, **options)
            return Answer(link.getresponse())
        finally:
            link.close()

    def get(self, target, **headers):
        return self.request("GET", target, headers={
            name.replace("_", "-"): value for name, value in headers.items()})

    def raw(self, data):
        """Send bytes, read until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port),
                                      DEADLINE) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    # ---- what it said -------------------------------------------------------
    def log(self):
        try:
            return self.error_log.read_text(errors="replace")
        except OSError:
            return ""

    def console(self):
        try:
            return (self.root / "console.log").read_text(errors="replace")
        except OSError:
            return ""

    def expect(self, *patterns):
        """Serious log lines that match belong to the test, and must come."""
        self.expected += patterns
        self.allowed += patterns

    def logged(self, pattern, seconds=DEADLINE):
        """Wait for a line of the log since the last check, and return it."""
        return wait_for(lambda: re.search(f"^.*(?:{pattern}).*$",
                                          self.log()[self.mark:], re.M),
                        f"{pattern!r} in the log", seconds).group(0)

    def check_log(self):
        """Fail on a serious line that was not expected, or did not come."""
        for pattern in self.expected:
            self.logged(pattern)
        log = self.log()
        said, self.mark, self.expected = log[self.mark:], len(log), []
        surprises = [line for line in said.split("\n") if SERIOUS.search(line)
                     and not HARMLESS.search(line)
                     and not any(re.search(p, line) for p in self.allowed)]
        surprises += [line for line in self.console().split("\n")
                      if SERIOUS.search(line)]
        if surprises:
            raise Failure("unexpected in the error log:\n" +
                          "\n".join(surprises))

    # ---- what it holds ------------------------------------------------------
    def held(self):
        """Descriptors of the parent and of each child, by process."""
        pids = [self.process.pid, *children(self.process.pid)]
        self.seen.update(pids)
        return {pid: descriptors(pid) for pid in pids}

    def check_leaks(self):
        """Fail on descriptors or segments that were not there at first."""
        if self.process is None or self.process.poll() is not None:
            return
        # a restart may be under way, which opens and closes files
        with contextlib.suppress(Failure):
            wait_for(lambda: not self._leaked(), "what was there", SETTLE)
        for pid, names in self._leaked().items():
            raise Failure(f"process {pid} held {self.at_first[pid]}, "
                          f"then {names}")

    def _leaked(self):
        """The processes that hold more than at first, with what they hold."""
        # one child has answered, others may have begun to start
        most = max(map(len, self.at_first.values()))
        return {pid: names for pid, names in self.held().items()
                if pid in self.at_first and len(names) > (
                    len(self.at_first[pid]) if pid == self.process.pid
                    else most + SPARE)}

    def check_gone(self):
        """After the stop: no shared memory, no pid file left behind."""
        segments = shared_memory(self.seen)
        left = [p.name for p in (self.root / "run").glob("*")]
        if segments or left:
            raise Failure(f"left behind: {segments} {left}")


class Answer:
    """Status, headers (case-insensitive) and body of one response."""

    def __init__(self, response):
        self.status = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.headers.get_content_type()

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:300]!r}>"

# SPDX-License-Identifier: Apache-2.0
"""TLS with several virtual hosts: the name of the connection (SNI), the name
of the request (Host), and what each site's own realms say of its callers."""

import itertools
import re
import shutil
import socket
import ssl
import subprocess

import pytest

import tls
from conftest import RUNNING, Site
from test_400_authorisation import basic

NAMES = ("one", "two", "three")
TABLES = {
    "one": """\
routes 1
realm staff = basic { file "one.htpasswd" }
location /secret { auth staff; require user; GET . -> one:secret }
GET /open -> one:secret public
""",
    # the same names of realm and path, other people, certificates besides
    "two": """\
routes 1
realm ops   = mtls {}
realm staff = basic { file "two.htpasswd" }
location /secret { auth ops; require user; GET . -> two:secret }
location /either { auth ops or staff; require user; GET . -> two:secret }
""",
    "three": """\
routes 1
realm staff = basic { file "three.htpasswd" }
location /secret { auth staff; require user; GET . -> three:secret }
location /keyed  { auth staff; require user and tls; GET . -> three:secret }
""",
}
VHOST = """
<VirtualHost *:{port}>
    ServerName NAME.example
    Protocols {protocols}
    RoutesMount NAME
    SSLEngine On
    SSLCertificateFile "{root}/server.pem"
    SSLCertificateKeyFile "{root}/server.key"
    MORE
</VirtualHost>
"""
CLIENTS = ('SSLCACertificateFile "{root}/client.pem"\n'
           "    SSLVerifyClient optional")
PASSWORDS = {name: f"of-{name}" for name in NAMES}
USERS = 60      # of every site: whoever fails too often has to wait


def make(command, root):
    subprocess.run(["openssl", *command.split()], cwd=root, check=True,
                   capture_output=True)


@pytest.fixture(scope="module", params=[
    ("prefork", "on"), ("event", "off"), ("event", "on")],
    ids=lambda param: "-".join(param))
def server(request):
    mpm, strict = request.param
    site = Site(shared=True)
    tls.certificate(site.root)
    make("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
         "-keyout client.key -out client.pem -days 2 -subj /CN=ada",
         site.root)
    load = []
    for name, text in TABLES.items():
        site.write(f"{name}.py", f"def secret():\n    return 'in {name}'\n")
        path = site.htpasswd(f"{name}.htpasswd", ada=PASSWORDS[name])
        code = path.read_text().strip().partition(":")[2]
        path.write_text("".join(f"ada{i}:{code}\n" for i in range(USERS)))
        load.append(site.build(name, text))
    config = "".join(
        VHOST.replace("NAME", name).replace(
            "MORE", CLIENTS if name == "two" else "")
        for name in NAMES).replace(
            "{protocols}", "h2 http/1.1" if mpm == "event" else "http/1.1")
    made = site.httpd(
        load, f'SSLStrictSNIVHostCheck {strict}\nLogLevel ssl:error\n'
        f'RoutesPythonPath "{site.root}"\n{config}', mpm=mpm,
        modules=["ssl", *["http2"] * (mpm == "event")])
    made.users = (f"ada{i}" for i in range(USERS))
    made.allowed_always = ["AH02031", "AH02032", "AH02033", "AH01276"]
    made._answers = lambda: statuses(made, "one", "one", "/open") == [200]
    RUNNING.append(made)
    yield made.start()
    site.close()


def connect(server, sni, certificate=False):
    context = ssl.create_default_context(
        cafile=server.root / "server.pem")
    context.check_hostname = False
    if certificate:
        context.load_cert_chain(server.root / "client.pem",
                                server.root / "client.key")
    return context.wrap_socket(
        socket.create_connection(("127.0.0.1", server.port), 30),
        server_hostname=sni and f"{sni}.example")


def ask(server, sni, requests, certificate=False):
    """What comes on one connection; nothing if there is none."""
    try:
        with connect(server, sni, certificate) as link:
            for host, target, headers in requests:
                link.sendall("\r\n".join([
                    f"GET {target} HTTP/1.1", f"Host: {host}.example",
                    *(f"{k}: {v}" for k, v in headers.items()), *[
                        "Connection: close"] * (
                        (host, target, headers) == requests[-1]),
                    "", ""]).encode())
            return b"".join(iter(lambda: link.recv(65536), b""))
    except OSError:
        return b""


def statuses(server, sni, host, target, headers=None, certificate=False):
    said = ask(server, sni, [(host, target, headers or {})], certificate)
    return [int(s) for s in re.findall(rb"HTTP/1.1 (\d{3}) ", said)]


REFUSED = (400, 401, 403, 404, 421)


@pytest.mark.parametrize("sni, host", itertools.product((*NAMES, None),
                                                        NAMES))
def test_only_who_the_host_s_own_site_knows_is_let_in(server, sni, host):
    server.allowed += server.allowed_always
    user = next(server.users)
    for whose in (None, *NAMES):
        headers = {} if whose is None else basic(user, PASSWORDS[whose])
        for certificate in (False, True):
            said = ask(server, sni, [(host, "/secret", headers)], certificate)
            status = int(said.split()[1]) if said else None
            knows = certificate if host == "two" else whose == host
            assert status is None or status in (200, *REFUSED)
            if not knows:
                assert status != 200 and b"in " + host.encode() not in said
            if status == 200:
                assert said.endswith(b"in " + host.encode())
            if knows and sni == host:
                assert status == 200


def test_a_certificate_counts_only_where_it_was_asked_for(server):
    """The connection's own site asks for none: the request of the site that
    does is refused, or has none."""
    server.allowed += server.allowed_always
    user = next(server.users)
    for sni in ("one", "three"):
        for target in ("/secret", "/either"):
            assert 200 not in statuses(server, sni, "two", target,
                                       certificate=True)
    assert statuses(server, "two", "two", "/either", certificate=True) == [200]
    assert statuses(server, "two", "two", "/either",
                    basic(user, PASSWORDS["two"])) == [200]
    assert statuses(server, "two", "two", "/either",
                    basic(user, PASSWORDS["one"])) == [401]


def test_a_connection_changes_sites_and_takes_nobody_along(server):
    server.allowed += server.allowed_always
    user = next(server.users)
    ada = {name: basic(user, PASSWORDS[name]) for name in NAMES}
    said = ask(server, "one", [
        ("one", "/secret", ada["one"]), ("three", "/secret", ada["one"]),
        ("three", "/secret", {}), ("three", "/secret", ada["three"]),
        ("one", "/secret", {}), ("one", "/secret", ada["three"])])
    answers = [int(s) for s in re.findall(rb"HTTP/1.1 (\d{3}) ", said)]
    assert answers[0] == 200 and 200 not in answers[1:3] + answers[4:]
    assert re.findall(rb"in (one|two|three)", said)[0] == b"one"


def test_a_name_in_other_letters_or_with_a_port_is_the_same_site(server):
    server.allowed += server.allowed_always
    user = next(server.users)
    for host in ("ONE", "One", "oNE"):
        assert statuses(server, "one", host, "/secret") == [401]
        assert statuses(server, "one", host, "/secret",
                        basic(user, PASSWORDS["one"])) == [200]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_http_2_has_the_same_sites(server):
    if server.mpm == "prefork":
        pytest.skip("mod_http2 does not serve with prefork")
    server.allowed += server.allowed_always
    for sni, host, whose in itertools.product(NAMES, NAMES, NAMES):
        user = next(server.users)
        done = subprocess.run(
            ["curl", "-sk", "--http2", "--resolve",
             f"{sni}.example:{server.port}:127.0.0.1", "-H",
             f"Host: {host}.example", "-u", f"{user}:{PASSWORDS[whose]}", "-w",
             " %{http_code} %{http_version}",
             f"https://{sni}.example:{server.port}/secret"],
            capture_output=True, text=True, timeout=60).stdout
        body, status, version = done.rsplit(" ", 2)
        assert version == "2" and int(status) in (200, *REFUSED)
        if whose != host or host == "two":
            assert status != "200" and f"in {host}" not in body
        if status == "200":
            assert body == f"in {host}"
        if sni == host == whose != "two":
            assert status == "200"

# SPDX-License-Identifier: Apache-2.0
"""Realms of other kinds than a password file: httpd's providers, API keys,
client certificates."""

import base64
import hashlib
import http.client
import re
import ssl
import subprocess

import pytest

from conftest import RUNNING, Site

PYTHON = """\
def hello():
    return "hello"
"""


def basic(user, password):
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}"}


@pytest.fixture(scope="module")
def own():
    """Sites of their own for the servers of this file."""
    sites = []

    def make():
        site = Site(shared=True)
        sites.append(site)
        site.write("app.py", PYTHON)
        return site
    yield make
    for site in sites:
        site.close()


def run(*words, cwd):
    subprocess.run([str(word) for word in words], cwd=cwd, check=True,
                   capture_output=True)


# ---- providers --------------------------------------------------------------

PROVIDER = """\
routes 1
realm dbm  = basic { provider dbm }
realm both = basic { provider file dbm; groups "groups" }
GET /dbm  -> app:hello() auth dbm require user
GET /both -> app:hello() auth both require user
GET /role -> app:hello() auth both require role(admin)
"""


@pytest.fixture(scope="module")
def providers(own):
    shared = own()
    shared.write("groups", "admin: ada\n")
    shared.htpasswd("users", ada="a")
    for words in (["-c"], []):
        run("htdbm", "-b", *words, shared.root / "users.dbm",
            "bob" if words else "eve", "b", cwd=shared.root)
    for path in shared.root.glob("users.dbm*"):
        path.chmod(0o644)
    return shared.serve(PROVIDER, """
        <Location />
            AuthUserFile "{root}/users"
            AuthDBMUserFile "{root}/users.dbm"
        </Location>""", modules=["authn_core", "authn_file", "authn_dbm",
                                 "auth_basic"])


@pytest.mark.parametrize("target, user, password, status", [
    ("/dbm", "bob", "b", 200), ("/dbm", "bob", "x", 401),
    ("/dbm", "ada", "a", 401), ("/dbm", "nosuch", "b", 401),
    ("/both", "ada", "a", 200), ("/both", "ada", "b", 401),
    ("/both", "eve", "b", 200), ("/both", "nosuch", "", 401),
    ("/role", "ada", "a", 200), ("/role", "bob", "b", 403),
])
def test_a_provider_of_httpd_knows_the_passwords(providers, target, user,
                                                 password, status):
    answer = providers.request("GET", target, headers=basic(user, password))
    assert answer.status == status


def test_a_provider_that_no_module_offers_stops_the_start(site):
    site.write("app.py", PYTHON)
    code, said = site.httpd([site.build("app", PROVIDER)],
                            "RoutesMount app").configtest()
    assert code != 0
    assert "realm 'dbm' (app.routes:2)" in said and "'dbm'" in said


def test_a_provider_that_fails_lets_nobody_in(site):
    site.write("app.py", PYTHON)
    site.htpasswd("users", ada="a")
    site.write("groups", "")
    server = site.serve(PROVIDER, modules=["authn_core", "authn_file",
                                           "authn_dbm", "auth_basic"])
    server.allowed.append(r"AH\d+")     # no AuthDBMUserFile
    assert server.request("GET", "/dbm", headers=basic("ada", "a")
                          ).status in (401, 500)


# ---- API keys ---------------------------------------------------------------

APIKEY = """\
routes 1
realm robots = apikey { header "X-Api-Key"; file "keys" }
auth robots
GET  /any   -> app:hello() require user
GET  /write -> app:hello() require role(write)
POST /write -> app:hello() require role(write)
"""
KEYS = {"reader": "r" * 43, "writer": "w" * 43}


def key_lines():
    return [f"{user}:{hashlib.sha256(key.encode()).hexdigest()}"
            for user, key in KEYS.items()]


@pytest.fixture(scope="module")
def keys(own):
    shared = own()
    reader, writer = key_lines()
    shared.write("keys", f"# ours\n{reader}\n\n{writer}:write other\n")
    return shared.serve(APIKEY)


@pytest.mark.parametrize("target, key, status", [
    ("/any", None, 401), ("/any", "", 401), ("/any", "nonsense", 401),
    ("/any", KEYS["reader"], 200), ("/any", KEYS["reader"] + "r", 401),
    ("/any", KEYS["reader"][1:], 401), ("/any", "x" * 7000, 401),
    ("/any", key_lines()[0].split(":")[1], 401),
    ("/any", f"{KEYS['reader']}, {KEYS['writer']}", 401),
    ("/write", KEYS["reader"], 403), ("/write", KEYS["writer"], 200),
])
def test_an_api_key(keys, target, key, status):
    headers = {} if key is None else {"X-Api-Key": key}
    answer = keys.request("GET", target, headers=headers)
    assert answer.status == status
    assert "WWW-Authenticate" not in answer.headers


def test_programs_need_no_page_of_ours(keys):
    answer = keys.request("POST", "/write", "", {
        "X-Api-Key": KEYS["writer"], "Origin": "https://other.example"})
    assert answer.status == 200


def test_no_key_is_an_environment_or_log(keys):
    keys.request("GET", "/any", headers={"X-Api-Key": KEYS["reader"]})
    assert KEYS["reader"] not in keys.log()


def test_a_shared_cache_keeps_no_file_of_a_caller(site):
    site.write("app.py", """\
import pathlib
def hello():
    return pathlib.Path(__file__)
def own():
    return 200, {"ETag": '"x"', "Cache-Control": "public, max-age=60"}, "x"
""")
    site.write("keys", key_lines()[0] + "\n")
    (site.root / "cache").mkdir()
    (site.root / "cache").chmod(0o777)
    server = site.serve(APIKEY + "GET /own -> app:own() require user\n",
                        'CacheRoot "{root}/cache"\nCacheEnable disk /\n',
                        modules=["cache", "cache_disk"])
    headers = {"X-Api-Key": KEYS["reader"]}
    answer = server.request("GET", "/any", headers=headers)
    assert answer.status == 200 and "Last-Modified" in answer.headers
    assert answer.headers["Cache-Control"] == "private"
    assert server.get("/any").status == 401
    answer = server.request("GET", "/own", headers=headers)
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("line", [
    "reader:abc", "reader", ":" + "0" * 64, "reader:" + "A" * 64,
    "a:" + "0" * 64 + "\nb:" + "0" * 64,
])
def test_a_key_file_that_is_none_stops_the_start(site, line):
    site.write("keys", line + "\n")
    site.write("app.py", PYTHON)
    code, said = site.httpd([site.build("app", APIKEY)],
                            "RoutesMount app").configtest()
    assert code != 0 and "key file" in said and "is no `user:digest`" in said


# ---- client certificates ----------------------------------------------------

MTLS = """\
routes 1
realm ops = mtls { dn "OU=ops, O=Example"; ca "CN=Good CA,O=Example" }
realm any = mtls { user SSL_CLIENT_S_DN }
realm end = mtls { dn "OU=ops,O=Example" }
GET /ops -> app:hello() auth ops require user
GET /any -> app:hello() auth any require user
GET /end -> app:hello() auth end require user
GET /old -> app:hello() auth end require user
GET /pub -> app:hello() public
"""
TLS = """
SSLEngine On
SSLSessionCache none
SSLCertificateFile "{root}/server.pem"
SSLCertificateKeyFile "{root}/server.key"
SSLCACertificateFile "{root}/trusted.pem"
SSLVerifyClient optional
<Location /old>
    SSLOptions +LegacyDNStringFormat
</Location>
CustomLog "{root}/access.log" "%u"
"""
SUBJECTS = {
    "ada": "/O=Example/OU=ops/CN=ada",
    "deep": "/O=Example/OU=ops/OU=night/CN=deep",
    "sales": "/O=Example/OU=sales/CN=eve",
    "trick": "/O=Example/OU=x\\,OU=ops\\,O=Example/CN=eve",
    "tail": "/O=Other/CN=OU=ops\\,O=Example",
    "slash": "/O=Other/CN=eve,OU=ops,O=Example",
    "short": "/O=Example/OU=devops/CN=eve",
    "nameless": "/O=Example/OU=ops",
}


def make_ca(root, name, subject):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", subject,
        "-keyout", f"{name}.key", "-out", f"{name}.pem", cwd=root)


def sign(root, ca, name, subject):
    run("openssl", "req", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
        f"{name}.key", "-out", f"{name}.csr", cwd=root)
    run("openssl", "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem",
        "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", "2", "-out",
        f"{name}.pem", cwd=root)


@pytest.fixture(scope="module")
def tls(own):
    shared = own()
    root = shared.root
    make_ca(root, "good", "/O=Example/CN=Good CA")
    make_ca(root, "second", "/O=Example/CN=Second CA")
    make_ca(root, "foreign", "/O=Example/CN=Good CA")
    sign(root, "good", "server", "/CN=127.0.0.1")
    for name, subject in SUBJECTS.items():
        sign(root, "good", name, subject)
    sign(root, "second", "other-ca", SUBJECTS["ada"])
    sign(root, "foreign", "forged", SUBJECTS["ada"])
    (root / "trusted.pem").write_text((root / "good.pem").read_text() +
                                      (root / "second.pem").read_text())
    for path in root.glob("*.key"):
        path.chmod(0o600)
    site = shared.httpd([shared.build("app", MTLS)],
                        f'RoutesMount app\nRoutesPythonPath "{root}"\n{TLS}',
                        modules=["ssl", "log_config"])
    site._answers = lambda: tls_get(site, root, "/pub") == 200
    site.allowed += ["AH01873", "AH01882"]     # no cache; a patch level
    RUNNING.append(site)
    return site.start()


def tls_get(server, root, target, certificate=None):
    context = ssl.create_default_context(cafile=root / "good.pem")
    context.check_hostname = False
    if certificate:
        context.load_cert_chain(root / f"{certificate}.pem",
                                root / f"{certificate}.key")
    link = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30,
                                       context=context)
    try:
        link.request("GET", target)
        return link.getresponse().status
    except OSError:
        return None
    finally:
        link.close()


@pytest.mark.parametrize("target, certificate, status", [
    ("/ops", None, 401), ("/any", None, 401), ("/pub", None, 200),
    ("/ops", "ada", 200), ("/ops", "deep", 200), ("/ops", "sales", 401),
    ("/ops", "trick", 401), ("/ops", "tail", 401), ("/ops", "short", 401),
    ("/ops", "nameless", 401), ("/ops", "other-ca", 401),
    ("/any", "sales", 200), ("/any", "other-ca", 200),
    ("/end", "ada", 200), ("/end", "slash", 401),
    ("/old", "slash", 401), ("/old", "ada", 401),
])
def test_a_client_certificate(tls, target, certificate, status):
    assert tls_get(tls, tls.root, target, certificate) == status


def test_a_certificate_of_a_foreign_authority_gets_nothing(tls):
    tls.allowed.append("AH0")
    assert tls_get(tls, tls.root, "/ops", "forged") in (None, 401)


def test_the_name_is_httpd_s_user(tls):
    assert tls_get(tls, tls.root, "/ops", "ada") == 200
    assert "ada" in (tls.root / "access.log").read_text().split()


def test_without_mod_ssl_the_start_fails(site):
    site.write("app.py", PYTHON)
    code, said = site.httpd([site.build("app", MTLS)],
                            "RoutesMount app").configtest()
    assert code != 0 and "realm 'ops' (app.routes:2)" in said
    assert "mod_ssl is not loaded" in said


# ---- where credentials can be read ------------------------------------------

COVERED = """
<VirtualHost 0.0.0.0:1>
    RoutesMount app
    SSLEngine On
    SSLCertificateFile "{root}/server.pem"
    SSLCertificateKeyFile "{root}/server.key"
</VirtualHost>
SSLSessionCache none
"""


@pytest.mark.parametrize("config, mount, far, warned", [
    ("", "RoutesMount app", False, False),
    ("", "RoutesMount app", True, True),
    ("ServerName https://a.example", "RoutesMount app", True, False),
    (COVERED, "", True, False),
], ids=["loopback", "clear", "behind TLS", "TLS"])
def test_credentials_in_clear_are_told(site, config, mount, far, warned):
    site.write("app.py", PYTHON)
    site.htpasswd("users", ada="a")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
        "-keyout", "server.key", "-out", "server.pem", cwd=site.root)
    table = site.build("app", (
        'routes 1\nrealm staff = basic { file "users" }\n'
        "GET / -> app:hello() auth staff require user\n"))
    code, said = site.httpd(
        [table], mount + config.replace("{root}", str(site.root)).join("\n\n")
        + "Listen 0.0.0.0:1" * far,
        modules=["ssl"] if config == COVERED else []).configtest()
    assert code == 0, said
    assert bool(re.search(r"ROUTES0005.*realm staff.*\(W316\)", said)
                ) == warned, said

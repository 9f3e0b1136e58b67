# SPDX-License-Identifier: Apache-2.0
"""httpd's own sources of passwords, by name: dbd, socache, ldap; and what
htdigest(1) writes, asked by curl --digest."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

import tree
from conftest import Site
from httpd import free_port, unprivileged, wait_for

PYTHON = "def hello():\n    return 'hello'\n"


def has_module(name):
    return (Path(tree.apxs("LIBEXECDIR")) / f"mod_{name}.so").exists()


def curl(server, target, *words):
    return subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *words,
         f"http://127.0.0.1:{server.port}{target}"],
        capture_output=True, text=True).stdout


def hash_of(user, password):
    said = subprocess.run(["htpasswd", "-nbB", "-C", "4", user, password],
                          check=True, capture_output=True, text=True).stdout
    return said.strip().partition(":")[2]


@pytest.fixture
def own():
    site = Site()
    site.write("app.py", PYTHON)
    yield site
    site.close()


# ---- a database, and a cache before it --------------------------------------

DBD = """\
routes 1
realm db    = basic { provider dbd; groups "groups" }
realm cache = basic { provider socache dbd }
GET /db    -> app:hello() auth db require user
GET /role  -> app:hello() auth db require role(admin)
GET /cache -> app:hello() auth cache require user
"""
DBD_CONFIG = """
DBDriver sqlite3
DBDParams "{root}/db/users"
<Location />
    AuthDBDUserPWQuery "SELECT password FROM users WHERE name = %s"
    AuthnCacheProvideFor dbd
    AuthnCacheTimeout 600
</Location>
"""


def test_a_database_knows_the_passwords_and_a_cache_remembers(own):
    if not has_module("authn_dbd"):
        pytest.skip("httpd has no mod_authn_dbd")
    if not list(Path("/usr").glob("lib*/**/apr_dbd_sqlite3*.so")):
        pytest.skip("APR has no driver for sqlite (libaprutil1-dbd-sqlite3)")
    folder = own.writable("db")
    own.write("groups", "admin: ada\n")
    with sqlite3.connect(folder / "users") as base:
        base.execute("create table users (name text, password text)")
        base.executemany("insert into users values (?, ?)", [
            (name, hash_of(name, name * 2)) for name in ("ada", "bob")])
    if os.geteuid() == 0:
        account = unprivileged()
        os.chown(folder / "users", account.pw_uid, account.pw_gid)
    server = own.serve(DBD, DBD_CONFIG, modules=[
        "dbd", "authn_core", "authn_dbd", "authn_socache", "socache_shmcb",
        "auth_basic"])
    server.allowed.append(r"AH0\d+")
    for target, user, password, status in (
            ("/db", "ada", "adaada", "200"), ("/db", "ada", "ada", "401"),
            ("/db", "x' or '1'='1", "adaada", "401"),
            ("/db", "", "", "401"), ("/role", "ada", "adaada", "200"),
            ("/role", "bob", "bobbob", "403"),
            ("/cache", "ada", "adaada", "200"), ("/cache", "ada", "x", "401"),
            ("/cache", "nosuch", "x", "401")):
        assert curl(server, target, "-u", f"{user}:{password}") == status
    with sqlite3.connect(folder / "users") as base:
        base.execute("delete from users")
    assert curl(server, "/db", "-u", "ada:adaada") == "401"
    assert curl(server, "/cache", "-u", "ada:adaada") == "200"


# ---- a directory ------------------------------------------------------------

SLAPD = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {folder}/pid
database mdb
maxsize 1048576
suffix "dc=example"
rootdn "cn=root,dc=example"
rootpw root
directory {folder}/data
"""
PEOPLE = """\
dn: dc=example
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: uid=ada,dc=example
objectClass: inetOrgPerson
uid: ada
cn: Ada
sn: L
userPassword: adaada

dn: uid=bob,dc=example
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: B
userPassword: bobbob

dn: cn=staff,dc=example
objectClass: groupOfNames
cn: staff
member: uid=ada,dc=example
"""


@pytest.fixture
def directory(tmp_path):
    """The port of a slapd of our own."""
    program = shutil.which("slapd") or shutil.which("slapd",
                                                    path="/usr/sbin")
    modules = next(iter(Path("/usr").glob("lib*/ldap/back_mdb.so")), None)
    if program is None or modules is None:
        pytest.skip("no slapd with back_mdb is installed")
    if not has_module("authnz_ldap"):
        pytest.skip("httpd has no mod_authnz_ldap")
    (tmp_path / "data").mkdir()
    (tmp_path / "people").write_text(PEOPLE)
    (tmp_path / "conf").write_text(SLAPD.format(modules=modules.parent,
                                                folder=tmp_path))
    subprocess.run([program, "-T", "add", "-f", tmp_path / "conf", "-l",
                    tmp_path / "people"], check=True, capture_output=True)
    port = free_port()
    with open(tmp_path / "log", "w") as log:
        slapd = subprocess.Popen([program, "-f", tmp_path / "conf", "-d", "0",
                                  "-h", f"ldap://127.0.0.1:{port}"],
                                 stderr=log)
    yield port
    slapd.terminate()
    slapd.wait()


def test_a_directory_knows_the_passwords(own, directory):
    server = own.serve("""\
routes 1
realm people = basic { provider ldap }
GET /ldap -> app:hello() auth people require user
""", f"""
<Location />
    AuthLDAPURL "ldap://127.0.0.1:{directory}/dc=example?uid"
</Location>""", modules=["authn_core", "ldap", "authnz_ldap", "auth_basic"])
    server.allowed.append(r"AH0\d+")
    wait_for(lambda: curl(server, "/ldap", "-u", "ada:adaada") == "200",
             "the directory's answer")
    for user, password in (("ada", "x"), ("ada", ""), ("*", "adaada"),
                           ("ada)(uid=*", "adaada"), ("nosuch", "adaada"),
                           ("", "adaada"), ("uid=ada,dc=example", "adaada")):
        assert curl(server, "/ldap", "-u", f"{user}:{password}") == "401"


LDAP_RULES = """\
routes 1
realm people = basic { provider ldap }
realm httpd  = apache
realm local  = basic { file "users" }
rule staff   = apache("ldap-group", "cn=staff,dc=example")
GET /staff   => staff
GET /not     => not staff
GET /either  => staff or apache("ldap-user", "bob")
GET /dn      => apache("ldap-dn", "uid=ada,dc=example")
GET /name    => apache("ldap-attribute", "sn=B")
GET /httpd   -> app:hello() auth httpd require staff
GET /local   -> app:hello() auth local require staff
""".replace("=>", "-> app:hello() auth people require")


def test_a_directory_knows_the_groups(own, directory):
    own.htpasswd("users", ada="local1", bob="local2")
    server = own.serve(LDAP_RULES, f"""
<Location />
    AuthLDAPURL "ldap://127.0.0.1:{directory}/dc=example?uid"
</Location>
<Location /httpd>
    AuthType Basic
    AuthName people
    AuthBasicProvider ldap
    Require valid-user
</Location>""", modules=["authn_core", "authz_core", "authz_user", "ldap",
                         "authnz_ldap", "auth_basic"])
    server.allowed.append(r"AH0\d+")
    ada, bob = "ada:adaada", "bob:bobbob"
    wait_for(lambda: curl(server, "/staff", "-u", ada) == "200",
             "the directory's answer")
    for target, user, status in (
            ("/staff", bob, "403"), ("/staff", "ada:x", "401"),
            ("/not", ada, "403"), ("/not", bob, "403"),
            ("/either", ada, "200"), ("/either", bob, "200"),
            ("/dn", ada, "200"), ("/dn", bob, "403"),
            ("/name", bob, "200"), ("/name", ada, "403"),
            ("/httpd", ada, "200"), ("/httpd", bob, "403"),
            ("/httpd", "ada:x", "401"),
            ("/local", "ada:local1", "200"), ("/local", "bob:local2", "403")):
        assert (target, user, curl(server, target, "-u", user)) == \
            (target, user, status)
    for target in ("/staff", "/not", "/either", "/dn", "/httpd", "/local"):
        assert curl(server, target) == "401"


# ---- Digest -----------------------------------------------------------------

def test_htdigest_writes_what_curl_digest_is_asked_by(own):
    made = own.root / "digest"
    if shutil.which("htdigest") is None:
        pytest.skip("no htdigest is installed")
    subprocess.run(["htdigest", "-c", made, "Example", "ada"], check=True,
                   input="adaada\nadaada\n", text=True, capture_output=True)
    made.chmod(0o644)
    server = own.serve("""\
routes 1
realm corp = apache { title "not for Digest" }
GET,POST /digest -> app:hello() auth corp require user
""", """
<Location />
    AuthType Digest
    AuthName "Example"
    AuthUserFile "{root}/digest"
    Require valid-user
    ErrorDocument 401 "log in, please"
</Location>""", modules=["authn_core", "authn_file", "auth_digest",
                         "authz_core", "authz_user"])
    server.allowed.append(r"AH0\d+")
    for words, status in ((["-u", "ada:adaada"], "200"),
                          (["-u", "ada:x"], "401"),
                          (["-u", "bob:adaada"], "401"),
                          (["-u", ":"], "401"),
                          (["-u", "ada:adaada", "-d", "x"], "200")):
        assert curl(server, "/digest", "--digest", *words) == status
    assert curl(server, "/digest", "-u", "ada:adaada") == "401"
    answer = server.get("/digest")
    assert answer.status == 401 and answer.text == "log in, please"
    assert answer.headers["WWW-Authenticate"].startswith(
        'Digest realm="Example"')

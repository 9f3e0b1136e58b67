# SPDX-License-Identifier: Apache-2.0
"""The realm `jwt`: tokens signed by openssl, and what attackers make of
them."""

import base64
import hashlib
import hmac
import json
import subprocess
import time

import pytest

from conftest import Site

ROUTES = """\
routes 1
realm api = jwt { issuer "https://id.example"; audience "shop"; keys "jwks"
                  alg RS256 PS256 ES256; leeway 30s; title "Shop" }
realm own = jwt { issuer "me"; audience "shop"; secret file "secret"
                  roles "access.roles"; cookie "token" }
realm field = jwt { issuer "me"; audience "shop"; secret file "secret"
                    token header "X-Token" cookie "t" }
realm staff = basic { file "users" }
GET  /api   -> app:hello() auth api require user
GET  /role  -> app:hello() auth api require role(admin)
GET  /own   -> app:hello() auth own require user
GET  /deep  -> app:hello() auth own require role(admin)
GET  /both  -> app:hello() auth staff or api require user
POST /own   -> app:hello() auth own require user
GET,POST /field -> app:hello() auth field require user
"""
PYTHON = """\
def hello():
    return "hello"
"""
SECRET = "k" * 40
DIGESTS = {"256": hashlib.sha256, "384": hashlib.sha384,
           "512": hashlib.sha512}


def encode(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*words, root, data=None):
    return subprocess.run(["openssl", *words], cwd=root, input=data,
                          check=True, capture_output=True).stdout


def raw_signature(der):
    """r and s of an ECDSA signature, 32 bytes each."""
    parts, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        number = int.from_bytes(der[at + 2:at + 2 + length], "big")
        parts.append(number.to_bytes(32, "big"))
        at += 2 + length
    return b"".join(parts)


def sign(root, alg, key, data):
    if alg[0] == "H":
        return hmac.new(key, data, DIGESTS[alg[2:]]).digest()
    words = ["dgst", f"-sha{alg[2:]}", "-sign", key]
    if alg[0] == "P":
        words += ["-sigopt", "rsa_padding_mode:pss", "-sigopt",
                  "rsa_pss_saltlen:digest"]
    made = openssl(*words, root=root, data=data)
    return raw_signature(made) if alg[0] == "E" else made


def claims(**changes):
    made = {"iss": "https://id.example", "aud": "shop", "sub": "ada",
            "exp": time.time() + 300, **changes}
    return {name: value for name, value in made.items() if value is not None}


def token(root, alg="RS256", key="rsa.key", header=None, payload=None,
          **changes):
    first = encode({"alg": alg, "kid": key.split(".")[0], "typ": "JWT"}
                   if header is None else header)
    if payload is None:
        payload = claims(**changes)
    data = f"{first}.{encode(payload)}"
    return f"{data}.{encode(sign(root, alg, key, data.encode()))}"


def own_token(root, alg="HS256", key=SECRET.encode(), **changes):
    changes = {"iss": "me", **changes}
    data = f"{encode({'alg': alg})}.{encode(claims(**changes))}"
    return f"{data}.{encode(sign(root, alg, key, data.encode()))}"


def make_rsa(root, name, bits=2048):
    openssl("genrsa", "-out", f"{name}.key", str(bits), root=root)
    modulus = openssl("rsa", "-in", f"{name}.key", "-noout", "-modulus",
                      root=root).decode().strip().split("=")[1]
    return {"kty": "RSA", "kid": name, "e": "AQAB",
            "n": encode(bytes.fromhex(modulus))}


def make_ec(root, name):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
            f"{name}.key", root=root)
    point = openssl("pkey", "-in", f"{name}.key", "-pubout", "-outform",
                    "DER", root=root)[-64:]
    return {"kty": "EC", "kid": name, "crv": "P-256", "use": "sig",
            "x": encode(point[:32]), "y": encode(point[32:])}


@pytest.fixture(scope="module")
def server():
    site = Site(shared=True)
    root = site.root
    site.write("app.py", PYTHON)
    site.write("secret", SECRET + "\n")
    site.htpasswd("users", bob="b")
    make_rsa(root, "foreign")
    keys = [make_rsa(root, "rsa"), make_ec(root, "ec"),
            {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "ed"}]
    (root / "jwks").write_text(json.dumps({"keys": keys}))
    made = site.serve(ROUTES, "LimitRequestFieldSize 100000")
    made.keys = keys
    yield made
    site.close()


def get(server, value, target="/api"):
    return server.request("GET", target, headers={
        "Authorization": f"Bearer {value}"})


def refused(answer):
    challenge = answer.headers["WWW-Authenticate"]
    return answer.status == 401 and challenge.startswith(
        'Bearer realm="Shop", error="invalid_token"')


@pytest.mark.parametrize("alg, key", [
    ("RS256", "rsa.key"), ("PS256", "rsa.key"), ("ES256", "ec.key")])
def test_a_token_that_openssl_signed(server, alg, key):
    assert get(server, token(server.root, alg, key)).status == 200
    assert refused(get(server, token(server.root, alg, key, exp=1)))


def test_no_token_is_asked_for_one(server):
    answer = server.request("GET", "/api")
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Shop"'


def test_roles_are_claims(server):
    root = server.root
    assert get(server, token(root), "/role").status == 403
    for roles in (["x", "admin"], "x admin"):
        assert get(server, token(root, roles=roles), "/role").status == 200
    for roles in ({"admin": 1}, ["Admin"], "administrator", [["admin"]], 7):
        assert get(server, token(root, roles=roles), "/role").status == 403


class In(int):
    """So many seconds from when the test runs."""


@pytest.mark.parametrize("changes, good", [
    ({"exp": In(-10)}, True), ({"exp": In(-3600)}, False),
    ({"exp": None}, False), ({"exp": "later"}, False), ({"exp": True}, False),
    ({"exp": 1e308}, True), ({"exp": [9999999999]}, False),
    ({"nbf": In(-10)}, True), ({"nbf": In(10)}, True),
    ({"nbf": In(3600)}, False), ({"nbf": "x"}, False),
    ({"iss": "https://id.example/"}, False), ({"iss": None}, False),
    ({"iss": ["https://id.example"]}, False),
    ({"iss": "https://id.example\0x"}, False),
    ({"aud": ["other", "shop"]}, True), ({"aud": "shopping"}, False),
    ({"aud": []}, False), ({"aud": None}, False),
    ({"aud": {"shop": 1}}, False),
    ({"sub": None}, False), ({"sub": ""}, False), ({"sub": 7}, False),
    ({"sub": "a\nb"}, False), ({"sub": "a\0b"}, False),
    ({"sub": "josé"}, True),
])
def test_what_claims_must_say(server, changes, good):
    changes = {name: time.time() + value if isinstance(value, In) else value
               for name, value in changes.items()}
    answer = get(server, token(server.root, **changes))
    assert answer.status == 200 if good else refused(answer)


def forgeries(server):
    root = server.root
    good = token(root)
    head, body, mark = good.split(".")
    public = openssl("pkey", "-in", "rsa.key", "-pubout", root=root)
    data = f"{encode({'alg': 'HS256', 'kid': 'rsa'})}.{body}".encode()
    yield "another key", token(root, key="foreign.key",
                               header={"alg": "RS256", "kid": "rsa"})
    yield "no signature", f"{head}.{body}."
    yield "two parts", f"{head}.{body}"
    yield "none", f"{encode({'alg': 'none'})}.{body}."
    yield "None", f"{encode({'alg': 'None'})}.{body}.{mark}"
    yield "public key as secret", \
        f"{data.decode()}.{encode(sign(root, 'HS256', public, data))}"
    yield "n as secret", f"{data.decode()}." + encode(
        sign(root, "HS256", server.keys[0]["n"].encode(), data))
    yield "other alg in the head", \
        f"{encode({'alg': 'PS256', 'kid': 'rsa'})}.{body}.{mark}"
    yield "alg that is not pinned", token(root, "RS512")
    yield "EC by an RSA key", token(root, "RS256",
                                    header={"alg": "ES256", "kid": "rsa"})
    yield "no alg", token(root, header={"kid": "rsa"})
    yield "alg no text", token(root, header={"alg": 7})
    yield "critical", token(root, header={"alg": "RS256", "crit": ["b64"],
                                          "b64": False})
    yield "its own key", token(root, key="foreign.key", header={
        "alg": "RS256", "jwk": server.keys[0]})
    yield "its own URL", token(root, key="foreign.key", header={
        "alg": "RS256", "jku": "http://127.0.0.1/jwks"})
    yield "unknown kid", token(root, header={"alg": "RS256", "kid": "../x"})
    yield "claims changed", f"{head}.{encode(claims(sub='root'))}.{mark}"
    yield "claims no object", token(root, payload=["sub"])
    yield "claims no JSON", token(root, payload=b"{")
    yield "claims twice", token(root, payload=(
        '{"sub":"a","sub":"b","iss":"https://id.example","aud":"shop",'
        '"exp":9999999999}').encode())
    yield "claims no text", token(root, payload=b"\xff\xfe")
    yield "empty EC signature", \
        f"{encode({'alg': 'ES256', 'kid': 'ec'})}.{body}.{encode(bytes(64))}"
    yield "empty", ""
    yield "dots", ".."
    yield "five parts", "a.b.c.d.e"
    yield "blanks", good + " x"
    yield "quoted", f'"{good}"'
    yield "junk", "\xff!!"
    yield "deep", f"{encode(b'[' * 3000)}.{body}.{mark}"
    yield "64 KB", "A" * 65536
    yield "64 KB of claims", token(root, key="foreign.key", pad="x" * 45000)


def test_no_forgery_is_taken_nor_an_error(server):
    for name, value in forgeries(server):
        assert refused(get(server, value)), name


def test_a_secret_of_our_own(server):
    root = server.root
    assert get(server, own_token(root), "/own").status == 200
    for bad in (own_token(root, key=b"k" * 41), own_token(root, "HS512"),
                token(root, iss="me"), own_token(root, iss="you")):
        assert get(server, bad, "/own").status == 401
    assert get(server, own_token(root, access={"roles": ["admin"]}), "/deep"
               ).status == 200
    assert get(server, own_token(root, roles=["admin"]), "/deep"
               ).status == 403


def test_a_token_in_a_cookie_is_what_browsers_send(server):
    cookie = {"Cookie": f"a=b; token={own_token(server.root)}"}
    assert server.request("GET", "/own", headers=cookie).status == 200
    assert server.request("POST", "/own", headers=cookie).status == 200
    assert server.request("POST", "/own", headers={
        **cookie, "Origin": "https://evil.example"}).status == 403
    assert server.request("GET", "/own", headers={
        "Cookie": "token=x"}).status == 401
    assert server.request("GET", "/api", headers={
        "Cookie": f"token={token(server.root)}"}).status == 401


def test_a_token_stands_where_the_realm_says(server):
    value = own_token(server.root)

    def status(**headers):
        return server.request("GET", "/field", headers={
            name.replace("_", "-"): text for name, text in headers.items()
        }).status
    assert status(X_Token=value) == status(X_Token=f"Bearer {value}") == 200
    assert status(X_Token=value, Cookie="t=x") == 200
    assert status(Cookie=f"t={value}") == 200
    assert status(X_Token="x", Cookie=f"t={value}") == 401
    assert status(X_Token="", Cookie=f"t={value}") == 401
    assert status(X_Token=f"Basic {value}") == 401
    assert status(X_Token=f"{value}, {value}") == 401
    assert status(Authorization=f"Bearer {value}") == 401
    assert server.request("POST", "/field", headers={
        "X-Token": value, "Origin": "https://evil.example"}).status == 403


def test_realms_are_tried_in_order_and_all_challenge(server):
    answer = server.request("GET", "/both")
    assert [c.split()[0] for c in
            answer.headers.get_all("WWW-Authenticate")] == ["Basic", "Bearer"]
    assert get(server, token(server.root), "/both").status == 200
    answer = get(server, "junk", "/both")
    first, second = answer.headers.get_all("WWW-Authenticate")
    assert "error" not in first and 'error="invalid_token"' in second
    code = base64.b64encode(b"bob:b").decode()
    assert server.request("GET", "/both", headers={
        "Authorization": f"Basic {code}"}).status == 200


def test_keys_are_read_again(server):
    path = server.root / "jwks"
    before = path.read_text()
    path.write_text("{ broken")
    server.expect("ROUTES0051")
    assert get(server, token(server.root)).status == 200
    other = make_rsa(server.root, "newer")
    path.write_text(json.dumps({"keys": [other]}))
    assert get(server, token(server.root, key="newer.key")).status == 200
    assert refused(get(server, token(server.root)))
    path.write_text(before)
    assert get(server, token(server.root)).status == 200


def test_no_token_is_in_the_log(server):
    value = token(server.root)
    assert get(server, value).status == 200
    assert value.split(".")[2] not in server.log()


@pytest.mark.parametrize("name, text, words", [
    ("jwks", "", "no JSON"), ("jwks", "[]", "no JWK set"),
    ("jwks", '{"keys": []}', "no key that verifies"),
    ("jwks", '{"keys": [7]}', "no key that verifies"),
    ("jwks", '{"keys": [{"kty": "oct", "k": "AAAA"}]}', "a secret"),
    ("jwks", '{"keys": [{"kty": "RSA", "d": "AA"}]}', "a private key"),
    ("jwks", '{"keys": [{"kty": "RSA", "n": "AA"}]}', "malformed"),
    ("secret", "short\n", "a secret of 5 bytes"),
    ("jwks", None, "can't read"), ("secret", None, "can't read"),
])
def test_keys_that_are_none_stop_the_start(site, name, text, words):
    site.write("app.py", PYTHON)
    site.write("secret", SECRET)
    site.htpasswd("users", bob="b")
    (site.root / "jwks").write_text(json.dumps(
        {"keys": [make_ec(site.root, "ec")]}))
    if text is None:
        (site.root / name).unlink()
    else:
        (site.root / name).write_text(text)
    code, said = site.httpd([site.build("app", ROUTES)],
                            "RoutesMount app").configtest()
    assert code != 0 and words in said and str(site.root / name) in said

# SPDX-License-Identifier: Apache-2.0
"""Chromium as the client: forms, files, faults, redirects and streams, in
clear text over HTTP/1.1 and over TLS with HTTP/2."""

import pytest

import browser
import tls

ROUTES = """\
routes 1
public
limit body 200KB

GET  /       -> app:home()                         returns html
GET  /form   -> app:form()                         returns html
POST /form   -> app:sent(name: str(1..20) from form,
                         age: int(0..150) from form,
                         tag: list<str> from form, note: str? from form) {
    public; returns html
}
POST /plain  -> app:sent(name: str from form, age: int = 1,
                         tag: list<str> = [], note: str?) {
    public; returns html
}
GET  /files  -> app:files()                        returns html
POST /files  -> app:stored(title: str, one: upload(..100KB),
                           more: list<upload(..100KB)>) public
POST /json   -> app:body(data: json)               public
POST /go-on  -> app:go_on()                        public
POST /next   -> app:after(name: str from form)     public
GET  /events -> app:events()                       returns text/event-stream
GET  /chunks -> app:chunks()                       returns text/plain
GET  /seen   -> app:seen()
redirect /old 301 /form
redirect /temporary 307 /plain
"""
PYTHON = """\
import apache
import html
import threading

turn = threading.Semaphore(0)
ended = threading.Event()

def home():
    return "<title>home</title><h1>at home</h1>"

def form():
    return '''<title>form</title>
<form method=post><input name=name><input name=age>
<input type=checkbox name=tag value=a id=a>
<input type=checkbox name=tag value="\\u00fc&=" id=b>
<textarea name=note></textarea><button>send</button></form>
<form method=post action=/temporary id=again><input name=name value=eve>
<button>again</button></form>
<form method=post action=/next id=next><input name=name value=ada>
<button>next</button></form>'''

def sent(name, age, tag, note):
    return "<pre>" + html.escape(repr((name, age, tag, note))) + "</pre>"

def files():
    return '''<title>files</title>
<form method=post enctype=multipart/form-data><input name=title>
<input type=file name=one id=one><input type=file name=more id=more multiple>
<button>send</button></form>'''

def stored(title, one, more):
    return {"title": title, "files": [
        [f.filename, f.content_type, f.size, f.read(8).decode("latin-1")]
        for f in (one, *more)]}

def body(data):
    return data

def after(name):
    return apache.Response(status=303, headers={"Location": "/"})

def events():
    ended.clear()
    try:
        for number in range(3):
            yield f"id: {number}\\ndata: {number}\\n\\n"
            assert turn.acquire(timeout=20)
        while True:
            yield ": nobody?\\n\\n"
    finally:
        ended.set()

def chunks():
    for number in range(3):
        yield f"{number}" * 10
        assert turn.acquire(timeout=20)

def go_on():
    turn.release()

def seen():
    return ended.wait(20)
"""
# one process: what goes on in one request is released by another
CONFIG = """
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
MinSpareThreads 1
MaxSpareThreads 32
"""


@pytest.fixture(scope="module")
def origins(shared):
    """The server's origin for each protocol that a document may have."""
    shared.write("app.py", PYTHON)
    tls.certificate(shared.root)
    port, config = tls.config()
    server = shared.serve(ROUTES, CONFIG + config, modules=tls.MODULES)
    return {"http/1.1": f"http://127.0.0.1:{server.port}",
            "h2": f"https://127.0.0.1:{port}"}


@pytest.fixture(params=["http/1.1", "h2"])
def protocol(request):
    return request.param


@pytest.fixture
def origin(origins, protocol):
    return origins[protocol]


def test_a_page_is_shown(page, origin, protocol):
    answer = page.open(origin + "/")
    assert (answer.status, answer.protocol) == (200, protocol)
    assert page.run("document.title") == "home"
    assert page.text == "at home"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_certificate_that_nobody_signed_is_refused(chromium, origins):
    page = chromium.page()
    with pytest.raises(browser.Failure, match="ERR_CERT_AUTHORITY_INVALID"):
        page.open(origins["h2"] + "/")
    page.close()


def test_a_form_is_a_call(page, origin):
    page.open(origin + "/form")
    page.type("[name=name]", "Ada & Bö=b")
    page.type("[name=age]", "36")
    page.press("#a")
    page.press("#b")
    page.type("textarea", "one\ntwo")
    answer = page.click("button")
    assert (answer.status, page.address) == (200, origin + "/form")
    assert page.text == \
        "('Ada & Bö=b', 36, ['a', 'ü&='], 'one\\r\\ntwo')"


def test_faults_are_a_page(page, origin):
    page.open(origin + "/form")
    page.type("[name=age]", "<b>old</b>")
    answer = page.click("button")
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "name" in page.text and "age" in page.text
    assert "int(0..150)" in page.text and "old" not in page.text


def test_files_are_chosen_and_sent(page, origin, tmp_path):
    one = tmp_path / "Bö \"b\".txt"
    one.write_text("hello")
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 300)
    empty = tmp_path / "empty.png"
    empty.touch()
    page.open(origin + "/files")
    page.type("[name=title]", "é & ü")
    page.choose("#one", one)
    page.choose("#more", large, empty)
    answer = page.click("button")
    assert answer.status == 200
    stored = page.run("JSON.parse(document.body.innerText)")
    assert stored["title"] == "é & ü"
    assert stored["files"] == [
        ["Bö \"b\".txt", "text/plain", 5, "hello"],
        ["large.bin", "application/octet-stream", 76800,
         "".join(map(chr, range(8)))],
        ["empty.png", "image/png", 0, ""]]


def test_a_file_that_was_not_chosen_is_missing(page, origin):
    page.open(origin + "/files")
    assert page.click("button").status == 400
    assert "one" in page.text


@pytest.mark.parametrize("size", [150_000, 3_000_000])
def test_a_file_over_its_limit_is_a_413_that_is_shown(page, origin, tmp_path,
                                                      size):
    large = tmp_path / "large"
    large.write_bytes(b"x" * size)
    page.open(origin + "/files")
    page.choose("#one", large)
    assert page.click("button").status == 413
    assert page.run("document.title").startswith("413")
    assert page.open(origin + "/").status == 200


@pytest.mark.parametrize("size", [300_000, 20_000_000])
def test_a_script_sees_the_413(page, origin, size):
    page.open(origin + "/")
    assert page.run(f"""
        fetch("/json", {{method: "POST", body: new Blob(["x".repeat({size})],
              {{type: "application/json"}})}}).then(r => r.status)""") == 413
    assert page.run("""
        fetch("/json", {method: "POST", body: '{"a":[1,null]}', headers:
              {"Content-Type": "application/json"}}).then(r => r.text())
        """) == '{"a":[1,null]}'


def test_redirects_are_followed(page, origin):
    answer = page.open(origin + "/old?x=1")
    assert (answer.status, page.address) == (200, origin + "/form?x=1")
    assert page.redirects() == [(301, origin + "/form?x=1")]


def test_a_307_keeps_method_and_form(page, origin):
    page.open(origin + "/form")
    assert page.click("#again button").status == 200
    assert page.redirects() == [(307, origin + "/plain")]
    assert page.text == "('eve', 1, [], None)"


def test_a_303_after_a_form_is_a_get(page, origin):
    page.open(origin + "/form")
    assert page.click("#next button").status == 200
    assert page.redirects() == [(303, origin + "/")]
    assert page.load(lambda: page.call("Page.reload")).status == 200
    assert page.text == "at home"


def test_events_arrive_one_by_one(page, origin):
    """The server makes the next one when the page has had the last."""
    page.open(origin + "/")
    assert page.run("""new Promise((done, failed) => {
        const source = new EventSource("/events"), got = [];
        source.onmessage = async event => {
            got.push(event.data + event.lastEventId);
            if (got.length == 3) {
                source.close();
                done(got);
            }
            await fetch("/go-on", {method: "POST"});
        };
        source.onerror = failed;
    })""") == ["00", "11", "22"]
    assert page.run('fetch("/seen").then(r => r.json())') is True


def test_a_stream_is_read_while_it_is_made(page, origin):
    page.open(origin + "/")
    assert page.run("""(async () => {
        const answer = await fetch("/chunks"), got = [];
        const reader = answer.body.getReader();
        for (;;) {
            const {done, value} = await reader.read();
            if (done) return got;
            got.push(new TextDecoder().decode(value));
            await fetch("/go-on", {method: "POST"});
        }
    })()""") == ["0" * 10, "1" * 10, "2" * 10]

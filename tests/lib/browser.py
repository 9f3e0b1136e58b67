# SPDX-License-Identifier: Apache-2.0
"""Chromium without a screen, told what to do over its DevTools pipe."""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

DEADLINE = 30                   # seconds for any one thing
NAMES = ("chromium", "chromium-browser", "chromium-headless-shell")
WORDS = (
    "--headless", "--remote-debugging-pipe", "--no-first-run",
    # it shows nothing but pages of our own, and a container has neither the
    # name spaces that its sandbox needs nor a large /dev/shm
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
    "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--password-store=basic",
    # *.example are sites of their own, served here
    "--host-resolver-rules=MAP *.example 127.0.0.1",
)


class Failure(Exception):
    """The browser did not do what it was told to."""


def program():
    """The installed browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def high(descriptor):
    """The same, numbered so that 3 and 4 are free for the browser."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Browser:
    """One process, for any number of pages."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="routes-browser-")
        reads, self.writer = map(high, os.pipe())
        self.reader, writes = map(high, os.pipe())
        self.log = open(os.path.join(self.profile, "log"), "wb")
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "${@:3}" 3<&"$1" 4>&"$2"', "browser",
             str(reads), str(writes), program(), *WORDS,
             f"--user-data-dir={self.profile}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            pass_fds=(reads, writes), start_new_session=True,
            env={**os.environ, "HOME": self.profile})
        os.close(reads)
        os.close(writes)
        self.unread = b""
        self.number = 0
        self.answers = {}
        self.pages = {}         # by session

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.send("Browser.close")
            self.process.wait(DEADLINE)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        finally:
            self.log.close()
            os.close(self.reader)
            os.close(self.writer)
            shutil.rmtree(self.profile, ignore_errors=True)

    # ---- the protocol: JSON texts, a NUL after each -------------------------
    def send(self, method, session=None, **words):
        self.number += 1
        message = {"id": self.number, "method": method, "params": words}
        if session is not None:
            message["sessionId"] = session
        os.write(self.writer, json.dumps(message).encode() + b"\0")
        return self.number

    def call(self, method, session=None, **words):
        """A method's result."""
        number = self.send(method, session, **words)
        self.until(lambda: number in self.answers, method)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error']}")
        return answer["result"]

    def until(self, condition, what):
        """Take in what the browser says until the condition holds."""
        end = time.monotonic() + DEADLINE
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.reader], [], [], left)[0]:
                raise Failure(f"{what}: not within {DEADLINE} s")
            data = os.read(self.reader, 1 << 20)
            if data == b"":
                raise Failure(f"{what}: the browser has ended")
            *texts, self.unread = (self.unread + data).split(b"\0")
            for text in texts:
                self.take(json.loads(text))

    def take(self, message):
        if "id" in message:
            self.answers[message["id"]] = message
        elif message.get("sessionId") in self.pages:
            self.pages[message["sessionId"]].take(message["method"],
                                                  message["params"])

    def page(self):
        """An empty page that shares nothing with others: no cookie, no
        password."""
        context = self.call("Target.createBrowserContext")
        target = self.call("Target.createTarget", url="about:blank",
                           **context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target,
                            flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session, context)
        for area in ("Page", "Network", "Runtime", "DOM"):
            page.call(f"{area}.enable")
        return page


class Answer:
    """What the network gave for a document or a fetch."""

    def __init__(self, response):
        self.url = response["url"]
        self.status = response["status"]
        self.protocol = response["protocol"]
        self.headers = {name.lower(): value for name, value
                        in response["headers"].items()}


class Page:
    def __init__(self, browser, session, context):
        self.browser = browser
        self.session = session
        self.context = context
        self.events = []
        self.passwords = None   # what is typed into the password dialog
        self.challenges = []

    def call(self, method, **words):
        return self.browser.call(method, self.session, **words)

    def close(self):
        self.browser.call("Target.disposeBrowserContext", **self.context)
        del self.browser.pages[self.session]

    # ---- what happens in it -------------------------------------------------
    def take(self, method, words):
        self.events.append((method, words))
        if method == "Fetch.requestPaused":
            self.browser.send("Fetch.continueRequest", self.session,
                              requestId=words["requestId"])
        elif method == "Fetch.authRequired":
            self.challenges.append(words["authChallenge"])
            self.browser.send(
                "Fetch.continueWithAuth", self.session,
                requestId=words["requestId"],
                authChallengeResponse=self.dialog())

    def dialog(self):
        """The next user and password for the dialog, or its Cancel."""
        if not self.passwords:
            return {"response": "CancelAuth"}
        user, password = self.passwords.pop(0)
        return {"response": "ProvideCredentials", "username": user,
                "password": password}

    def since(self, mark, method):
        return [words for name, words in self.events[mark:] if name == method]

    def event(self, mark, method, condition=lambda words: True):
        """Wait for an event after the mark."""
        def found():
            return [words for words in self.since(mark, method)
                    if condition(words)]
        self.browser.until(found, method)
        return found()[0]

    # ---- what a person does -------------------------------------------------
    def will_type(self, *passwords):
        """Answer the dialog with these (user, password), then cancel it."""
        self.passwords, self.challenges = list(passwords), []
        self.call("Fetch.enable", handleAuthRequests=True)

    def open(self, url):
        return self.load(lambda: self.call("Page.navigate", url=url))

    def click(self, selector):
        """Click on what leads to another page."""
        return self.load(lambda: self.press(selector))

    def press(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def choose(self, selector, *files):
        """Press a file input and choose files in the dialog that opens."""
        self.call("Page.setInterceptFileChooserDialog", enabled=True)
        mark = len(self.events)
        self.press(selector)
        opened = self.event(mark, "Page.fileChooserOpened")
        self.call("DOM.setFileInputFiles", files=list(map(str, files)),
                  backendNodeId=opened["backendNodeId"])

    def load(self, action):
        """Do what loads a page; the answer that is shown then."""
        mark = len(self.events)
        action()
        self.event(mark, "Page.loadEventFired")
        answers = [words["response"] for words
                   in self.since(mark, "Network.responseReceived")
                   if words["type"] == "Document"]
        if not answers:
            raise Failure(str(self.since(mark, "Network.loadingFailed")))
        return Answer(answers[-1])

    def run(self, expression):
        """A script's value, as if a person had caused it."""
        result = self.call("Runtime.evaluate", expression=expression,
                           awaitPromise=True, returnByValue=True,
                           userGesture=True)
        if "exceptionDetails" in result:
            raise Failure(result["exceptionDetails"]["exception"]
                          ["description"])
        return result["result"].get("value")

    # ---- what a person sees -------------------------------------------------
    @property
    def text(self):
        return self.run("document.body.innerText")

    @property
    def address(self):
        return self.run("location.href")

    def cookies(self):
        return {cookie["name"]: cookie for cookie
                in self.call("Network.getCookies")["cookies"]}

    def redirects(self, mark=0):
        """(status, target) of each redirect since the mark."""
        return [(words["redirectResponse"]["status"], words["request"]["url"])
                for words in self.since(mark, "Network.requestWillBeSent")
                if "redirectResponse" in words]

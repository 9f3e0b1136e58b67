# SPDX-License-Identifier: Apache-2.0
"""A guestbook: a form, a template, and a redirect after the POST."""

import fcntl
import json
from pathlib import Path

import jinja2

HERE = Path(__file__).resolve().parent
ENTRIES = HERE / "data" / "entries.jsonl"
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True)


def index():
    return PAGES.get_template("index.html").render(entries=_read())


def sign(name: str, text: str):
    line = json.dumps({"name": name, "text": text}) + "\n"
    with ENTRIES.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line)
        file.flush()
    # a reload of the page that follows does not sign again
    return 303, {"Location": "/"}, None


def _read():
    if not ENTRIES.exists():
        return []
    with ENTRIES.open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return [json.loads(line) for line in file]

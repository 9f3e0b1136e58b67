# SPDX-License-Identifier: Apache-2.0
"""Pictures that visitors send: uploads, checked and kept under safe names."""

import hashlib
import html
from pathlib import Path

import apache

DATA = Path(__file__).parent / "data"
# What a file is, its first bytes say; its name and type are the client's.
KINDS = {b"\x89PNG": "png", b"GIF8": "gif"}
FORM = """<!doctype html><title>Gallery</title>
<form method="post" action="/pictures" enctype="multipart/form-data">
<input name="title" required> <input type="file" name="pictures" multiple>
<button>Send</button></form>
"""


def index():
    return FORM + "".join(
        f'<img src="/pictures/{path.name}" alt="{html.escape(title(path))}">\n'
        for path in sorted(DATA.glob("*.???")))


def title(path):
    return path.with_suffix(".title").read_text()


def name_of(picture):
    kind = KINDS.get(picture.read(4))
    if kind is None:
        return None
    picture.seek(0)
    return f"{hashlib.file_digest(picture, 'sha256').hexdigest()[:16]}.{kind}"


def add(pictures, title):
    names = [name_of(picture) for picture in pictures]
    if None in names:
        return 422, "one of them is no picture\n"
    for picture, name in zip(pictures, names):
        (DATA / name).with_suffix(".title").write_text(title)
        picture.save(DATA / name)
    return names


def show(name):
    path = DATA / name
    return path if path.exists() else apache.Response("none\n", status=404)

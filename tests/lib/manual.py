# SPDX-License-Identifier: Apache-2.0
"""The language's manual: its blocks, and the sites that they make.

A block's info string is its language, then what the block is: the name of a
file, or the codes that `routesc check` has for it.  A block called app.routes
begins a site; the files named after it stand beside it, and the commands
after it are run against it.
"""

import re

import tree

MANUAL = tree.SOURCE / "grammar" / "MANUAL.md"
FENCED = re.compile(r"^```(\w+)((?: \S+)*)\n(.*?)^```$", re.M | re.S)
SITE = "```routes app.routes\n"


class Block:
    def __init__(self, text, match):
        words = match[2].split()
        self.language = match[1]
        self.text = match[3]
        self.line = text.count("\n", 0, match.start()) + 1
        self.codes = {w for w in words if re.fullmatch(r"[EW]\d{3}", w)}
        self.name = next((w for w in words if "." in w), None)

    def __repr__(self):
        return f"line-{self.line}"


def text():
    return MANUAL.read_text(encoding="utf-8")


def blocks(part):
    return [Block(part, match) for match in FENCED.finditer(part)]


def fragments():
    """The blocks of .routes text that stand alone."""
    return [block for block in blocks(text())
            if block.language == "routes" and block.name is None]


def sites():
    """What begins with each app.routes, up to the next."""
    return [SITE + part for part in text().split(SITE)[1:]]


def write(part, folder):
    """The files of a site, and the part itself as its README.md."""
    for block in blocks(part):
        if block.name is not None:
            (folder / block.name).write_text(block.text, encoding="utf-8")
    (folder / "README.md").write_text(part, encoding="utf-8")

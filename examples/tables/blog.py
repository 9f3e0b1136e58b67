# SPDX-License-Identifier: Apache-2.0
"""A blog that does not know where it is mounted, nor who may read it."""

import apache

POSTS = ["", "On routes", "On tables"]


def index():
    return [apache.url_for("post", n=n) for n in range(1, len(POSTS))]


def post(n):
    return f"{POSTS[n]}, home is {apache.url_for('app:home')}"


def write(text):
    return f"{text!r} would be written here"


def slow():
    while True:
        pass

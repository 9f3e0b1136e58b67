# SPDX-License-Identifier: Apache-2.0
"""WSGI applications of every shape, and what is none."""

import frameworks

NUMBER = 7


def one(environ):
    return [b""]


def three(environ, start, more):
    return [b""]


async def later(environ, start_response):
    return [b""]


def fine(environ, start_response):
    yield b""


made = frameworks.make_application()


class Site:
    def __call__(self, environ, start_response):
        return [b""]


site = Site()


class Page:
    def __init__(self, environ, start_response):
        self.start = start_response

    def __iter__(self):
        yield b""


class Both:
    def run(self, environ, start_response):
        return [b""]


both = Both()

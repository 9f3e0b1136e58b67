# SPDX-License-Identifier: Apache-2.0
"""ASGI applications of every shape, and what is none."""

import frameworks

NUMBER = 7


async def two(scope, receive):
    pass


async def four(scope, receive, send, more):
    pass


async def chunks(scope, receive, send):
    yield b""


def rows(scope, receive, send):
    yield b""


async def fine(scope, receive, send):
    pass


def wrapped(scope, receive, send):
    return fine(scope, receive, send)


made = frameworks.make_application()


class Site:
    async def __call__(self, scope, receive, send):
        pass


site = Site()


class Endpoint:
    def __init__(self, scope, receive, send):
        self.scope = scope

    def __await__(self):
        yield


class Both:
    async def run(self, scope, receive, send):
        pass


both = Both()

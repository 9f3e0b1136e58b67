# SPDX-License-Identifier: Apache-2.0
"""What the rules of the golden files call; it is never executed."""

from uuid import UUID

from apache import Principal


def few(principal):
    pass


def many(principal, a, b):
    pass


def named(principal, *, a):
    pass


def rest(*args):
    pass


def fine(principal: Principal, a: int, b: str = "") -> bool:
    pass


async def later(principal, a):
    pass


def text(principal, a: str):
    pass


def who(user: str, a: str):
    pass


def twice(principal, a: float, b: UUID):
    pass


def stream(principal, a):
    yield True


async def chunks(principal):
    yield True

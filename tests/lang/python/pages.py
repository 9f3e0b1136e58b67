# SPDX-License-Identifier: Apache-2.0
"""What the golden files call; it is never executed."""

import functools
from decimal import Decimal
from typing import Literal, Optional, Union

raise SystemExit("a module was executed")


def show(id: int, view: str = "short", /, *, lang: str | None = None):
    pass


def search(q: str, page: int = 1, sort: Optional[str] = None):
    pass


def pair(a=1, b=2, /):
    pass


def prices(low: Decimal, high: "Union[Decimal, None]", tags: list[int]):
    pass


def anything(**fields):
    pass


def rows():
    yield 1


async def later():
    pass


@functools.wraps(search)
def wrapped(*args, **kwargs):
    return search(*args, **kwargs)


class Page:
    def body(self, name):
        pass

    @staticmethod
    def footer(year: Literal["now"]):
        pass


class NotFound(LookupError):
    pass


TITLE = "Pages"


def missing(error):
    pass


def both(error, page):
    pass


def none():
    pass


def keyword(error, *, page):
    pass


def any(*args, **more):
    pass

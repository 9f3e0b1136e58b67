# SPDX-License-Identifier: Apache-2.0
"""What functions are annotated to return; it is never executed."""

from typing import Optional

import apache

raise SystemExit("a module was executed")


class Made:
    def __init__(self, id):
        self.id = id


def text() -> str:
    pass


def nothing() -> None:
    pass


def numbers() -> list[int]:
    pass


def truth() -> bool:
    pass


def real() -> float:
    pass


def maybe() -> Optional[str]:
    pass


async def later() -> list:
    pass


def data() -> dict[str, object]:
    pass


def made() -> Made:
    pass


def answer() -> "apache.Response | tuple[int, str]":
    pass


def number() -> int:
    pass


def lists() -> list[list[dict]]:
    pass


def anything():
    pass

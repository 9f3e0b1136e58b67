# SPDX-License-Identifier: Apache-2.0
"""Dataclasses that records make."""

from dataclasses import KW_ONLY, InitVar, dataclass, field
from typing import ClassVar


@dataclass
class Base:
    id: int
    note: str = ""


@dataclass(frozen=True)
class Line(Base):
    kinds: ClassVar[list] = []
    _: KW_ONLY
    sku: str
    qty: int = 1
    tags: list[str] = field(default_factory=list)
    price: float | None = None
    secret: InitVar[str] = "x"
    total: int = field(init=False, default=0)


def show(line: Line, raw: dict, number: int):
    return None

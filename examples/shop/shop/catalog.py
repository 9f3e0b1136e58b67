# SPDX-License-Identifier: Apache-2.0
"""The public catalogue."""

from shop import db


def items(q: str | None = None):
    if q is None:
        return db.rows("SELECT sku, name FROM item ORDER BY sku")
    return db.rows("SELECT sku, name FROM item WHERE instr(lower(name), ?) "
                   "ORDER BY sku", q.lower())


def item(sku: str):
    return db.row("SELECT * FROM item WHERE sku = ?", sku)


def connection():
    """Shows that the connection is kept: it is opened once."""
    return {"opened": db.opened()}

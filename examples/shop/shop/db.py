# SPDX-License-Identifier: Apache-2.0
"""The database: a file on disk, one open connection for each thread.

Modules stay in memory between hits, so a connection that was opened by one
request serves all later ones of its thread.
"""

import sqlite3
import threading
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "data" / "shop.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS item (
    sku TEXT PRIMARY KEY, name TEXT NOT NULL,
    cents INTEGER NOT NULL, stock INTEGER NOT NULL CHECK (stock >= 0));
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL REFERENCES item,
    qty INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open');
INSERT OR IGNORE INTO item VALUES
    ('mug-blue', 'Blue mug', 950, 10),
    ('mug-red', 'Red mug', 950, 3),
    ('tea-green', 'Green tea', 1250, 40);
"""

_local = threading.local()


def connection():
    """This thread's connection, opened at its first use."""
    if not hasattr(_local, "connection"):
        _local.connection = _open()
        _local.opened = getattr(_local, "opened", 0) + 1
    return _local.connection


def opened():
    """How often this thread has opened a connection."""
    connection()
    return _local.opened


def _open():
    link = sqlite3.connect(FILE, timeout=10, isolation_level=None)
    link.row_factory = sqlite3.Row
    link.executescript("BEGIN IMMEDIATE;" + SCHEMA + "COMMIT;")
    return link


def rows(sql, *values):
    return [dict(row) for row in connection().execute(sql, values)]


def row(sql, *values):
    """The one row, or LookupError, which app.routes makes a 404."""
    found = rows(sql, *values)
    if not found:
        raise LookupError(values)
    return found[0]

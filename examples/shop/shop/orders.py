# SPDX-License-Identifier: Apache-2.0
"""Orders: who may call these is said in app.routes, not here."""

from shop import db


def index(state: str | None = None):
    return db.rows("SELECT * FROM orders WHERE ?1 IS NULL OR state = ?1 "
                   "ORDER BY id", state)


def show(id: int):
    return db.row("SELECT * FROM orders WHERE id = ?", id)


def create(sku: str, qty: int):
    link = db.connection()
    with link:
        link.execute("BEGIN IMMEDIATE")
        db.row("SELECT sku FROM item WHERE sku = ?", sku)
        taken = link.execute("UPDATE item SET stock = stock - ?1 "
                             "WHERE sku = ?2 AND stock >= ?1", (qty, sku))
        if taken.rowcount == 0:
            return 409, {"error": "not enough in stock"}
        made = link.execute("INSERT INTO orders (sku, qty) VALUES (?, ?)",
                            (sku, qty))
    return 201, {"Location": f"/orders/{made.lastrowid}"}, show(made.lastrowid)


def cancel(id: int):
    link = db.connection()
    with link:
        link.execute("BEGIN IMMEDIATE")
        order = db.row("SELECT * FROM orders WHERE id = ?", id)
        if order["state"] != "cancelled":
            link.execute("UPDATE orders SET state = 'cancelled' WHERE id = ?",
                         (id,))
            link.execute("UPDATE item SET stock = stock + ? WHERE sku = ?",
                         (order["qty"], order["sku"]))

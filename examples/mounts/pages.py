# SPDX-License-Identifier: Apache-2.0
"""Functions of routes."""

PRICES = {"tea": 3, "coffee": 4}


def home():
    return '<p><a href="/shop/">the shop</a>, <a href="/live/">live</a>\n'


def price(item):
    return {"item": item, "price": PRICES.get(item)}

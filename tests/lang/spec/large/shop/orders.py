# SPDX-License-Identifier: Apache-2.0
import uuid


def index(page: int = 1):
    return []


def create(order: dict, key: uuid.UUID):
    return order


def show(id: int):
    return {}


def cancel(id: int):
    return None


def attach(id: int, pdf):
    return None


def invoice_json(id: int):
    return {}


def invoice_html(id: int):
    return ""


def invoice_pdf(id: int):
    return b""

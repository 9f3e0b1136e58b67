# SPDX-License-Identifier: Apache-2.0
def home():
    return "home"


def list(q: str | None, page: int, sort: str):
    return []


def show(slug: str, etag: str | None, tz: str | None):
    return {}

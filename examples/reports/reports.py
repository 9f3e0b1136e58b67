# SPDX-License-Identifier: Apache-2.0
"""Reports: a CSV that is streamed, files to download, a clock of events."""

import asyncio
import csv
import io
import math
from datetime import date, timedelta
from pathlib import Path

import apache

FILES = Path(__file__).resolve().parent / "files"
FIRST = date(2024, 1, 1)


def index():
    page = apache.Response("<!DOCTYPE html>\n<title>Reports</title>\n"
                           '<p><a href="/readings.csv">readings</a>\n')
    page.set_cookie("seen", "1", max_age=timedelta(days=30))
    return page


def readings(days: int):
    """Each row is made when the client has room for it."""
    rows = (line([FIRST + timedelta(i), round(10 * math.sin(i / 58), 2)])
            for i in range(days))
    return apache.Response(rows, headers={
        "Content-Disposition": 'attachment; filename="readings.csv"'},
        flush=False)


def line(row):
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue()


def download(name: str):
    """The route's type says which names there are."""
    return apache.Response(FILES / name, headers={
        "Content-Disposition": f'attachment; filename="{name}"'})


async def clock(ticks: int):
    for tick in range(ticks):
        yield f"data: {tick}\n\n"
        await asyncio.sleep(0.05)

# SPDX-License-Identifier: Apache-2.0
from listed import shown as borrowed


def home():
    return borrowed()


def forgotten(a):
    return a


async def later():
    pass


def _helper():
    pass


class Page:
    pass

# SPDX-License-Identifier: Apache-2.0
__all__ = ["shown", "_odd"]


def shown():
    pass


def inner():
    pass


def _odd():
    pass

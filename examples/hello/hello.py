# SPDX-License-Identifier: Apache-2.0
"""The smallest example: one function."""


def greet(name, greeting="hi"):
    return f"{greeting}, {name}!"

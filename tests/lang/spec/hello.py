# SPDX-License-Identifier: Apache-2.0
def home():
    return "home"


def greet(name, greeting="hi"):
    return f"{greeting}, {name}!"

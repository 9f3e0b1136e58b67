# SPDX-License-Identifier: Apache-2.0
def login(next: str = "/"):
    return ""


def sign_in(user: str, password: str):
    return None


def not_found(error):
    return ""

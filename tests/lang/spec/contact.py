# SPDX-License-Identifier: Apache-2.0
def form():
    return "<form method=post>"


def send(email: str, text: str):
    return None

# SPDX-License-Identifier: Apache-2.0
def index():
    return "index"


def show(id: int):
    return id

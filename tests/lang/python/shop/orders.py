# SPDX-License-Identifier: Apache-2.0
def show(id: int):
    pass

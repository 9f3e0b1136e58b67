# SPDX-License-Identifier: Apache-2.0
def open_pool():
    return None


def close_pool():
    return None

# SPDX-License-Identifier: Apache-2.0
def watermark(filter):
    return None

# SPDX-License-Identifier: Apache-2.0
def record(request):
    return None

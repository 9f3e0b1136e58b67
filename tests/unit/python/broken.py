# SPDX-License-Identifier: Apache-2.0
"""A module that can't be imported."""

import sys

sys.executions = getattr(sys, "executions", 0) + 1
raise SystemExit("not today")


def never():
    return ""

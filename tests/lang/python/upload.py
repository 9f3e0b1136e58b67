# SPDX-License-Identifier: Apache-2.0
import io
from typing import BinaryIO, Optional

import apache


def good(f: apache.Upload):
    pass


def several(f: list[apache.Upload]):
    pass


def maybe(f: Optional[apache.Upload] = None):
    pass


def text(f: str):
    pass


def texts(f: list[bytes]):
    pass


def never(f: BinaryIO):
    pass


def buffered(f: io.BufferedReader):
    pass

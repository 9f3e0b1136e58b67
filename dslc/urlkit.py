# SPDX-License-Identifier: Apache-2.0
"""What every module has that `routesc urls` writes; cmd_urls.c copies it from
the line below on."""
# ---- what the functions below share -----------------------------------------

import datetime as _datetime
import decimal as _decimal
import operator as _operator
import re as _re
import typing as _t
import uuid as _uuid
from urllib.parse import quote as _quote


class _Type:
    """A type of the routes: each value has one spelling in a URL."""

    def __init__(self, want, spell, low=None, high=None, like=None,
                 labels=()):
        self.want, self.spell = want, spell
        self.low, self.high, self.labels = low, high, labels
        self.like = like and _re.compile(like, _re.ASCII)

    def takes(self, text, size):
        if self.low is not None and not size >= self.low or \
                self.high is not None and not size <= self.high:
            return False
        if self.like and not self.like.fullmatch(text.decode("utf-8")):
            return False
        return b"\0" not in text and \
            (not self.labels or text.decode() in self.labels)

    def text(self, name, value):
        try:
            text, size = self.spell(value)
            taken = self.takes(text, size)
        except UnicodeError:
            taken = False
        except TypeError as error:
            raise TypeError(f"{name}: {self.want} is wanted, and "
                            f"{value!r} is {error}") from None
        if not taken:
            raise ValueError(f"{name}: {self.want} is wanted, and not "
                             f"{value!r}")
        return text


def _kind(value, *kinds):
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise TypeError(f"of the class {type(value).__name__}")


def _spell_str(value):
    _kind(value, str)
    return value.encode(), len(value)


def _spell_path(value):
    _kind(value, str)
    text = value.encode()
    return text, len(text)


def _spell_bytes(value):
    _kind(value, bytes, bytearray, memoryview)
    return bytes(value), len(bytes(value))


def _spell_int(value):
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        _kind(value)
    number = _operator.index(value)
    return str(number).encode(), number


def _plain(number):
    """Digits without an exponent, and none that say nothing."""
    if not number.is_finite():
        raise TypeError("not finite")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).encode()


def _spell_float(value):
    _kind(value, float, int)
    return _plain(_decimal.Decimal(repr(float(value)))), value


def _spell_decimal(value):
    _kind(value, _decimal.Decimal, int)
    return _plain(_decimal.Decimal(value)), value


def _spell_bool(value):
    if not isinstance(value, bool):
        _kind(value)
    return (b"true" if value else b"false"), None


def _spell_uuid(value):
    _kind(value, _uuid.UUID)
    return str(value).encode(), None


def _spell_date(value):
    _kind(value, _datetime.date)
    if isinstance(value, _datetime.datetime):
        raise TypeError("a datetime")
    return value.isoformat().encode(), None


def _spell_datetime(value):
    _kind(value, _datetime.datetime)
    offset = value.utcoffset()
    if offset is None:
        raise TypeError("without an offset")
    if offset % _datetime.timedelta(minutes=1):
        raise TypeError("of an offset with seconds")
    text = value.replace(tzinfo=None).isoformat()
    if "." in text:
        text = text.rstrip("0")
    zone = value.isoformat()[-6:] if offset else "Z"
    return (text + zone).encode(), None


def _has_control(text):
    return any(byte < 0x20 or byte == 0x7F for byte in text)


def _wrong(name, value, why):
    return ValueError(f"{name}: {value!r} {why}")


def _segment(name, value, kind, before="", after=""):
    text = kind.text(name, value)
    made = before + _quote(text, safe="") + after
    if not text or b"/" in text or made in (".", ".."):
        raise _wrong(name, value, "can't be a segment of a path")
    if _has_control(text) and kind.spell is not _spell_bytes:
        raise _wrong(name, value, "has a control character")
    return made


def _rest(name, value, kind):
    text = kind.text(name, value)
    if _has_control(text) and kind.spell is not _spell_bytes:
        raise _wrong(name, value, "has a control character")
    parts = text.split(b"/")
    if b"" in parts[:-1] or b"." in parts or b".." in parts:
        raise _wrong(name, value, "is changed on its way through httpd")
    return _quote(text, safe="/")


def _label(name, value, kind):
    text = kind.text(name, value).decode("ascii", "replace")
    if not _re.fullmatch("[a-z0-9_-]{1,63}", text):
        raise _wrong(name, value, "can't be a label of a host name")
    return text


def _one(name, value, kind):
    text = kind.text(name, value)
    if not text and kind.spell not in (_spell_str, _spell_path):
        raise _wrong(name, value, "is empty, which says nothing")
    return _quote(name, safe="") + "=" + _quote(text, safe="")


def _many(name, values, kind, low=None, high=None):
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{name}: a list is wanted, and not {values!r}")
    values = list(values)
    if low is not None and len(values) < low or \
            high is not None and len(values) > high:
        raise _wrong(name, values, "has too few or too many items")
    return "&".join([_one(name, value, kind) for value in values])


def _key(name, value=None):
    field = _quote(name, safe="")
    return field if value is None else field + "=" + _quote(value, safe="")


def _some(name, field):
    """What must be there, for the variant of the route is told by it."""
    if not field:
        raise _wrong(name, [], "has too few or too many items")
    return field


def _other(keys, name, field):
    """A value that no other variant of the route is for."""
    for key in keys:
        if field == _key(name, key):
            raise _wrong(name, key, "is another variant of the route")
    return field


def _url(base, host, path, *query):
    fields = "&".join([field for field in query if field])
    start = host if base is None else base.rstrip("/")
    return start + path + ("?" + fields if fields else "")

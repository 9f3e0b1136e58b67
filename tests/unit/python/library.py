# SPDX-License-Identifier: Apache-2.0
"""Objects of the standard library's classes, as results."""

import collections
import dataclasses
import datetime
import decimal
import enum
import http
import typing
import uuid
import zoneinfo

ID = uuid.UUID("0123456789ab4def8123456789abcdef")
D = decimal.Decimal
WHEN = datetime.datetime(2024, 2, 29, 1, 2, 3, 500)


class Size(enum.Enum):
    SMALL = 1
    LARGE = (2.5, "x")
    SELF = "SMALL"
    TIME = datetime.date(2024, 2, 29)
    OBJECT = object()


class Level(enum.IntEnum):
    HIGH = 3


class Word(enum.StrEnum):
    YES = "y\u00e9s"


class Flags(enum.Flag):
    A = 1
    B = 2


class Labelled(int, enum.Enum):
    """Its value is not the int that it is."""
    def __new__(cls, number, label):
        member = int.__new__(cls, number)
        member._value_ = label
        return member

    ONE = (1, "one")


class Loop(enum.Enum):
    A = 1

    @property
    def value(self):
        return self


class Failing(enum.Enum):
    A = 1

    @property
    def value(self):
        raise RuntimeError("no value")


@dataclasses.dataclass
class Item:
    name: str
    price: D = D("1.10")
    tags: list = dataclasses.field(default_factory=list, repr=False)
    count: int = dataclasses.field(default=0, init=False, compare=False)
    _secret: str = "hidden"
    kind: typing.ClassVar[str] = "class"
    given: dataclasses.InitVar[int] = 5

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    z: object = None
    a: object = None


@dataclasses.dataclass
class Child(Item):
    parent: object = None


@dataclasses.dataclass
class Nothing:
    pass


@dataclasses.dataclass
class Row(dict):
    """What is derived from dict is written as one."""
    unused: int = 1


@dataclasses.dataclass(init=False)
class Unset:
    name: str


@dataclasses.dataclass
class Raising:
    name: str

    def __getattribute__(self, name):
        if name == "name":
            raise SystemExit(3)
        return object.__getattribute__(self, name)


class Fake:
    __dataclass_fields__ = {"x": 5}


class NoFields:
    __dataclass_fields__ = 5


class Zone(datetime.tzinfo):
    """Its code runs in the middle of a result, once: no datetime is freed that
    refers to itself."""
    def __init__(self, run):
        self.run = run

    def utcoffset(self, when):
        run, self.run = self.run, None
        run()
        return datetime.timedelta(hours=1)

    def dst(self, when):
        return None


class Text(datetime.date):
    def isoformat(self):
        return 'a"b'


class NoText(datetime.date):
    def isoformat(self):
        return b"2024"


class Exact(D):
    def __str__(self):
        return "not a number"


class OtherId(uuid.UUID):
    def __str__(self):
        return "not hexadecimal"


class Odd(uuid.UUID):
    int = "text"

    def __init__(self):
        pass


class Broken(uuid.UUID):
    int = 1 << 128

    def __init__(self):
        pass


def offset(**parts):
    return datetime.timezone(datetime.timedelta(**parts))


def fail():
    raise RuntimeError("no offset")


def loop():
    item = Item("loop")
    item.tags.append(item)
    return item


def deep():
    value = None
    for _ in range(10000):
        value = Slots(a=value)
    return value


def level(depth):
    value = 1
    for _ in range(depth):
        value = Slots(a=value)
    return value


def cleared_dict():
    """What is being written goes away under the writer."""
    outer = {"when": None, "x" * 100: {"y": [1]}}
    outer["when"] = WHEN.replace(tzinfo=Zone(outer.clear))
    return outer


def grown_dict():
    outer = {}
    outer["when"] = WHEN.replace(
        tzinfo=Zone(lambda: outer.update({str(i): i for i in range(1000)})))
    return outer


def cleared_inside():
    inner = {"when": None, "rest": 1}
    outer = [[inner], "z" * 100]
    inner["when"] = [WHEN.replace(tzinfo=Zone(outer.clear))]
    del inner
    return outer


def cleared_list():
    outer = [None, 1, 2, 3]
    outer[0] = WHEN.replace(tzinfo=Zone(outer.clear))
    return outer


def cleared_fields():
    @dataclasses.dataclass
    class Local:
        when: object
        name: str = "n" * 100

    return Local(WHEN.replace(tzinfo=Zone(Local.__dataclass_fields__.clear)))


RESULTS = {
    "datetime": WHEN,
    "utc": WHEN.replace(tzinfo=datetime.timezone.utc, microsecond=0),
    "zone": WHEN.replace(tzinfo=zoneinfo.ZoneInfo("Asia/Kolkata")),
    "minus": WHEN.replace(tzinfo=offset(hours=-9, minutes=-30)),
    "date": datetime.date(1, 2, 3),
    "time": datetime.time(23, 59, 59, 1),
    "time utc": datetime.time(0, tzinfo=datetime.timezone.utc),
    "uuid": ID,
    "uuids": [uuid.UUID(int=0), uuid.UUID(int=(1 << 128) - 1)],
    "other uuid": OtherId(int=10),
    "decimal": D("1.10"),
    "decimals": [D("-0.00"), D("1E+3"), D("1e-400"), D(0), D("-7"),
                 D("0.1234567890123456789012345678901234567890"), Exact(5)],
    "enum": Size.SMALL,
    "enums": [Size.LARGE, Size.SELF, Size.TIME, Level.HIGH, Word.YES,
              Flags.A | Flags.B, Labelled.ONE],
    "int enum": Level.HIGH,
    "str enum": Word.YES,
    "str key": {Word.YES: Word.YES},
    "item": Item("a"),
    "child": Child("c", parent=Slots(z=ID, a=Item("d", tags=[Nothing()]))),
    "nothing": Nothing(),
    "row": Row(),
    "ordered": collections.OrderedDict(a=D(1)),
    "created": (201, Item("new", D(3))),
    "status": (http.HTTPStatus.ACCEPTED, ID),
    "text": Text(2024, 1, 1),
    # what can't be sent
    "nan": D("NaN"), "snan": [D("sNaN123")], "infinity": (200, D("-Infinity")),
    "no text": NoText(2024, 1, 1),
    "enum object": Size.OBJECT, "enum loop": Loop.A, "no value": Failing.A,
    "unset": Unset(), "exit": [Raising("x")], "fake": Fake(),
    "no fields": NoFields(), "class": Item, "delta": datetime.timedelta(1),
    "id key": {ID: 1}, "date key": {WHEN: 1}, "enum key": {Size.SMALL: 1},
    "odd id": Odd(), "broken id": Broken(),
    "bytes": Slots(a=b"x"), "complex": [1j],
}

MADE = {
    "loop": loop, "deep": deep,
    "no offset": lambda: {"a": WHEN.replace(tzinfo=Zone(fail))},
    "level 200": lambda: level(200), "level 201": lambda: level(201),
    "cleared dict": cleared_dict, "grown dict": grown_dict,
    "cleared inside": cleared_inside, "cleared list": cleared_list,
    "cleared fields": cleared_fields,
}


def give(which):
    return MADE[which]() if which in MADE else RESULTS[which]

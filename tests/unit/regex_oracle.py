# SPDX-License-Identifier: Apache-2.0
"""Random patterns of the regular part of re, random texts, and what re says.

Prints a line a pattern: the pattern, then each text with 1 or 0 before it,
all as hexadecimal UTF-8, separated by blanks.  Arguments: patterns, texts a
pattern, seed."""

import random
import re
import sys

ALPHABET = "ab-_.0 7Z\n\té/\U0001f600\x7f"
ATOMS = ["a", "b", "-", "_", r"\.", "0", " ", "é", "\U0001f600", ".", r"\d",
         r"\w", r"\s", r"\D", r"\W", r"\S", r"\n", r"\x41", r"\u00e9", "/",
         r"\-", "}", "]", r"\U0001F600", r"\/", "Z"]
MEMBERS = ["a", "b", "0-9", "a-z", r"\d", r"\s", r"\w", "_", "é", ".", "+",
           r"\]", r"\-", "A-Z", "\u00e0-\u00ff", r"\W", "*", "$", "(",
           "\U0001f5ff-\U0001f610", r"\x2d-\x39"]
REPEATS = ["*", "+", "?", "{2}", "{1,}", "{,2}", "{1,3}", "{0}", "{0,1}"]


def random_class(pick):
    members = "".join(pick.choice(MEMBERS)
                      for _ in range(pick.randint(1, 3)))
    first = pick.choice(["", "", "]", "-"])
    last = pick.choice(["", "", "-"])
    return f"[{pick.choice(['', '^'])}{first}{members}{last}]"


def random_atom(pick, depth):
    kind = pick.random()
    if depth > 0 and kind < 0.3:
        return (pick.choice(["(", "(?:"]) + random_choice(pick, depth - 1)
                + ")")
    return random_class(pick) if kind < 0.5 else pick.choice(ATOMS)


def random_sequence(pick, depth):
    text = ""
    for _ in range(pick.randint(0, 4)):
        text += random_atom(pick, depth)
        if pick.random() < 0.3:
            text += pick.choice(REPEATS)
    return text


def random_choice(pick, depth):
    return "|".join(random_sequence(pick, depth)
                    for _ in range(pick.choice([1, 1, 1, 2, 3])))


def random_pattern(pick):
    pattern = random_choice(pick, 2)
    if "|" not in pattern and pick.random() < 0.2:
        pattern = "^" + pattern + "$"
    return pattern


def random_text(pick):
    return "".join(pick.choice(ALPHABET) for _ in range(pick.randint(0, 6)))


def main(patterns, texts, seed):
    pick = random.Random(seed)
    while patterns > 0:
        pattern = random_pattern(pick)
        try:
            compiled = re.compile(pattern, re.ASCII)
        except re.error:
            continue
        patterns -= 1
        words = [pattern.encode().hex() or "-"]
        for _ in range(texts):
            text = random_text(pick)
            said = compiled.fullmatch(text) is not None
            words.append(str(int(said)) + text.encode().hex())
        print(" ".join(words))


main(*map(int, sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The matcher of LANGUAGE.md P1 to P12, written down as it is said there: all
candidates, then sort.  Compares it with the C matcher (tests/unit/match_lines)
on random route sets and paths.

    matcher.py [PROGRAM] [--seed N] [--count N]

The first difference is printed with all routes and the seed of its set, and
the exit status is 1."""

import argparse
import random
import re
import subprocess
import sys

METHODS = ("GET HEAD POST PUT DELETE PATCH OPTIONS CONNECT TRACE QUERY "
           "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT "
           "SEARCH").split()
NOT_ANY = {"TRACE", "CONNECT", "OPTIONS"}
# Types by rank: each is in those behind it, or has no word in common with
# them, so that no two of one segment overlap without containment (E202).
TYPES = {
    "int(0..9)": lambda t: re.fullmatch(rb"[0-9]", t),
    "int": lambda t: re.fullmatch(rb"0|-?[1-9][0-9]{0,18}", t)
        and -2**63 <= int(t) < 2**63,
    "str~~a-c": lambda t: re.fullmatch(rb"[a-c]+", t),
    "str~a-z": lambda t: re.fullmatch(rb"[a-z]+", t),
    "str": lambda t: t != b"",
    "path(2..5)": lambda t: 2 <= len(t) <= 5,
    "path": lambda t: True,
}
RANK = {name: rank for rank, name in enumerate(TYPES, 1)}


# ---- the matcher ------------------------------------------------------------

def match_segment(pattern, segment):
    """The rank of a segment's pattern and its capture, or None."""
    head, brace, rest = pattern.partition("{")
    if not brace:
        return (0, None) if pattern.encode() == segment else None
    kind, _, tail = rest.partition(":")[2].partition("}")
    head, tail = head.encode(), tail.encode()
    inner = segment[len(head):len(segment) - len(tail)]
    if (len(segment) <= len(head) + len(tail) or not segment.startswith(head)
            or not segment.endswith(tail) or not TYPES[kind](inner)):
        return None
    return RANK[kind] - 100 * (len(head) + len(tail)), inner


def match_path(pattern, path):
    """The ranks of all segments and the captures, or None."""
    ranks, captures = [], []
    patterns, segments = pattern.split("/")[1:], path.split(b"/")[1:]
    for i, part in enumerate(patterns):
        kind = part.partition(":")[2].rstrip("}")
        if kind == "guard" or kind.startswith("path"):
            rest = b"/".join(segments[i:])
            if i >= len(segments) or kind != "guard" and not TYPES[kind](rest):
                return None
            more = [] if kind == "guard" else [rest]
            return ranks + [RANK.get(kind, 1000)], captures + more
        found = match_segment(part, segments[i]) if i < len(segments) else None
        if found is None:
            return None
        ranks.append(found[0])
        captures += [] if found[1] is None else [found[1]]
    return (ranks, captures) if len(patterns) == len(segments) else None


def match_host(pattern, host):
    """The rank of a host, or None."""
    if pattern == "-":
        return (2, 0)
    if host == "-":
        return None
    if pattern[0] != "*":
        return (0, 0) if pattern == host else None
    fits = len(host) > len(pattern) - 1 and host.endswith(pattern[1:])
    return (1, -len(pattern)) if fits else None


def answers(methods, method):
    """How well a route's methods fit: the lower the better, or None."""
    if method in methods:
        return 0
    if method == "HEAD" and "GET" in methods:
        return 1
    return 2 if methods == ["ANY"] and method not in NOT_ANY else None


def allow_of(candidates):
    allow = {"OPTIONS"}
    for _, methods, _, _ in candidates:
        allow |= set(METHODS) - {"TRACE", "CONNECT"} if methods == ["ANY"] \
            else set(methods)
    allow |= {"HEAD"} if "GET" in allow else set()
    return sum(1 << METHODS.index(m) for m in allow)


def match(routes, host, method, path):
    candidates = []
    for number, (where, methods, pattern) in enumerate(routes, 1):
        place = match_host(where, host)
        found = match_path(pattern, path) if place else None
        if found:
            guard = methods == ["guard"]
            candidates.append(((place, found[0], guard), methods, number,
                               (pattern, found[1])))
    candidates.sort(key=lambda c: (c[0], answers(c[1], method) is None,
                                   answers(c[1], method) or 0, c[2]))
    seen = []
    for candidate in candidates:
        _, methods, number, (pattern, captures) = candidate
        if methods == ["guard"]:
            if seen:
                break
            prefix = pattern.removesuffix("/{:guard}")
            return ["kept", prefix] + [c.hex() for c in captures]
        if answers(methods, method) is not None:
            return ["found", str(number)] + [c.hex() for c in captures]
        seen.append(candidate)
    if not seen:
        return ["unknown"]
    # the place is that of the first route made for this very path
    first = min((c for c in seen if c[0] == seen[0][0]), key=lambda c: c[2])
    return ["options" if method == "OPTIONS" else "refused",
            f"{allow_of(seen):x}", first[3][0]] \
        + [c.hex() for c in first[3][1]]


# ---- random route sets, paths and requests ----------------------------------

LITERALS = ["a", "b", "abc", "7", "", "longliteral", "exactly8", "caf\u00e9",
            "longlitexal", "a-text-of-three-words"]
PARTS = LITERALS + ["{x:int(0..9)}", "{x:int}", "{x:str~~a-c}", "{x:str~a-z}",
                    "{x:str}", "p{x:int}", "p{x:str}", "{x:int}.z"]
# "p{x:int}" is in "p{x:str}" is in str, but crosses "str~a-z"
CROSSING = {"p{x:str}": "{x:str~a-z}", "{x:str~a-z}": "p{x:str}"}
TEXTS = [b"a", b"b", b"abc", b"7", b"77", b"-1", b"00", b"", b"zz", b"p7",
         b"px", b"7.z", b"longliteral", b"longliterax",
         b"a-text-of-three-words", b"a-text-Of-three-words", b"longlitexal",
         b"exactly8", b"A",
         b"-0", b"exactly80", "caf\u00e9".encode(), b"\xff",
         b"9223372036854775808"]
HOSTS = ["-", "-", "-", "h.ex", "*.ex", "*.h.ex", "i.ex"]


def random_pattern(rng, parts, rest):
    path = "".join("/" + rng.choice(parts)
                   for _ in range(rng.randint(1, 5)))
    if rest and rng.random() < 0.15:
        path += "/" + rng.choice(["{r:path}", "{r:path(2..5)}"])
    return path


def random_routes(rng):
    """Routes as (host, methods, pattern); a location counts as two."""
    crossed = rng.choice(list(CROSSING))
    parts = [p for p in PARTS if p != CROSSING[crossed]]
    parts = rng.sample(parts, rng.randint(2, len(parts)))
    hosts = ["-"] if rng.random() < 0.5 else HOSTS
    lines, routes, known = [], [], set()
    for _ in range(rng.randint(1, 40)):
        host, guard = rng.choice(hosts), rng.random() < 0.08
        pattern = random_pattern(rng, parts, not guard)
        # "/a/" below which a location keeps everything is "/a//{rest}"
        if guard:
            if (host, pattern, "guard") in known:
                continue
            known.add((host, pattern, "guard"))
            lines.append(f"L\t{host}\t{pattern}")
            routes += [(host, ["guard"], pattern, None),
                       (host, ["guard"], pattern + "/{:guard}", None)]
            continue
        methods = ["ANY"] if rng.random() < 0.15 else \
            rng.sample(METHODS[:9], rng.choice([1, 1, 1, 2, 3]))
        methods = [m for m in methods if (host, pattern, m) not in known]
        if methods:
            known |= {(host, pattern, m) for m in methods}
            lines.append(f"R\t{host}\t{','.join(methods)}\t{pattern}")
            routes.append((host, methods, pattern, True))
    return lines, routes


def random_path(rng, pattern):
    """A path that nearly fits a pattern, most often."""
    parts = []
    for part in pattern.split("/")[1:]:
        if rng.random() < 0.07:
            parts.append(rng.choice(TEXTS))
        elif "{" not in part:
            parts.append(part.encode())
        elif "path" in part or "guard" in part:
            parts += [rng.choice(TEXTS) for _ in range(rng.randint(0, 3))]
        else:
            fits = [t for t in TEXTS if match_segment(part, t)]
            parts.append(rng.choice(fits or TEXTS))
    return b"".join(b"/" + p for p in parts) or b"/"


def random_request(rng, routes):
    """Host, method and path, often those of a route."""
    if rng.random() < 0.1:
        path = b"".join(b"/" + rng.choice(TEXTS)
                        for _ in range(rng.randint(1, 6)))
        return rng.choice(["-", "h.ex"]), rng.choice(METHODS), path
    where, methods, pattern, _ = rng.choice(routes)
    host = where.replace("*", "x") if rng.random() < 0.7 else \
        rng.choice(["-", "h.ex", "x.h.ex", "i.ex", "z.ex", "ex"])
    method = rng.choice(METHODS[:9] + ["GET", "FROB"])
    if methods[0] in METHODS and rng.random() < 0.5:
        method = rng.choice(methods)
    return host, method, random_path(rng, pattern)


def compare(program, seed, count, outcomes):
    rng = random.Random(seed)
    lines, routes = random_routes(rng)
    requests = [random_request(rng, routes) for _ in range(count)]
    text = "\n".join([".", *lines]
                     + [f"Q\t{h}\t{m}\t{p.hex()}" for h, m, p in requests]
                     + ["!"])
    program.stdin.write(text + "\n")
    program.stdin.flush()
    # numbers of routes are those of lines, in which a location has none
    numbered = [r[:3] for r in routes]
    numbers, number = {}, 0
    for i, route in enumerate(routes, 1):
        number += route[3] is not None
        numbers[str(i)] = str(number)
    for host, method, path in requests:
        got = program.stdout.readline().rstrip("\n").split("\t")
        wanted = match(numbered, host, method, path)
        if wanted[0] == "found":
            wanted[1] = numbers[wanted[1]]
        outcomes[wanted[0]] = outcomes.get(wanted[0], 0) + 1
        if got != wanted:
            print("\n".join(lines))
            print(f"seed {seed}: {host} {method} {path}: the C matcher says "
                  f"{got}, the rules {wanted}")
            return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?",
                        default="tests/unit/match_lines")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200000)
    options = parser.parse_args()
    program = subprocess.Popen([options.program], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    each, outcomes = 200, {}
    for i in range((options.count + each - 1) // each):
        if not compare(program, options.seed + i, each, outcomes):
            return 1
    program.stdin.close()
    print(f"{options.count} matches agree, seed {options.seed}:",
          ", ".join(f"{n} {name}" for name, n in sorted(outcomes.items())))
    return program.wait()


if __name__ == "__main__":
    sys.exit(main())

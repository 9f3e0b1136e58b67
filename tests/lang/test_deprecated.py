# SPDX-License-Identifier: Apache-2.0
"""`deprecated` in what the commands show."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

FILE = HERE / "ok" / "deprecated.routes"
DATE = "Deprecation: @1801353600"


def routesc(*words):
    done = subprocess.run([tree.routesc(), *map(str, words)], text=True,
                          capture_output=True, timeout=30)
    assert done.stderr == ""
    return done.stdout


def test_list_shows_it():
    rows = json.loads(routesc("list", "--format", "json", FILE))
    assert {row["paths"][0]: row.get("deprecated") for row in rows} == {
        "/v1/a": "2027-01-31", "/v1/b": "write to /v2", "/v1/c": "",
        "/v1/d": "2027-01-31", "/e": None}
    assert "app:b (deprecated)" in routesc("list", FILE)
    assert "app:e (deprecated)" not in routesc("list", FILE)


def test_explain_shows_it():
    said = {url: json.loads(routesc("explain", "--format", "json", FILE,
                                    "GET", url))
            for url in ("/v1/a", "/v1/b", "/v1/c", "/v1/d", "/e")}
    assert {url: one["headers"] for url, one in said.items()} == {
        "/v1/a": ["X-A: b", DATE], "/v1/b": ["X-A: b"], "/v1/c": ["X-A: b"],
        "/v1/d": ["X-A: b", DATE], "/e": []}
    assert said["/v1/b"]["deprecated"] == "write to /v2"
    assert "deprecated" not in said["/e"]
    assert "deprecated: write to /v2" in routesc("explain", FILE, "GET",
                                                 "/v1/b")


def test_strictness_is_explained():
    text = routesc("explain", FILE, "GET", "/e?x=1")
    assert "strict: no keys" in text and "400" in text
    assert "strict" not in routesc("explain", FILE, "GET", "/v1/a?x=1")


def test_urls_say_it():
    text = routesc("urls", FILE)
    assert "GET /v1/b, deprecated: write to /v2" in text
    assert "GET /e," in text


def test_diff_tells_when_it_comes(tmp_path):
    old = FILE.read_text().replace(' deprecated "write to /v2"', "").replace(
        "query strict", "").replace("    deprecated", "    cache off #")
    (tmp_path / "old.routes").write_text(old)
    changes = json.loads(routesc("diff", tmp_path / "old.routes", FILE,
                                 "--format", "json"))
    told = {(c["path"], c["what"]): c["after"]["text"] for c in changes
            if c["what"] in ("deprecated", "arguments")}
    assert told == {
        ("/v1/a", "deprecated"): "deprecated: 2027-01-31",
        ("/v1/b", "deprecated"): "deprecated: write to /v2",
        ("/v1/d", "deprecated"): "deprecated: 2027-01-31",
        ("/e", "arguments"): "(), query strict"}

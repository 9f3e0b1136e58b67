# SPDX-License-Identifier: Apache-2.0
"""`--format sarif` against the public schema of SARIF 2.1.0, by ajv.

Schema and validator are packages of npm, fetched once into the build; where
there is no npm, or no registry, the tests are skipped and say so."""

import fcntl
import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))

import tree  # noqa: E402

# ajv 6 reads the schema's draft; the other package carries the schema (MIT).
PACKAGES = ["ajv@6.12.6", "@microsoft/jest-sarif@1.0.0-beta.0"]
SCHEMA = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
VALIDATE = f"""
const ajv = new (require("ajv"))({{
    allErrors: true, format: "full", unknownFormats: "ignore",
    schemaId: "auto", logger: false}});
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const validate = ajv.compile(require("{SCHEMA}"));
for (const log of JSON.parse(require("fs").readFileSync(0))) {{
    console.log(validate(log) ? "valid" : JSON.stringify(validate.errors));
}}
"""


@functools.cache
def validator():
    """The folder with the packages, or why there is none."""
    folder = tree.build() / "npm"
    if shutil.which("npm") is None:
        return "npm is not installed"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:    # the suite runs on all cores
        fcntl.flock(lock, fcntl.LOCK_EX)
        return install(folder)


def install(folder):
    if (folder / "node_modules" / SCHEMA).exists():
        return folder
    try:
        done = subprocess.run(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund",
             "--no-save", "--prefix", folder, *PACKAGES],
            capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "the registry does not answer"
    return folder if done.returncode == 0 else done.stderr[-300:]


@pytest.fixture
def validate():
    folder = validator()
    if isinstance(folder, str):
        pytest.skip(f"SARIF IS NOT VALIDATED: {folder}")

    def run(logs):
        done = subprocess.run(["node", "-e", VALIDATE], cwd=folder, text=True,
                              input=json.dumps(logs), capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()
    return run


def sarif(*words, cwd):
    done = subprocess.run(
        [tree.routesc(), "check", "--format", "sarif", *words], cwd=cwd,
        capture_output=True, timeout=60)
    return json.loads(done.stdout)


def test_the_validator_tells_good_from_bad(validate):
    assert validate([{"version": "2.1.0", "runs": []}]) == ["valid"]
    for log in ({"version": "2.1.0"}, {"version": "2.0", "runs": []},
                {"version": "2.1.0", "runs": [{"tool": {}}]}):
        assert "valid" not in validate([log])


@pytest.mark.parametrize("folder, words", [
    ("errors", ["--no-python"]), ("python", [])])
def test_every_message_is_valid(validate, folder, words):
    files = sorted((HERE / folder).glob("*.routes"))
    logs = [sarif(*words, file.name, cwd=file.parent) for file in files]
    found = validate(logs)
    assert len(found) == len(files) > 5
    assert [(file.name, said) for file, said in zip(files, found)
            if said != "valid"] == []


def test_several_files_odd_names_and_none_at_all_are_valid(validate, tmp_path):
    for name in ("a b%.routes", "é#?.routes", "fine.routes"):
        (tmp_path / name).write_text("routes 1\npublic\nGET /{a} -> m:f()\n")
    (tmp_path / "fine.routes").write_text("routes 1\npublic\n")
    logs = [sarif("--no-python", "a b%.routes", "é#?.routes", "fine.routes",
                  cwd=tmp_path),
            sarif("--no-python", "fine.routes", cwd=tmp_path)]
    assert validate(logs) == ["valid", "valid"]

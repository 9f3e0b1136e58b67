# SPDX-License-Identifier: Apache-2.0
"""The manual's sites answer its commands as it says."""

import pytest

import example
import manual

SITES = [part for part in manual.sites() if "```console\n" in part]


def title(part):
    return f"line-{manual.text().count(chr(10), 0, manual.text().index(part))}"


@pytest.mark.parametrize("part", SITES, ids=title)
def test_every_command_prints_what_the_manual_says(part, tmp_path, capsys):
    manual.write(part, tmp_path)
    passed, failed = example.check("manual", tmp_path)
    assert passed > 0 and failed == 0, capsys.readouterr().out

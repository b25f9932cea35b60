"""The table of comfort names every item, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (A\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


def rows():
    return ROW.findall((ROOT / "docs" / "comfort.md").read_text(encoding="utf-8"))


def test_every_item_is_told_once_in_its_order():
    assert [item for item, _, _ in rows()] == [f"A{number}" for number in range(1, 35)]


def test_each_item_names_a_test_or_says_why_there_is_none():
    bare = [item for item, how, proof in rows() if not TEST.search(proof)]
    told = [item for item, how, _ in rows() if re.match(r"Does not apply|Missing", how)]
    assert {*bare} <= {*told}


def test_each_test_that_is_named_is_there():
    wrong = [
        (item, name)
        for item, _, proof in rows()
        for place, name in TEST.findall(proof)
        if not (ROOT / place).exists()
        or f"def {name}(" not in (ROOT / place).read_text(encoding="utf-8")
    ]
    assert wrong == []

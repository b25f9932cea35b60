"""The table of security names every item, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (C\d+b?) \| (.+) \| (.+) \|$", re.MULTILINE)


def rows():
    return ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))


def test_no_item_is_missing_or_told_twice():
    named = [item for item, _, _ in rows()]
    assert sorted(named) == sorted({*named})
    assert {f"C{number}" for number in range(1, 105)} <= set(named)


def test_each_item_is_met_by_something_that_is_there():
    wrong = []
    for item, how, proof in rows():
        places = re.findall(r"(?:tests|docs)/[\w/.]+\.(?:py|md)", f"{how} {proof}")
        wrong += [(item, place) for place in places if not (ROOT / place).exists()]
        if not places and "does not apply" not in f"{how} {proof}".lower():
            wrong.append((item, "no test"))
    assert wrong == []


def test_each_test_that_is_named_is_there():
    wrong = []
    for item, _, proof in rows():
        for place, name in re.findall(r"(tests/[\w/]+\.py)(?:::| `)(test_\w+)", proof):
            if name not in (ROOT / place).read_text(encoding="utf-8"):
                wrong.append((item, place, name))
    assert wrong == []

"""What a template must not do with words of others, read in the templates themselves."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = sorted((ROOT / "templates").rglob("*.*"))
RAW = {
    "a variable called safe": r"\|\s*safe\b|Markup",
    "escaping switched off": r"autoescape\s+false",
    "a variable as the sentence itself": r"\bn?gettext\((?![\"'])|\b_\((?!\s*[\"'])",
    "a script in the page": r"<script(?![^>]*\b(src|type=\"application/json\"))",
    "an act in an attribute": r"\son[a-z]+=[\"']|\shx-on|\shx-vals=[\"']js:|javascript:",
    "a style in the page": r"<style|\sstyle\s*=",
    "an attribute without quotes": r"\s[a-z-]+=\{\{",
    "something of another host": r"(src|href)=\"(https?:)?//",
}
ALLOWED = {("a style in the page", "templates/messages")}  # mail programs read no style sheet


def found(text):
    return {why for why, pattern in RAW.items() if re.search(pattern, text)}


def test_what_is_looked_for_would_be_found():
    for why, bad in {
        "a variable called safe": "{{ name | safe }}",
        "escaping switched off": "{% autoescape false %}",
        "a variable as the sentence itself": "{{ _(name) }}",
        "a script in the page": "<script>alert(1)</script>",
        "an act in an attribute": '<p onclick="x()">',
        "a style in the page": '<p style="x">',
        "an attribute without quotes": "<p title={{ name }}>",
        "something of another host": '<img src="//other.example/x">',
    }.items():
        assert why in found(bad)


def test_no_template_lets_words_of_others_become_more_than_words():
    wrong = {
        (str(path.relative_to(ROOT)), why)
        for path in PLACES
        for why in found(path.read_text(encoding="utf-8"))
        if not any(why == a and str(path.relative_to(ROOT)).startswith(at) for a, at in ALLOWED)
    }
    assert wrong == set()


def test_the_app_calls_nothing_safe_but_what_it_drew_itself():
    pattern = r"\bMarkup\(|render_template_string|from_string\(|\beval\(|\bexec\(|pickle|yaml\.load"
    pattern += r"|shell=True|os\.system|\bmarshal\b|\bshelve\b"
    wrong = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "talent").rglob("*.py"))
        if re.search(pattern, path.read_text(encoding="utf-8"))
    }
    drawn = "talent/qr.py"  # an SVG of squares, made from bits
    catalogue = "talent/i18n.py"  # what `_()` says: sentences of templates alone, see above
    folded = "talent/rendering.py"  # the same sentences, put into templates when they are compiled
    assert wrong == {drawn, catalogue, folded}


def test_chance_that_guards_something_comes_from_the_system():
    """`random` can be foretold: it makes demonstrations, and nothing else."""
    using = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "talent").rglob("*.py"))
        if re.search(r"^\s*(import random|from random)\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert using
    assert {path for path in using if not path.startswith("talent/demo/")} == set()


def test_tables_go_out_by_the_writers_that_guard_their_cells():
    writing = {
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "talent").rglob("*.py"))
        if re.search(r"xlsxwriter|csv\.writer|csv\.DictWriter|openpyxl", path.read_text("utf-8"))
    }
    assert writing
    assert {path for path in writing if not path.startswith("talent/sheets/")} == set()

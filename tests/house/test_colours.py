"""The look, asserted: one small sheet made of its parts, colours that everybody can read."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
PARTS = sorted((STATIC / "css/parts").glob("*.css"))
TOKENS = (STATIC / "css/parts/01-tokens.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "surface", "sunken", "tint")
TEXTS = ("ink", "soft", "accent", "accent-strong")
STATES = ("good", "warn", "bad", "info")
READABLE, VISIBLE = 7.0, 3.0  # WCAG 1.4.6 for words, 1.4.11 for edges, marks and bars


def colours(opening):
    """The colours that the rule after `opening` sets."""
    rule = TOKENS.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))


LIGHT = colours(":root {")
DARK = colours(':root[data-theme="dark"] {')
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour):
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_weak(theme, pairs, least):
    weak = {(a, b): contrast(theme[a], theme[b]) for a, b in pairs}
    return {pair: round(found, 2) for pair, found in weak.items() if found < least}


def test_black_on_white_is_21_to_1():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@THEMES
def test_words_reach_7_to_1_on_every_ground_they_stand_on(theme):
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [(state, f"{state}-ground") for state in STATES]
    pairs += [("bad", "surface"), ("bad", "paper"), ("good", "surface"), ("ink", "bad-ground")]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong")]
    assert too_weak(theme, pairs, READABLE) == {}


@THEMES
def test_edges_marks_and_bars_reach_3_to_1(theme):
    pairs = [(edge, ground) for edge in ("edge", "seal") for ground in GROUNDS]
    pairs += [(f"{state}-fill", "sunken") for state in ("good", "warn", "bad")]
    assert too_weak(theme, pairs, VISIBLE) == {}


def test_a_dark_device_and_a_reader_who_chose_dark_see_the_same():
    assert colours(':root:not([data-theme="light"]) {') == DARK
    assert DARK.keys() == LIGHT.keys()


def test_parts_name_no_colour_outside_the_tokens():
    allowed = {"#fff", "#000", "#222", "#999"}  # paper, and the ground of a QR code
    found = {
        (part.name, colour)
        for part in PARTS[1:]
        for colour in re.findall(r"#[0-9a-f]{3,6}\b", part.read_text(encoding="utf-8"))
        if colour not in allowed
    }
    assert found == set()


def test_the_sheet_is_made_of_its_parts():
    whole = (STATIC / "css/talent.css").read_text(encoding="utf-8")
    parts = "".join(part.read_text(encoding="utf-8") for part in PARTS)
    assert whole == re.sub(r"/\*.*?\*/\n*", "", parts, flags=re.DOTALL)


def test_sheet_and_scripts_keep_their_budget():
    sizes = {
        name: len(gzip.compress((STATIC / name).read_bytes(), 9))
        for name in ("css/talent.css", "js/talent.js", "vendor/htmx.min.js")
    }
    assert sizes["css/talent.css"] <= 10_500
    assert sizes["js/talent.js"] <= 4_000
    assert sum(sizes.values()) <= 30_000

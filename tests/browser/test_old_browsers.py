"""What is sent runs in browsers of 2020; in older ones all works without it."""

from __future__ import annotations

import re
from pathlib import Path

import valid

ROOT = Path(__file__).parents[2]
EDITION = 2020
# Asked for by `import()` alone, where the browser itself cannot check a signature; whoever cannot
# read it is told so, and verifies with a network.
LATER = {"vendor/noble-ed25519.js": 2022}
# Of the library, what came later than the edition: it would be read, and break.
NEWER = re.compile(
    r"\.(at|findLast|findLastIndex|replaceAll|toSorted|toReversed|hasIndices)\(|structuredClone"
    r"|Object\.(hasOwn|groupBy)|Promise\.(any|withResolvers)|WeakRef"
)
# Passkeys came to browsers later than that method.
ABLE = {"js/passkeys.js"}


def test_every_script_can_be_read_by_browsers_of_2020(browser):
    static = ROOT / "static"
    scripts = {
        path.relative_to(static).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(static.rglob("*.js"))
    }
    workers = {url: browser.get(url).text for url in ("/sw.js", "/verify/sw.js")}
    assert all("addEventListener" in text for text in workers.values())
    needed = valid.editions(scripts | workers)
    assert {name: told for name, told in needed.items() if told not in range(EDITION + 1)} == LATER
    own = {name: text for name, text in (scripts | workers).items() if "vendor" not in name}
    assert {name for name, text in own.items() if NEWER.search(text)} <= ABLE


def test_the_parser_sees_what_is_too_new():
    told = valid.editions({"new": "a ??= b", "newer": "class A { static { } }", "wrong": "let = ="})
    assert (told["new"], told["newer"]) == (2021, 2022)
    assert "SyntaxError" in told["wrong"]

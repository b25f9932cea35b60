"""The apostrophe that keeps a spreadsheet program from running a CSV cell as a formula."""

from __future__ import annotations

import re

# A blank that a program may skip before it looks for a formula: also NBSP, U+3000, zero widths.
_BLANK = r"(?:[^\S\r\n\t]|[\u200b-\u200f\u2060\ufeff])*"
# An apostrophe in front does not end the danger: one more is added, so taking one off is exact.
_DANGER = re.compile(rf"(?:\A|[\r\n])'*{_BLANK}[=+\-@＝＋－＠\t]|\A'*{_BLANK}\r")
_LINE = re.compile(r"\A|(?<=\n)|(?<=\r)(?!\n)")
_GUARDED_LINE = re.compile(r"(\A|(?<=\n)|(?<=\r)(?!\n))'")


def guard(text: str) -> str:
    """Put an apostrophe before each line of a cell in which any line could run."""
    return _LINE.sub("'", text) if _DANGER.search(text) else text


def unguard(text: str) -> str:
    """Take off what `guard` put on, and leave every other text as it is."""
    if not text.startswith("'"):
        return text
    bare, taken = _GUARDED_LINE.subn("", text)
    if taken == len(_LINE.findall(text)) and _DANGER.search(bare):
        return bare
    return text

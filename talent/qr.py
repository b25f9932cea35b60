"""QR codes as drawings in the page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def code_of(address: str) -> Markup:
    """A code with its quiet zone. It holds an address of ours."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=4, omitsize=True))  # noqa: S704 - drawn by us

"""The certificate as it leaves the house: printed with its signed code, and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talent.certificates import pdf
from talent.certificates.payload import service as payload
from talent.certificates.seals import service as seals
from talent.certificates.signing import service as signing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def printed(content: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The signed PDF of a frozen content: the same bytes each time. Raises `pdf.MissingGlyph`.

    `pictures` are the seals as `load` gave them; without them they are looked up.
    """
    drawn = seals.pictures([content]) if pictures is None else pictures
    rendered = pdf.render(content, drawn, address=payload.address(content))
    return signing.signed(rendered, content)


def load(many: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Have the keys of many at hand, and give the pictures of their seals.

    Afterwards this thread prints them without the database.
    """
    payload.load(many)
    signing.load(many)
    return seals.pictures(many)

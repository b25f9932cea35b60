"""The certificate as a PDF/A-2a with tags: frozen content in, the same bytes out each time."""

from __future__ import annotations

import base64
import io
import json
import threading
from bisect import bisect_right
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import segno
import typst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATE = Path(__file__).parents[2] / "templates" / "certificates" / "certificate.typ"
ATTENDANCE = TEMPLATE.with_name("attendance.typ")
FONTS = Path(__file__).parent / "fonts"
QR_VERSION = 4  # 33 modules, error correction M: an address of up to 62 bytes
QR_MASK = 3  # any is read; to try all eight takes longer than to set the page
NO_SEALS: Mapping[str, bytes] = MappingProxyType({})
GETA = "〓"  # how a printer marks a sign that is not in his case

# Where people write as they like, and a little picture must not keep them from a certificate.
_FREE_TEXT = ("activity", "place", "content")
_VERIFIED = ("attendance", "leader")  # what contents meant that do not say it
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad") | {
    chr(one) for one in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
_PICTURES = (range(0x2190, 0x2C00), range(0x1F000, 0x20000), range(0xE0020, 0xE0080))

_own = threading.local()


class MissingGlyph(Exception):
    """No font of ours has these characters, so the certificate would not say what it should."""

    def __init__(self, characters: set[str]) -> None:
        self.characters = characters
        named = ", ".join(f"{one} (U+{ord(one):04X})" for one in sorted(characters))
        super().__init__(f"No font has {named}.")


def unprintable(text: str) -> set[str]:
    """The characters of a text that cannot be printed on a certificate; empty if all can."""
    return {one for one in text if not (one.isspace() or one in _UNSEEN or _covered(ord(one)))}


def missing(content: Mapping[str, Any]) -> set[str]:
    """The characters for which `render` would refuse this content; empty if it prints."""
    return unprintable("".join(set().union(*_texts(_printed(content)))))


def render(
    content: Mapping[str, Any],
    seals: Mapping[str, bytes] = NO_SEALS,
    *,
    address: str | None = None,
) -> bytes:
    """A certificate from its frozen content, in `zh`, `en` or `both`.

    The content is a JSON object, all keys present, None where nothing is to be said::

        number, issued_on (ISO day), language, total_minutes, verify_url, handler,
        national_system: entered | partly | not_entered
        person: name, document (already masked), volunteer_number
        period: first, last (ISO days)
        issuer: name_zh, name_en, credit_code, contact
        groups: name_zh, name_en, credit_code, total_minutes, lines
            lines: date (ISO day), activity, place, content, minutes, organiser, in_charge,
                   source: attendance | leader | sheet | hand | imported |
                   automatic | proposed

    Newer contents have more keys, and those that were frozen before are printed without them:
    `verified_minutes` of the whole and of a group, `verified` and `national` (none | sent |
    accepted | refused) of a line, `seal` (digest) of a group, `kind` (training: a certificate of
    attendance, with one line). `seals` are the pictures by digest; one that is not there is an
    error, since the same content must give the same bytes.
    The code leads to the `address`, or to `verify_url`. Other keys are not printed. Raises
    MissingGlyph; pictures in free text print as 〓 instead.
    """
    if lacking := missing(content):
        raise MissingGlyph(lacking)
    return compiled(
        ATTENDANCE if content.get("kind") == "training" else TEMPLATE,
        {
            "content": json.dumps(_printed(content), ensure_ascii=False, sort_keys=True),
            "qr": _qr(address or content["verify_url"]),
            "seals": json.dumps(_drawn(content, seals), sort_keys=True),
        },
        issued_on=content["issued_on"],
    )


def compiled(template: Path, inputs: Mapping[str, str], *, issued_on: str) -> bytes:
    """A template of ours with these texts as a PDF/A-2a with tags; made on an ISO day.

    The template has a function `paper`, which a main text calls with them. As `sys.inputs` they
    would be part of whatever typst remembers, and nothing would be found there for the next paper.
    """
    given = ", ".join(f"{name}: {_quoted(text)}" for name, text in inputs.items())
    main = f'#import "/{template.name}": paper\n#paper(({given}))\n'
    answer = _compiler(template).compile(
        input=main.encode(),
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.fromisoformat(issued_on).replace(tzinfo=UTC),
    )
    if not isinstance(answer, bytes):
        message = "The compiler gave no single file."
        raise TypeError(message)
    return answer


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _compiler(template: Path) -> typst.Compiler:
    """One a thread and template: none can be entered twice at a time. The fonts are shared."""
    if not hasattr(_own, "compilers"):
        _own.compilers = {}
    kept: dict[Path, typst.Compiler] = _own.compilers
    if template not in kept:
        kept[template] = typst.Compiler(root=template.parent, font_paths=_fonts())
    return kept[template]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _ranges() -> tuple[list[int], list[int]]:
    lines = (FONTS / "coverage.txt").read_text().split()
    pairs = [line.split("-") for line in lines]
    return [int(first, 16) for first, _ in pairs], [int(last, 16) for _, last in pairs]


def _covered(character: int) -> bool:
    firsts, lasts = _ranges()
    place = bisect_right(firsts, character) - 1
    return place >= 0 and character <= lasts[place]


def _printed(content: Mapping[str, Any]) -> dict[str, Any]:
    groups = [
        group | {"lines": [_line(line) for line in group["lines"]]} for group in content["groups"]
    ]
    for group in groups:
        verified = (line["minutes"] for line in group["lines"] if line["verified"])
        group.setdefault("verified_minutes", sum(verified))
    verified = sum(group["verified_minutes"] for group in groups)
    return {"verified_minutes": verified, **content, "groups": groups}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    verified = {"verified": line["source"] in _VERIFIED}
    return verified | {
        key: _without_pictures(value) if key in _FREE_TEXT else value for key, value in line.items()
    }


def _without_pictures(text: str) -> str:
    return "".join(GETA if _is_lost_picture(one) else one for one in text if one not in _UNSEEN)


def _is_lost_picture(character: str) -> bool:
    return bool(unprintable(character)) and any(ord(character) in one for one in _PICTURES)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _drawn(content: Mapping[str, Any], seals: Mapping[str, bytes]) -> dict[str, str]:
    """The seals that a content carries, each as an SVG text that holds the picture."""
    carried = {seal["digest"] for group in content["groups"] if (seal := group.get("seal"))}
    if missing_ := carried - seals.keys():
        message = f"The picture of a seal is gone: {sorted(missing_)}"
        raise RuntimeError(message)
    return {digest: _as_svg(seals[digest]) for digest in sorted(carried)}


def _as_svg(picture: bytes) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'viewBox="0 0 100 100" width="100" height="100"><image width="100" height="100" '
        f'xlink:href="data:image/png;base64,{base64.b64encode(picture).decode()}"/></svg>'
    )


def _qr(address: str) -> str:
    """The address as a QR code of level M, in an SVG text; a larger one if it must be.

    Its last part may be a signed summary in capital letters, for which a QR code has a mode of its
    own that takes two thirds of the room.
    """
    place, _, last = address.rpartition("/")
    try:
        code = segno.make_qr(
            address, error="m", version=QR_VERSION, mask=QR_MASK, boost_error=False
        )
    except segno.DataOverflowError:
        parts: Any = [f"{place}/", last]
        code = segno.make_qr(parts, error="m", mask=QR_MASK, boost_error=False)
    picture = io.BytesIO()
    code.save(picture, kind="svg", border=4, svgns=True, xmldecl=False, nl=False)
    return picture.getvalue().decode()

"""Pictures without what a camera wrote beside them, and without what follows their end.

Read by their parts and never unpacked: a small file of very many pixels costs nothing.
"""

from __future__ import annotations

import struct
import zlib

JPEG, PNG = "image/jpeg", "image/png"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What a PNG needs to look as it does; texts, moments and EXIF are no part of it.
_SHOWN = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
    b"bKGD", b"pHYs",
}  # fmt: skip
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_TURNED = 0x0112  # the tag of EXIF that says which side is up
_SHORT = 3


class Broken(Exception):
    """The file is no picture of its kind."""


def bare(content: bytes, media_type: str) -> bytes:
    """The picture itself: upright as before, and nothing of where, when and with what."""
    try:
        return {JPEG: _jpeg, PNG: _png}[media_type](content)
    except (struct.error, IndexError) as error:
        raise Broken from error


def _png(content: bytes) -> bytes:
    kept, at = [_SIGNATURE], len(_SIGNATURE)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        part = content[at : at + 12 + length]
        if len(part) < 12 + length or struct.unpack(">I", part[-4:])[0] != zlib.crc32(part[4:-4]):
            raise Broken
        if (len(kept) == 1) != (kind == b"IHDR"):
            raise Broken
        if kind in _SHOWN:
            kept.append(part)
        at += len(part)
        if kind == b"IEND":
            return b"".join(kept)


def _jpeg(content: bytes) -> bytes:
    kept, at, scanned = [content[:2]], 2, False
    while True:
        if content[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise Broken
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - filling
            at += 1
            continue
        if marker == _END:
            if not scanned:
                raise Broken
            return b"".join([*kept, b"\xff\xd9"])
        if marker in _ALONE:
            kept.append(content[at : at + 2])
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        part = content[at : at + 2 + length]
        if marker == _START or length < 2 or len(part) < 2 + length:  # noqa: PLR2004 - its own
            raise Broken
        kept.append(_wanted(marker, part))
        at += len(part)
        if marker == _SCAN:
            scanned, end = True, _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the pixels end: at the next marker that does not belong among them."""
    while True:
        at = content.index(b"\xff", at) if b"\xff" in content[at:] else len(content)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:  # noqa: PLR2004 - markers
            return at
        at += 2


def _wanted(marker: int, part: bytes) -> bytes:
    """A part as it is kept: of what applications write, what the eye needs."""
    if marker == _COMMENT:
        return b""
    if not 0xE0 <= marker <= 0xEF:  # noqa: PLR2004 - APP0 to APP15
        return part
    body = part[4:]
    if body.startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")):
        return part
    if body.startswith(b"Exif\0\0") and (side := _side(body[6:])) > 1:
        return _exif(side)
    return b""


def _side(tiff: bytes) -> int:
    """Which side is up, of 1 to 8; 1 when it says nothing that can be read."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (number,) = struct.unpack_from(f"{order}H", tiff, first)
        for each in range(min(number, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * each)
            if tag == _TURNED and kind == _SHORT:
                return value if 1 <= value <= 8 else 1  # noqa: PLR2004 - eight ways to lie
    except (KeyError, struct.error):
        pass
    return 1


def _exif(side: int) -> bytes:
    """EXIF that tells this and nothing else."""
    tiff = b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", _TURNED, _SHORT, 1, side, 0) + bytes(4)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body

"""Photographs: made small in memory, their traces taken away, removed with the consent."""

from __future__ import annotations

import struct
import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from talent import files
from talent.audit import Act
from talent.errors import Refused
from talent.files import FileTrouble
from talent.people.history import service as history
from talent.people.portraits import service as portraits
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.files import StoredFile
    from talent.people.models import Person

LARGEST_UPLOAD = 8 * 1024 * 1024  # bytes: what a phone's camera makes
LARGEST_KEPT = 20 * 1024  # bytes
MOST_PIXELS = {"JPEG": 25_000_000, "PNG": 12_000_000, "WEBP": 12_000_000}
LEAST_MOST = 12_000_000  # of a format that has no number of its own
SIDES = (320, 256, 192, 128)  # pixels, the first that is small enough
QUALITIES = (85, 75, 60, 45)
_FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/webp"


class NoPhotograph(Word):
    """Why a picture is not kept."""

    UNREADABLE = "unreadable", N_("Only JPEG, PNG and WebP pictures are taken.")
    TOO_MANY_PIXELS = "pixels", N_("The picture has too many pixels. Take a smaller one.")
    TOO_SMALL = "too_small", N_("The picture is too small: at least %(least)s pixels each way.")
    NOT_ASKED = "not_asked", N_("This office does not keep photographs.")


LEAST_PIXELS = 64


def small(content: bytes) -> bytes:
    """The picture upright, square, at most 20 kB, with nothing but its pixels; or `Refused`."""
    if not content:
        raise Refused([FileTrouble.EMPTY])
    if len(content) > LARGEST_UPLOAD:
        facts = {"megabytes": LARGEST_UPLOAD // 1024 // 1024}
        raise Refused([Because(FileTrouble.TOO_LARGE, facts)])
    picture = _opened(content)
    for side in SIDES:
        fitted = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.4))
        for quality in QUALITIES:
            written = BytesIO()
            fitted.save(written, "WEBP", quality=quality, method=4)
            if written.tell() <= LARGEST_KEPT:
                return written.getvalue()
    raise Refused([NoPhotograph.TOO_MANY_PIXELS])  # no picture of 128 pixels is as large as that


def keep(person: Person, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Keep a picture instead of the one that was there. The caller has the consent."""
    made = small(content)
    name = f"{person.volunteer_no}.webp"
    file = files.keep(name, made, media_type=MEDIA_TYPE, actor=actor, now=now)
    portraits.drop(person)
    person.photo_id = file.id
    told = {"photograph": (None, N_("kept"))}
    history.keep(Act.PHOTOGRAPH_KEPT, person, told, actor=actor, now=now)
    return file


def _opened(content: bytes) -> Image.Image:
    """The picture as its pixels, turned as the camera says, on white where it was clear."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(BytesIO(content), formats=_FORMATS)
            width, height = picture.size  # from the head, before a pixel is read
            if width * height > MOST_PIXELS.get(picture.format or "", LEAST_MOST):
                raise Refused([NoPhotograph.TOO_MANY_PIXELS])
            if min(width, height) < LEAST_PIXELS:
                raise Refused([Because(NoPhotograph.TOO_SMALL, {"least": LEAST_PIXELS})])
            if isinstance(picture, JpegImageFile):
                picture.draft("RGB", (SIDES[0] * 4, SIDES[0] * 4))  # it is read smaller at once
            if picture.mode not in {"L", "RGB", "RGBA"}:
                picture = ImageOps.exif_transpose(picture).convert("RGBA")
            picture.thumbnail((SIDES[0] * 4, SIDES[0] * 4))
            clear = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused([NoPhotograph.TOO_MANY_PIXELS]) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise Refused([NoPhotograph.UNREADABLE]) from None
    flat = Image.new("RGB", clear.size, "white")
    flat.paste(clear, mask=clear.getchannel("A"))
    return flat

"""Seals: an office's picture is read, bounded and kept; a certificate names the file it carries."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit, files
from talent.audit import Act
from talent.certificates.seals.models import Seal
from talent.db import db, locked
from talent.errors import Refused
from talent.files import StoredFile
from talent.offices.models import Office
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from talent.access import Actor

LARGEST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000  # a photograph; more takes half a gigabyte to open, and is not opened
LEAST_SIDE, SIDE = 120, 480  # pixels; 42 mm on paper at 290 dots an inch
FORMATS = ("PNG", "JPEG")


class Unsealed(Word):
    """Why a picture is not taken."""

    EMPTY = "empty", N_("Choose a picture.")
    TOO_LARGE = "too_large", N_("The picture is larger than %(megabytes)s MB.")
    NO_PICTURE = "no_picture", N_("This is not a PNG or JPEG picture that can be read.")
    TOO_SMALL = "too_small", N_("The picture must be at least %(side)s pixels wide and high.")


def current(offices: Iterable[int]) -> dict[int, Seal]:
    """The seals that these offices have now, by office."""
    query = select(Seal).where(Seal.office_id.in_(list(offices)), Seal.ended_at.is_(None))
    return {
        seal.office_id: seal
        for seal in db.session.scalars(query.options(joinedload(Seal.file)).order_by(Seal.id))
    }


def carried(offices: Collection[int], *, by_office: bool) -> dict[int, dict[str, Any]]:
    """What a certificate keeps of its units' seals, by unit: the file, and the digest of it.

    A volunteer's own export carries the seal of an office only if the office said so.
    """
    return {
        office_id: {"file": seal.file_id, "digest": seal.file.digest}
        for office_id, seal in (current(offices) if offices else {}).items()
        if by_office or seal.own_exports
    }


def pictures(contents: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """The pictures that these contents carry, by their digest; one query for all."""
    wanted = {
        seal["file"]: seal["digest"]
        for content in contents
        for group in content["groups"]
        if (seal := group.get("seal"))
    }
    if not wanted:
        return {}
    query = select(StoredFile.id, StoredFile.content).where(StoredFile.id.in_(wanted))
    return {
        wanted[number]: picture
        for number, picture in db.session.execute(query)
        if hashlib.sha256(picture).hexdigest() == wanted[number]
    }


def put(office: Office, picture: bytes, *, own_exports: bool, actor: Actor, now: datetime) -> Seal:
    """From now on certificates carry this seal; those that are issued keep theirs."""
    drawn = bounded(picture)
    locked(Office, office.id)
    _end(office, now)
    name = f"seal-{office.id}.png"
    file = files.keep(name, drawn, media_type="image/png", actor=actor, now=now)
    seal = Seal(
        office_id=office.id, file=file, own_exports=own_exports,
        made_by=actor.account_id, made_at=now,
    )  # fmt: skip
    db.session.add(seal)
    db.session.flush()
    audit.record(
        Act.SEAL_CHANGED, office, actor=actor, now=now, office_id=office.id, digest=file.digest
    )
    return seal


def take_away(office: Office, *, actor: Actor, now: datetime) -> None:
    """From now on certificates leave an empty box for the seal."""
    locked(Office, office.id)
    if _end(office, now):
        audit.record(Act.SEAL_CHANGED, office, actor=actor, now=now, office_id=office.id)


def _end(office: Office, now: datetime) -> bool:
    seals = current([office.id])
    for seal in seals.values():
        seal.ended_at = now
    return bool(seals)


def bounded(picture: bytes) -> bytes:
    """A PNG of at most so many pixels, drawn anew, in which white paper is transparent.

    Nothing of the file that came is kept but its pixels.
    """
    if not picture:
        raise Refused([Unsealed.EMPTY])
    if len(picture) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // 1024 // 1024
        raise Refused([Because(Unsealed.TOO_LARGE, {"megabytes": megabytes})])
    drawn = _read(picture)
    if min(drawn.size) < LEAST_SIDE:
        raise Refused([Because(Unsealed.TOO_SMALL, {"side": LEAST_SIDE})])
    drawn.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    if drawn.getchannel("A").getextrema()[0] == 255:  # noqa: PLR2004 - no pixel is transparent
        drawn.putalpha(_ink(drawn))
    out = io.BytesIO()
    drawn.quantize(64, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _read(picture: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Refused([Unsealed.NO_PICTURE])
                return opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning) as error:
        raise Refused([Unsealed.NO_PICTURE]) from error
    except (OSError, ValueError, SyntaxError) as error:  # cut short, or not what it says
        raise Refused([Unsealed.NO_PICTURE]) from error


def _ink(drawn: Image.Image) -> Image.Image:
    """How much ink lies on the paper: the darkest channel says it, also for red."""
    red, green, blue = drawn.convert("RGB").split()
    darkest = ImageChops.darker(red, ImageChops.darker(green, blue))
    return darkest.point([min(255, max(0, (235 - level) * 3)) for level in range(256)])

"""Files that people hand in, kept in the database: one thing to back up, on any machine."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary, String, delete, or_, select
from sqlalchemy.orm import Mapped, deferred, mapped_column

from talent import pictures
from talent.db import Model, db
from talent.errors import NotFound, Refused
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.seal import seal, unseal

if TYPE_CHECKING:
    from talent.access import Actor

LARGEST_BYTES = 5 * 1024 * 1024
_EVIDENCE = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


class FileTrouble(Word):
    """Why a file is not taken."""

    TOO_LARGE = "too_large", N_("The file is larger than %(megabytes)s MB.")
    WRONG_KIND = "wrong_kind", N_("Only PDF, PNG and JPEG files are taken as evidence.")
    EMPTY = "empty", N_("The file is empty.")
    BROKEN = "broken", N_("The picture is damaged. Take or scan it again.")


class StoredFile(Model):
    """The bytes that were checked, the name as it was typed, and who handed them in."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    account_id: Mapped[int | None]
    at: Mapped[datetime]


def plain_name(name: str) -> str:
    """The name without folders and without what stands in no line; its end says of what kind."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-200:] or "file"


def keep(name: str, content: bytes, *, media_type: str, actor: Actor, now: datetime) -> StoredFile:
    """Store bytes that the caller has checked."""
    file = StoredFile(
        name=plain_name(name),
        media_type=media_type,
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        account_id=actor.account_id,
        at=now,
    )
    db.session.add(file)
    db.session.flush()
    return file


def keep_sealed(
    name: str, content: bytes, *, media_type: str, actor: Actor, now: datetime
) -> StoredFile:
    """Store what is full of people, so that a dump does not tell of them."""
    sealed = seal(base64.b64encode(content).decode()).encode()
    return keep(name, sealed, media_type=media_type, actor=actor, now=now)


def unsealed(file: StoredFile) -> bytes:
    """The bytes of a sealed file, as they were handed in."""
    return base64.b64decode(unseal(file.content.decode()))


def handed_in(file_id: int, media_type: str, *, actor: Actor) -> StoredFile:
    """A file of a kind that this account handed in, or `NotFound`."""
    query = select(StoredFile).where(
        StoredFile.id == file_id,
        StoredFile.account_id == actor.account_id,
        StoredFile.media_type == media_type,
    )
    if (file := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return file


def forget(media_type: str, *, before: datetime, actor: Actor | None = None) -> int:
    """Delete what of a kind was looked at and not taken: the older ones, and all of an account."""
    old = [StoredFile.at < before]
    if actor is not None:
        old.append(StoredFile.account_id == actor.account_id)
    gone = delete(StoredFile).where(StoredFile.media_type == media_type, or_(*old))
    return len(db.session.scalars(gone.returning(StoredFile.id)).all())


def keep_evidence(name: str, content: bytes, *, actor: Actor, now: datetime) -> StoredFile:
    """Store a PDF or a picture; what it is, its first bytes say, not its name."""
    if not content:
        raise Refused([FileTrouble.EMPTY])
    if len(content) > LARGEST_BYTES:
        facts = {"megabytes": LARGEST_BYTES // 1024 // 1024}
        raise Refused([Because(FileTrouble.TOO_LARGE, facts)])
    for magic, media_type in _EVIDENCE.items():
        if content.startswith(magic):
            return keep(
                name, _bare(content, media_type), media_type=media_type, actor=actor, now=now
            )
    raise Refused([FileTrouble.WRONG_KIND])


def _bare(content: bytes, media_type: str) -> bytes:
    """A picture does not tell where its taker stood; a PDF stays as it came, to the byte."""
    if media_type == "application/pdf":
        return content
    try:
        return pictures.bare(content, media_type)
    except pictures.Broken:
        raise Refused([FileTrouble.BROKEN]) from None

"""Printing a batch: in parts that are kept for a while, each printed once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import contains_eager

from talent import files
from talent.access import SYSTEM
from talent.certificates import archive, paper
from talent.certificates import content as contents
from talent.certificates import service as certificates
from talent.certificates.archive import Printed
from talent.certificates.batches import service as batches
from talent.certificates.batches.models import (
    BatchMember,
    BatchPart,
    BatchState,
    CertificateBatch,
    MemberState,
)
from talent.certificates.models import CertificateStatus
from talent.db import db, locked
from talent.errors import Refused
from talent.files import StoredFile
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor

KEPT = timedelta(days=30)  # printed files; the certificates themselves stay
log = logging.getLogger("talent")


class NotPrinted(Word):
    """Why printed files are not given."""

    NOT_READY = "not_ready", N_("The certificates are not printed yet.")
    FORGOTTEN = "forgotten", N_("The printed files are not kept any more. They can be made anew.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A certificate that waits for being printed."""

    member_id: int
    name: str
    content: Mapping[str, Any]
    intact: bool  # it says what was issued


def next_sheets(batch_id: int) -> tuple[int, list[Sheet], dict[str, bytes]]:
    """The number of the next part, what is to be printed for it, and the seals on it."""
    query = (
        select(BatchMember)
        .join(BatchMember.certificate)
        .where(BatchMember.batch_id == batch_id, BatchMember.state == MemberState.ISSUED)
        .options(contains_eager(BatchMember.certificate))
        .order_by(BatchMember.place)
        .limit(batches.PIECE)
    )
    sheets = []
    for member in db.session.scalars(query):
        if (certificate := member.certificate) is not None:
            content = certificate.content
            name = archive.file_name(content["person"]["name"], certificate.number)
            intact = contents.digest(content) == certificate.digest
            sheets.append(Sheet(member.id, name, content, intact))
    parts = select(BatchPart.number).where(BatchPart.batch_id == batch_id)
    last = db.session.scalar(parts.order_by(BatchPart.number.desc()).limit(1)) or 0
    return last + 1, sheets, paper.load([sheet.content for sheet in sheets if sheet.intact])


def printed(sheets: Sequence[Sheet], pictures: Mapping[str, bytes]) -> dict[int, Printed]:
    """The PDF of each that can be printed, by its place in the batch. None stops the rest."""
    made = {}
    for sheet in sheets:
        if not sheet.intact:
            log.error("certificate %s was changed after it was issued", sheet.content["number"])
            continue
        try:
            made[sheet.member_id] = Printed(sheet.name, paper.printed(sheet.content, pictures))
        except OperationalError:
            raise
        except Exception:
            log.exception("certificate %s cannot be printed", sheet.content["number"])
    return made


def keep(
    batch_id: int,
    number: int,
    sheets: Sequence[Sheet],
    made: Mapping[int, Printed],
    now: datetime,
) -> bool:
    """Keep a part, unless another worker did so meanwhile; whether the batch is still wanted."""
    batch = locked(CertificateBatch, batch_id)
    if batch.state is not BatchState.PRINTING:
        return False
    there = select(BatchPart.id).where(BatchPart.batch_id == batch_id, BatchPart.number == number)
    if db.session.scalar(there):
        return True
    batch.seen_at = now
    body = archive.packed(made.values(), batch.issued_on or now.date())
    name = f"certificates-{batch_id}-{number}.zip"
    file = files.keep(name, body, media_type="application/zip", actor=SYSTEM, now=now)
    part = BatchPart(batch_id=batch_id, number=number, file_id=file.id, printed_at=now)
    db.session.add(part)
    db.session.flush()
    for sheet in sheets:
        state = MemberState.PRINTED if sheet.member_id in made else MemberState.UNPRINTED
        db.session.execute(
            update(BatchMember)
            .where(BatchMember.id == sheet.member_id)
            .values(part_id=part.id, state=state)
        )
    return True


def finish(batch_id: int, now: datetime) -> None:
    """Everything is printed."""
    batch = locked(CertificateBatch, batch_id)
    if batch.state is BatchState.PRINTING:
        batch.state, batch.finished_at = BatchState.READY, now


def fail(batch_id: int, now: datetime) -> None:
    """It cannot go on, for a reason that the log knows."""
    batch = locked(CertificateBatch, batch_id)
    if batch.busy:
        batch.state, batch.finished_at = BatchState.FAILED, now


def again(batch: CertificateBatch) -> None:
    """Print what was forgotten, or go on with what was cancelled or stopped."""
    batch = locked(CertificateBatch, batch.id)
    if batch.state is BatchState.FORGOTTEN:
        batch.state = BatchState.PRINTING
    elif batch.state in {BatchState.CANCELLED, BatchState.FAILED}:
        batch.state = BatchState.WAITING
    batch.seen_at = None


def forget(now: datetime) -> int:
    """Forget the printed files of batches that were ready long enough; how many."""
    query = select(CertificateBatch.id).where(
        CertificateBatch.state == BatchState.READY, CertificateBatch.finished_at < now - KEPT
    )
    old = db.session.scalars(query.order_by(CertificateBatch.id)).all()
    for batch_id in old:
        batch = locked(CertificateBatch, batch_id)
        db.session.execute(
            update(BatchMember)
            .where(BatchMember.batch_id == batch_id, BatchMember.part_id.is_not(None))
            .values(part_id=None, state=MemberState.ISSUED)
        )
        parts = select(BatchPart.file_id).where(BatchPart.batch_id == batch_id)
        kept = db.session.scalars(parts).all()
        db.session.execute(delete(BatchPart).where(BatchPart.batch_id == batch_id))
        db.session.execute(delete(StoredFile).where(StoredFile.id.in_(kept)))
        batch.state = BatchState.FORGOTTEN
    return len(old)


def volumes(batch: CertificateBatch) -> int:
    """Into how many PDFs its certificates are joined for the printer."""
    parts = select(BatchPart.number).where(BatchPart.batch_id == batch.id)
    last = db.session.scalar(parts.order_by(BatchPart.number.desc()).limit(1)) or 0
    return -(-last // _PARTS)


_PARTS = archive.JOINED_AT_MOST // batches.PIECE


def parts_of(batch: CertificateBatch, *, volume: int | None = None) -> Sequence[int]:
    """The parts of a batch, or of one volume of it, in their order."""
    first, last = (0, None) if volume is None else (_PARTS * (volume - 1), _PARTS * volume)
    query = select(BatchPart.id).where(BatchPart.batch_id == batch.id, BatchPart.number > first)
    if last is not None:
        query = query.where(BatchPart.number <= last)
    return db.session.scalars(query.order_by(BatchPart.number)).all()


def given(part_id: int, actor: Actor) -> list[Printed]:
    """The certificates of a part that are still valid and the actor's to issue, in their order."""
    part = db.session.get_one(BatchPart, part_id)
    batch = batches.own_batch(actor, part.batch_id)
    query = select(StoredFile.content).where(StoredFile.id == part.file_id)
    return archive.unpacked(db.session.scalars(query).one(), _names_of(batch, part_id, actor))


def _names_of(batch: CertificateBatch, part_id: int, actor: Actor) -> set[str]:
    members = batches.members_of(batch, actor, BatchMember.part_id == part_id)
    found = [member.certificate for member in members if member.certificate]
    standings = certificates.standings(found)
    return {
        archive.file_name(one.content["person"]["name"], one.number)
        for one in found
        if standings[one.id].status is CertificateStatus.VALID
    }


def unprinted(batch: CertificateBatch, actor: Actor) -> list[str]:
    """The names of the files that could not be printed."""
    unable = BatchMember.state == MemberState.UNPRINTED
    return [
        archive.file_name(member.certificate.content["person"]["name"], member.certificate.number)
        for member in batches.members_of(batch, actor, unable)
        if member.certificate
    ]


def check(batch: CertificateBatch) -> None:
    """Refuse what is not there to be given."""
    if batch.state is BatchState.FORGOTTEN:
        raise Refused([NotPrinted.FORGOTTEN])
    if batch.state is not BatchState.READY:
        raise Refused([NotPrinted.NOT_READY])

"""The chain over the audit trail: acts are linked after their commit, and every link is checked.

No act waits for the chain. Which acts are to be linked says the absence of a link, never a number
that was reached: ids have gaps, and a slow transaction commits a smaller id later than others a
greater one. So a place in the chain has a number of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, Text, func, insert, select, type_coerce

from talent.audit import AuditEntry
from talent.auditing.models import AuditChain, AuditLink, AuditProof
from talent.db import db, upserting
from talent.rules import chain
from talent.rules.reason import N_, Because, packed
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from talent.rules.reason import Fact

ONE = 1  # the chain's only row
PIECE = 1000  # acts that one transaction links
AT_ONCE = 5000  # links in memory while the chain is checked
SETTLES = timedelta(seconds=60)  # so long nearly every act is on its way from its id to its commit
LONGEST = timedelta(hours=1)  # and no act longer than this
MOST = 20  # acts that are named: of more, the first say enough
_ACT = ("id", "at", "account_id", "act", "office_id", "subject", "facts")


class Broken(Word):
    """What is wrong with the chain."""

    CHANGED = "changed", N_("Act %(entry)s (place %(place)s) is not what was written.")
    REMOVED = "removed", N_("Act %(entry)s (place %(place)s) was removed.")
    MISSING = "missing", N_("Place %(place)s is missing: its act was taken out of the chain.")
    LINK = "link", N_("The link of act %(entry)s (place %(place)s) is not what was written.")
    BEFORE = (
        "before",
        N_(
            "Act %(entry)s (place %(place)s) does not follow what stands before it:"
            " something there was changed together with its link, taken out or put in.",
        ),
    )
    SHORT = "short", N_("The end was cut off: %(found)s places are there, %(written)s were linked.")
    LONG = "long", N_("Something was hung on: %(found)s places are there, %(written)s were linked.")
    OTHER_END = "other_end", N_("The last place is not the one that was linked last.")
    PUT_IN = (
        "put_in",
        N_("Act %(entry)s was put in: the acts written after it are linked since over an hour."),
    )
    FORGOTTEN = (
        "forgotten",
        N_("The chain does not hold the end that was noted: place %(place)s with %(digest)s."),
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: whoever keeps it elsewhere can hold the trail to it."""

    length: int
    digest: str

    def __str__(self) -> str:
        return f"{self.length}:{self.digest}"


def head() -> Head:
    """How many acts are linked, and the digest of all of them."""
    kept = select(AuditChain.length, AuditChain.digest).where(AuditChain.id == ONE)
    return Head(*(db.session.execute(kept).one_or_none() or (0, chain.BEGINNING)))


def link_piece(now: datetime, after: int = 0) -> tuple[int, int]:
    """Link acts that are settled, in the order of their ids; how many, and the last one's id.

    `after` is the last id of the piece before, in the same run. Another worker that links just now
    is left alone.
    """
    if (kept := _held(now)) is None or abs(now - kept.seen_at) < SETTLES:
        return 0, after
    acts = db.session.execute(_unlinked(max(after, kept.floor_id), kept.seen_id, PIECE)).all()
    rows = []
    for act in acts:
        said = _said(act)
        kept.length += 1
        kept.digest = _digest(kept.digest, kept.length, act.id, said, now)
        rows.append(
            {
                "id": kept.length, "entry_id": act.id, "said": said,
                "digest": kept.digest, "linked_at": now,
            }
        )  # fmt: skip
    if rows:
        db.session.execute(insert(AuditLink), rows)
    if len(rows) < PIECE:
        _look_again(kept, now)
    return len(rows), rows[-1]["entry_id"] if rows else after


def _held(now: datetime) -> AuditChain | None:
    """The chain's row, held; None while another worker holds it."""
    query = select(AuditChain).where(AuditChain.id == ONE)
    query = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    if found := db.session.scalars(query).one_or_none():
        return found
    first = upserting(AuditChain).values(
        id=ONE, length=0, digest=chain.BEGINNING, seen_id=_last_id(), seen_at=now,
        floor_id=0, next_floor_id=0, next_floor_at=now,
    )  # fmt: skip
    db.session.execute(first.on_conflict_do_nothing())
    return db.session.scalars(query).one_or_none()


def _look_again(kept: AuditChain, now: datetime) -> None:
    """All that is settled is linked: note what is there now, to be linked when it has settled."""
    if abs(now - kept.next_floor_at) >= LONGEST:
        kept.floor_id = kept.next_floor_id
        kept.next_floor_id, kept.next_floor_at = kept.seen_id, now
    kept.seen_id, kept.seen_at = _last_id(), now


def _last_id() -> int:
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def _unlinked(after: int, until: int, most: int) -> Any:
    """Acts without a link, by their ids."""
    return (
        select(*_columns())
        .outerjoin(AuditLink, AuditLink.entry_id == AuditEntry.id)
        .where(AuditLink.id.is_(None), AuditEntry.id > after, AuditEntry.id <= until)
        .order_by(AuditEntry.id)
        .limit(most)
    )


def _columns() -> list[Any]:
    """An act as it is stored: a word that this code does not know is a word all the same."""
    raw = {"act": String, "facts": Text}
    return [
        type_coerce(column, raw[name]).label(name) if name in raw else column.label(name)
        for name, column in ((name, getattr(AuditEntry, name)) for name in _ACT)
    ]


def _said(act: Any) -> str:
    """The digest of all that an act says."""
    facts: dict[str, Fact | None] = {name: getattr(act, name) for name in _ACT}
    kept = facts["facts"]
    said = json.loads(kept) if isinstance(kept, str) else kept  # a driver may have read it
    facts["facts"] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return chain.digest(chain.BEGINNING, facts)


def _digest(before: str, place: int, entry_id: int, said: str, at: datetime) -> str:
    facts: dict[str, Fact | None] = {"place": place, "entry": entry_id, "said": said, "at": at}
    return chain.digest(before, facts)


def breaks(noted: Head | None = None) -> list[Because]:
    """What is wrong with the chain; an empty list is the proof.

    The end is read in one statement, so that what is linked meanwhile does not disturb. After the
    first break of the chain nothing can be said of what follows.
    """
    last = select(func.max(AuditLink.id)).scalar_subquery()
    query = select(AuditChain.length, AuditChain.digest, AuditChain.floor_id, last)
    written = db.session.execute(query.where(AuditChain.id == ONE)).one_or_none()
    found = db.session.scalar(select(last))
    length, end, floor, found = written or (0, chain.BEGINNING, 0, found)
    ends = {proof.length: proof.digest for proof in _proofs()}
    ends |= {noted.length: noted.digest} if noted else {}
    faults = _walk(length, end, ends, found or 0)
    unlinked = db.session.execute(_unlinked(0, floor, MOST)).all()
    return faults + [Because(Broken.PUT_IN, {"entry": act.id}) for act in unlinked]


def _walk(length: int, end: str, ends: dict[int, str], found: int) -> list[Because]:
    """The first break on the way from the beginning to the end; noted ends that are not met."""
    before = chain.BEGINNING
    forgotten = [
        Because(Broken.FORGOTTEN, {"place": at, "digest": digest})
        for at, digest in sorted(ends.items())
        if at > length or (at == 0 and digest != chain.BEGINNING)
    ]
    for place, link in enumerate(_links(length), 1):
        if link.place != place:
            return [Because(Broken.MISSING, {"place": place}), *forgotten]
        if fault := _fault(link, before):
            return [Because(fault, {"place": place, "entry": link.entry_id}), *forgotten]
        before = link.digest
        if ends.get(place, before) != before:
            forgotten.append(Because(Broken.FORGOTTEN, {"place": place, "digest": ends[place]}))
    if found != length:
        why = Broken.SHORT if found < length else Broken.LONG
        return [Because(why, {"found": found, "written": length}), *forgotten]
    return [*([] if before == end else [Because(Broken.OTHER_END)]), *forgotten]


def _fault(link: Any, before: str) -> Broken | None:
    """What is wrong with one link, given the digest of all before it."""
    if link.id is None:
        return Broken.REMOVED
    said = _said(link)
    fits = link.digest == _digest(before, link.place, link.entry_id, link.said, link.linked_at)
    if said != link.said:
        real = _digest(before, link.place, link.entry_id, said, link.linked_at)
        return Broken.LINK if link.digest == real else Broken.CHANGED
    return None if fits else Broken.BEFORE


def _links(length: int) -> Iterator[Any]:
    """The links with their acts, in the order of their places, some thousands at a time."""
    query = (
        select(
            AuditLink.id.label("place"), AuditLink.entry_id, AuditLink.said, AuditLink.digest,
            AuditLink.linked_at, *_columns(),
        )
        .outerjoin(AuditEntry, AuditEntry.id == AuditLink.entry_id)
        .order_by(AuditLink.id)
    )  # fmt: skip
    for first in range(0, length, AT_ONCE):
        last = min(first + AT_ONCE, length)
        yield from db.session.execute(query.where(AuditLink.id.between(first + 1, last))).all()


def _proofs() -> Sequence[AuditProof]:
    return db.session.scalars(select(AuditProof).order_by(AuditProof.id)).all()


def prove(now: datetime) -> AuditProof:
    """Check the chain and keep what was found, with its end."""
    faults, end = breaks(), head()
    proof = AuditProof(
        at=now,
        length=end.length,
        digest=end.digest,
        faults=[packed(fault) for fault in faults[:MOST]],
    )
    db.session.add(proof)
    return proof


def last_proof() -> AuditProof | None:
    """What the last check found."""
    return db.session.scalars(select(AuditProof).order_by(AuditProof.id.desc()).limit(1)).first()


def waits_since() -> datetime | None:
    """The moment of the oldest act that is not linked yet."""
    floor = select(AuditChain.floor_id).where(AuditChain.id == ONE)
    oldest = _unlinked(db.session.scalar(floor) or 0, _last_id(), 1)
    act = db.session.execute(oldest).one_or_none()
    return act.at if act else None


def link_of(entry_id: int) -> AuditLink | None:
    """The place of one act in the chain, if it has one."""
    query = select(AuditLink).where(AuditLink.entry_id == entry_id)
    return db.session.scalars(query).one_or_none()


def places_of(entry_ids: Sequence[int]) -> dict[int, int]:
    """The places of acts in the chain, of those that are linked."""
    query = select(AuditLink.entry_id, AuditLink.id).where(AuditLink.entry_id.in_(entry_ids))
    return {row.entry_id: row.id for row in db.session.execute(query)}

"""Batches: choose people, ask for their certificates in one act, see how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, literal, or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.access import Actor, Permission
from talent.accounts.models import Account
from talent.audit import Act
from talent.certificates.batches.models import (
    BatchMember,
    BatchState,
    CertificateBatch,
    MemberState,
)
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Unissued, Wish
from talent.certificates.models import Certificate, CertificateLanguage, CertificateLine
from talent.db import db, locked, take_first
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.models import Office
from talent.offices.service import seen, visible_office
from talent.people.models import Person, Tie
from talent.rules import certificates as law
from talent.rules import identity
from talent.rules.reason import N_, Because, packed, unpacked
from talent.rules.signup import SignupState
from talent.rules.words import Word
from talent.shifts.groups import service as groups
from talent.shifts.models import Project, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

LISTED = 200  # people with a box on one page
MOST = 20_000  # people in one batch
PIECE = 25  # certificates that are issued or printed in one transaction
PAGE = 50
LEASE = timedelta(minutes=2)  # a worker that was silent so long is dead


class Unchosen(Word):
    """Why nothing is issued for these people."""

    NOBODY = "nobody", N_("Choose at least one person.")
    TOO_MANY = "too_many", N_("At most %(most)s certificates are issued at once.")
    UNKNOWN = "unknown", N_("“%(text)s”: nobody whom your offices know has this number.")


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom one chooses from: an office with those below it, a shift, a project, or a group."""

    office_id: int | None = None
    shift_id: int | None = None
    project_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who of them is meant: by boxes, by numbers, or everybody, perhaps with hours alone."""

    ticked: Collection[int] | None = None
    numbers: Sequence[str] | None = None
    with_hours: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """People to choose from, what could be certified for each, and where the next page begins."""

    people: Sequence[Person]
    minutes: Mapping[int, int]
    after: str | None
    number: int  # on all pages


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a batch stand where."""

    of: Mapping[MemberState, int]

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.of.values())

    @property
    def issued(self) -> int:
        """Those with a certificate."""
        made = (MemberState.ISSUED, MemberState.PRINTED, MemberState.UNPRINTED)
        return sum(self.of.get(each, 0) for each in made)

    @property
    def printed(self) -> int:
        """Those whose PDF is there."""
        return self.of.get(MemberState.PRINTED, 0)

    @property
    def left_out(self) -> int:
        """Those who get none."""
        return self.of.get(MemberState.LEFT_OUT, 0)

    @property
    def percent(self) -> int:
        """Issuing and printing count the same."""
        waiting, issued = self.of.get(MemberState.WAITING, 0), self.of.get(MemberState.ISSUED, 0)
        steps = 2 * (self.number - self.left_out)
        return 100 * (steps - 2 * waiting - issued) // steps if steps else 100


def _people(actor: Actor, sought: Sought) -> tuple[ColumnElement[bool], str, str | None]:
    """Whom the actor chooses from, as a condition on `Person`, and what they are called.

    The name comes in Chinese, and in English where it has one: a group has not.
    """
    units = seen(actor, Permission.ISSUE_CERTIFICATES)
    if sought.group_id:
        group = groups.visible_group(actor, sought.group_id)
        known = exists().where(Tie.person_id == Person.id, Tie.office_id.in_(units))
        return Person.id.in_([m.person_id for m in group.members]) & known, group.name, None
    if sought.shift_id or sought.project_id:
        placed = (
            select(Signup.person_id)
            .join(Signup.shift)
            .join(Shift.project)
            .where(Project.office_id.in_(units), Signup.state == SignupState.CONFIRMED)
            .where(
                Signup.shift_id == sought.shift_id
                if sought.shift_id
                else Shift.project_id == sought.project_id
            )
        )
        return Person.id.in_(placed), *_project_names(sought)
    office = visible_office(actor, Permission.ISSUE_CERTIFICATES, sought.office_id or 0)
    below = units.where(Office.path.startswith(office.path, autoescape=True))
    tied = select(Tie.person_id).where(Tie.office_id.in_(below))
    return Person.id.in_(tied), office.name_zh, office.name_en


def _project_names(sought: Sought) -> tuple[str, str | None]:
    query = select(Project)
    if sought.shift_id:
        query = query.join(Shift, Shift.project_id == Project.id).where(Shift.id == sought.shift_id)
    else:
        query = query.where(Project.id == sought.project_id)
    project = db.session.scalars(query).one_or_none()
    return (project.name, project.name_en) if project else ("", None)


def candidates(actor: Actor, sought: Sought, *, after: str = "") -> Candidates:
    """A page of the people one may choose from."""
    condition, *_ = _people(actor, sought)
    query = select(Person).where(condition)
    number, _, key = after.partition(":")
    if number.isdecimal() and len(number) < 19:  # noqa: PLR2004 - no larger number is an id
        query = query.where(tuple_(Person.sort_key, Person.id) > tuple_(key, int(number)))
    query = query.order_by(Person.sort_key, Person.id).limit(LISTED + 1)
    people = db.session.scalars(query).all()
    last = people[LISTED - 1] if len(people) > LISTED else None
    units = seen(actor, Permission.ISSUE_CERTIFICATES)
    return Candidates(
        people[:LISTED],
        ledger.minutes(by=("person_id",), offices=units) if people else {},
        f"{last.id}:{last.sort_key}" if last else None,
        db.session.scalar(select(func.count()).select_from(Person).where(condition)) or 0,
    )


def ask(
    sought: Sought, chosen: Chosen, wish: Wish, by: Circumstances, once: str = ""
) -> CertificateBatch:
    """Ask for certificates. The worker makes them; nobody waits for them in a request."""
    act = issuing.act_of(once, by.actor.account_id, sought, chosen, wish) if once else None
    if act and (asked := _asked(act)):
        return asked
    if reasons := law.period_refusals(
        wish.first or wish.last or by.today, wish.last or by.today, today=by.today
    ):
        raise Refused(reasons)
    condition, name, name_en = _people(by.actor, sought)
    members = select(Person.id).where(condition, *_narrowed(chosen, wish, by, condition))
    number = db.session.scalar(select(func.count()).select_from(members.subquery())) or 0
    if not number:
        raise Refused([Unchosen.NOBODY])
    if number > MOST:
        raise Refused([Because(Unchosen.TOO_MANY, {"most": MOST})])
    batch = CertificateBatch(
        made_by=by.actor.account_id,
        made_at=by.now,
        once=act,
        chosen=name[:200],
        wish=_kept(wish) | {"chosen_en": name_en},
        issued_on=by.today,
        verify_at=by.verify_at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(batch)
            db.session.flush()
    except IntegrityError:  # the same form came twice at once
        if act and (asked := _asked(act)):
            return asked
        raise
    place = func.row_number().over(order_by=(Person.sort_key, Person.id))
    state = literal(MemberState.WAITING, BatchMember.__table__.c.state.type)
    rows = members.with_only_columns(literal(batch.id), Person.id, place, state)
    columns = ["batch_id", "person_id", "place", "state"]
    db.session.execute(insert(BatchMember).from_select(columns, rows))
    audit.record(Act.CERTIFICATES_ASKED, batch, actor=by.actor, now=by.now, people=number)
    return batch


def _asked(act: str) -> CertificateBatch | None:
    query = select(CertificateBatch).where(CertificateBatch.once == act)
    return db.session.scalars(query).one_or_none()


def _narrowed(
    chosen: Chosen, wish: Wish, by: Circumstances, condition: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    if chosen.numbers is not None:
        return [Person.id.in_(_numbered(chosen.numbers, condition))]
    if chosen.ticked is not None:
        return [Person.id.in_(chosen.ticked)]
    if not chosen.with_hours:
        return []
    units = seen(by.actor, Permission.ISSUE_CERTIFICATES)
    if wish.office_id:
        units = units.where(Office.id == wish.office_id)
    served = select(ServiceRecord.person_id).where(
        ServiceRecord.office_id.in_(units),
        ServiceRecord.state == RecordState.APPROVED,
        ServiceRecord.minutes > 0,
        ServiceRecord.day <= (wish.last or by.today),
    )
    if wish.first:
        served = served.where(ServiceRecord.day >= wish.first)
    return [Person.id.in_(served)]


def _numbered(numbers: Sequence[str], condition: ColumnElement[bool]) -> list[int]:
    """The people with these volunteer numbers; one that is nobody's is refused by name."""
    typed = list(dict.fromkeys(filter(None, map(identity.normalise, numbers))))
    query = select(Person.volunteer_no, Person.id).where(
        condition, Person.volunteer_no.in_(typed[:MOST])
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    if unknown := [each for each in typed if each not in found]:
        raise Refused([Because(Unchosen.UNKNOWN, {"text": each}) for each in unknown[:5]])
    return list(found.values())


def _kept(wish: Wish) -> dict[str, Any]:
    return {
        "first": wish.first.isoformat() if wish.first else None,
        "last": wish.last.isoformat() if wish.last else None,
        "language": wish.language.value,
        "office_id": wish.office_id,
        "document": wish.document,
        "volunteer_no": wish.volunteer_no,
    }


def wish_of(batch: CertificateBatch) -> Wish:
    """What was asked for, as it is issued."""
    kept = batch.wish
    return Wish(
        first=date.fromisoformat(kept["first"]) if kept["first"] else None,
        last=date.fromisoformat(kept["last"]) if kept["last"] else None,
        language=CertificateLanguage[kept["language"].upper()],
        office_id=kept["office_id"],
        document=kept["document"],
        volunteer_no=kept["volunteer_no"],
    )


def own_batch(actor: Actor, batch_id: int) -> CertificateBatch:
    """What one asked for oneself, or `NotFound`."""
    batch = db.session.get(CertificateBatch, batch_id)
    if batch is None or actor.account_id is None or batch.made_by != actor.account_id:
        raise NotFound
    return batch


def recent(actor: Actor, *, after: int | None = None) -> Sequence[CertificateBatch]:
    """A page of one's own batches, the newest first, and one more."""
    query = select(CertificateBatch).where(CertificateBatch.made_by == (actor.account_id or 0))
    if after is not None:
        query = query.where(CertificateBatch.id < after)
    return db.session.scalars(query.order_by(CertificateBatch.id.desc()).limit(PAGE + 1)).all()


def progress(batches: Sequence[CertificateBatch]) -> dict[int, Progress]:
    """How far each is; one query for all."""
    query = (
        select(BatchMember.batch_id, BatchMember.state, func.count())
        .where(BatchMember.batch_id.in_([each.id for each in batches]))
        .group_by(BatchMember.batch_id, BatchMember.state)
    )
    found: dict[int, dict[MemberState, int]] = {each.id: {} for each in batches}
    for batch_id, state, number in db.session.execute(query):
        found[batch_id][state] = number
    return {number: Progress(of) for number, of in found.items()}


def cancel(batch: CertificateBatch, now: datetime) -> None:
    """Make no more. What is issued stays issued."""
    batch = locked(CertificateBatch, batch.id)
    if batch.busy:
        batch.state, batch.finished_at = BatchState.CANCELLED, now


def members_of(
    batch: CertificateBatch, actor: Actor, *narrowed: ColumnElement[bool], most: int = MOST
) -> Sequence[BatchMember]:
    """Those with a certificate, as far as the actor may still issue for every unit on it."""
    foreign = exists().where(
        CertificateLine.certificate_id == BatchMember.certificate_id,
        CertificateLine.office_id.not_in(seen(actor, Permission.ISSUE_CERTIFICATES)),
    )
    query = (
        select(BatchMember)
        .join(BatchMember.certificate)
        .join(Certificate.person)
        .where(BatchMember.batch_id == batch.id, ~foreign, *narrowed)
        .options(contains_eager(BatchMember.certificate).contains_eager(Certificate.person))
        .order_by(BatchMember.place)
        .limit(most)
    )
    return db.session.scalars(query).all()


def left_out(
    batch: CertificateBatch, actor: Actor, *, most: int = MOST
) -> list[tuple[Person, list[Because]]]:
    """Who got none, and why, in the order of names, as far as the actor may still issue for him."""
    query = (
        select(BatchMember)
        .join(BatchMember.person)
        .where(BatchMember.batch_id == batch.id, BatchMember.state == MemberState.LEFT_OUT)
        .where(issuing.known(actor))
        .options(contains_eager(BatchMember.person))
        .order_by(BatchMember.place)
        .limit(most)
    )
    return [
        (member.person, [unpacked(kept) for kept in member.reasons or ()])
        for member in db.session.scalars(query)
    ]


def claim(now: datetime) -> int | None:
    """The next batch to work on, for this worker alone; also one whose worker died."""
    gone = or_(CertificateBatch.seen_at.is_(None), CertificateBatch.seen_at < now - LEASE)
    busy = (BatchState.WAITING, BatchState.ISSUING, BatchState.PRINTING)
    free = CertificateBatch.state.in_(busy) & gone
    return take_first(CertificateBatch, free, seen_at=now)


def issue_piece(batch_id: int, now: datetime, *, alone: bool = False) -> bool:
    """Issue for the next people of a batch, and write down who has one; whether there are more.

    All of it is one transaction, and the batch is held: a worker that dies leaves a whole piece
    or nothing of it, and two of them take one piece after the other.
    """
    batch = locked(CertificateBatch, batch_id)
    if batch.state not in {BatchState.WAITING, BatchState.ISSUING}:
        return False
    batch.state, batch.seen_at = BatchState.ISSUING, now
    if (actor := _still_may(batch)) is None:
        batch.state, batch.finished_at = BatchState.FAILED, now
        return False
    most = 1 if alone else PIECE
    members = _waiting(batch, most)
    people = [member.person for member in members]
    by = Circumstances(actor, now, batch.issued_on or now.date(), batch.verify_at)
    made, reasons = issuing.issue_each(people, issuing.by_office(wish_of(batch), by, batch.id))
    issued = {certificate.person_id: certificate for certificate in made}
    for member in members:
        if certificate := issued.get(member.person_id):
            member.certificate_id, member.state = certificate.id, MemberState.ISSUED
        else:
            member.state = MemberState.LEFT_OUT
            member.reasons = [packed(reason) for reason in reasons[member.person_id]]
    if len(members) < most:
        batch.state = BatchState.PRINTING
        return False
    return True


def leave_out_next(batch_id: int, now: datetime) -> None:
    """The next person's certificate cannot be made, by a fault of ours: go on with the others."""
    batch = locked(CertificateBatch, batch_id)
    if batch.state is BatchState.ISSUING or batch.state is BatchState.WAITING:
        batch.seen_at = now
        for member in _waiting(batch, 1):
            member.state = MemberState.LEFT_OUT
            member.reasons = [packed(Because(Unissued.FAULT))]


def _waiting(batch: CertificateBatch, most: int) -> Sequence[BatchMember]:
    query = (
        select(BatchMember)
        .join(BatchMember.person)
        .where(BatchMember.batch_id == batch.id, BatchMember.state == MemberState.WAITING)
        .options(contains_eager(BatchMember.person))
        .order_by(BatchMember.place)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _still_may(batch: CertificateBatch) -> Actor | None:
    """Who asked, if he may still issue: rights that were taken away end what waits."""
    account = db.session.get(Account, batch.made_by or 0)
    if account is None or not account.is_active:
        return None
    actor = account.actor
    return actor if actor.may(Permission.ISSUE_CERTIFICATES) else None

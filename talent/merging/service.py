"""Joining two files of one person: looked at first, then done in one transaction, then told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from talent import audit
from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.hours.transfers import service as transfers
from talent.merging import banking, doing, rows
from talent.merging.drawing import draw, late
from talent.merging.finding import compare_anew
from talent.merging.models import Deed, Merge
from talent.merging.plan import Step, Wish
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people import service as people
from talent.rules import merging as law
from talent.rules.merging import File, Unjoinable
from talent.rules.reason import Because
from talent.seal import blind_index
from talent.staffing.appointments import service as appointments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor, Permission
    from talent.merging.plan import Drawing
    from talent.people.models import Person
    from talent.staffing.models import Appointment


@dataclass(frozen=True, slots=True)
class Outlook:
    """What joining would do: rows, hours, the bank; `mark` says that it is still the same."""

    drawn: Drawing
    hours_source: int
    hours_target: int
    records: int
    twice: int  # records whose time the other file has already
    minutes_twice: int
    bank: int  # minutes of all accounts of the emptied file
    papers_differ: bool
    posts_twice: Sequence[Appointment]  # of the emptied file, which the other one holds as well
    mark: str

    @property
    def hours_then(self) -> int:
        """What the file that stays will have."""
        return self.hours_source + self.hours_target - self.minutes_twice


def two(actor: Actor, permission: Permission, first: int, second: int) -> tuple[Person, Person]:
    """Two files, both known to offices of the actor, or `NotFound`."""
    return (
        people.visible_person(actor, permission, first),
        people.visible_person(actor, permission, second),
    )


def outlook(
    source: Person, target: Person, wish: Wish, *, actor: Actor, now: datetime, why: str = ""
) -> Outlook:
    """What joining the files would do, as they are now. Nothing is written."""
    drawn = draw(source.id, target.id, wish, now=now, account_id=actor.account_id, why=why)
    weighed = transfers.weigh(source.id, target.id)
    told = [(s.record_id, s.minutes, s.state) for s in transfers.stood(r for r, _ in weighed)]
    files = [row.changed_at.isoformat() for row in (source, target)]
    doubles = [record for record, twice in weighed if twice]
    return Outlook(
        drawn=drawn,
        hours_source=ledger.total(person_id=source.id),
        hours_target=ledger.total(person_id=target.id),
        records=len(weighed),
        twice=len(doubles),
        minutes_twice=sum(record.minutes for record in doubles),
        bank=sum(account.balance for account in banking.held_of(source.id)),
        papers_differ=law.differ(_paper(source), _paper(target)),
        posts_twice=appointments.clashing(source.id, target.id),
        mark=blind_index("merge", repr((drawn.mark, told, [r.id for r in doubles], files))),
    )


def join(
    source: Person,
    target: Person,
    wish: Wish,
    *,
    why: str,
    seen: str,
    papers_seen: bool,
    actor: Actor,
    now: datetime,
) -> Merge:
    """Make one file of two, exactly as it was shown: `seen` is the mark of what somebody saw."""
    looked = outlook(source, target, wish, actor=actor, now=now, why=why)
    hold(looked.drawn.shared, source.id, target.id)
    looked = outlook(source, target, wish, actor=actor, now=now, why=why)
    found = law.refusals_to_join(_file(source), _file(target), reason=why, papers_seen=papers_seen)
    if not found and seen != looked.mark:
        found = [Because(Unjoinable.CHANGED)]
    if found:
        raise Refused(found)
    drawn = looked.drawn
    hours = _hours(source, target, why=why, actor=actor, now=now)
    bank = banking.hand_over(source.id, target.id, now=now, made_by=actor.account_id)
    db.session.flush()
    steps = [*hours, *bank, *drawn.steps]
    doing.do(steps)
    _end_sessions(drawn)
    db.session.expire_all()
    banking.reserve_anew(banking.touched(bank))
    merge = Merge(
        source=source,
        target=target,
        why=why,
        counts={
            "rows": {label: asdict(count) for label, count in drawn.counts.items()},
            "records": looked.records,
            "twice": looked.twice,
            "minutes": looked.hours_source,
            "minutes_twice": looked.minutes_twice,
            "bank": looked.bank,
            "closed_account": drawn.closes,
        },
        made_by=actor.account_id,
        made_at=now,
    )
    db.session.add(merge)
    db.session.flush()
    doing.keep(merge, steps)
    trace_checks(steps, ended=True, actor=actor, now=now)
    compare_anew([source.id, target.id], now)
    _leave_trace(merge, actor=actor, now=now)
    return merge


def follow_late(now: datetime) -> int:
    """Send on what reached a file while it was emptied, by somebody who had it open. How many."""
    query = select(Merge).where(Merge.undone_at.is_(None), Merge.made_at > now - law.STRAGGLERS)
    moved = 0
    for merge in db.session.scalars(query.order_by(Merge.id)).all():
        ids = merge.source_person_id, merge.target_person_id
        if not late(*ids, now=now).steps and not transfers.weigh(*ids):
            continue
        hold(late(*ids, now=now).shared, *ids)
        steps = late(*ids, now=now).steps
        steps = [*_hours(merge.source, merge.target, why=merge.why, actor=SYSTEM, now=now), *steps]
        doing.do(steps)
        doing.keep(merge, steps)
        trace_checks(steps, ended=True, actor=SYSTEM, now=now)
        moved += len(steps)
    return moved


def trace_checks(steps: Iterable[Step], *, ended: bool, actor: Actor, now: datetime) -> None:
    """Leave a trace at each check that these steps ended, or that counts again without them."""
    for one in steps:
        if one.table == "credential" and "ended_at" in one.after:
            name = f"{one.table}:{one.key['id']}"
            audit.record(Act.CREDENTIAL_CHANGED, name, actor=actor, now=now, withdrawn=ended)


def hold(shared: Mapping[str, Sequence[int]], *person_ids: int) -> None:
    """Shifts, sessions, then people: each in the order of their ids, as everywhere."""
    need, shift = rows.table_of("shift_need"), rows.table_of("shift")
    needs = shared.get("shift_need", [])
    shifts = select(need.c.shift_id).where(need.c.id.in_(needs))
    session = rows.table_of("training_session")
    person = rows.table_of("person")
    for table, wanted in (
        (shift, shift.c.id.in_(shifts)),
        (session, session.c.id.in_(shared.get("training_session", []))),
        (person, person.c.id.in_(person_ids)),
    ):
        db.session.execute(select(table.c.id).where(wanted).order_by(table.c.id).with_for_update())
    db.session.expire_all()


def _file(person: Person) -> File:
    return File(
        person.id,
        joined=person.merged_into_person_id is not None,
        guardian=person.guardian_id,
        paper=_paper(person),
        nameless=person.anonymised_at is not None,
    )


def _paper(person: Person) -> tuple[str, str] | None:
    if person.document_kind is None or not person.document:
        return None
    return person.document_kind.value, person.document


def _hours(source: Person, target: Person, *, why: str, actor: Actor, now: datetime) -> list[Step]:
    records = [record for record, _ in transfers.weigh(source.id, target.id)]
    before = transfers.stood(records)
    transfers.transfer(source, target, reason=why, actor=actor, now=now)
    return [
        Step(Deed.HOURS, "service_record", {"id": old.record_id}, asdict(old), asdict(new))
        for old, new in zip(before, transfers.stood(records), strict=True)
    ]


def _end_sessions(drawn: Drawing) -> None:
    """Who is signed in as the closed account is signed out."""
    if drawn.closes:
        end = update(Account).where(Account.id == drawn.closes).values(epoch=Account.epoch + 1)
        db.session.execute(end, execution_options={"synchronize_session": False})


def _leave_trace(merge: Merge, *, actor: Actor, now: datetime) -> None:
    """Kept with both numbers, and told to the person; and to whoever used the closed account."""
    numbers = {"from_no": merge.source.volunteer_no, "to_no": merge.target.volunteer_no}
    facts: dict[str, Any] = {
        "source": merge.source_person_id, "target": merge.target_person_id, **numbers
    }  # fmt: skip
    for file in (merge.source, merge.target):
        audit.record(Act.FILES_JOINED, file, actor=actor, now=now, merge=merge.id, **facts)
    told = {**numbers, "until_at": law.undone_until(now).isoformat(), "path": "/people/me"}
    once = str(merge.id)
    messages.tell(MessageKind.FILES_JOINED, once=once, now=now, person=merge.target, facts=told)
    if closed := merge.counts["closed_account"]:
        account = db.session.get_one(Account, closed)
        told = {"name": account.name, "path": "/account/sign-in"}
        messages.tell(MessageKind.ACCOUNT_CLOSED, once=once, now=now, account=account, facts=told)


def visible_merge(actor: Actor, permission: Permission, merge_id: int) -> Merge:
    """A merge into a file that the actor's offices know, or `NotFound`."""
    merge = db.session.get(Merge, merge_id)
    if merge is None:
        raise NotFound
    known = merge.source_person_id if merge.undone_at else merge.target_person_id
    last = people.merged_into(known) or known
    people.visible_person(actor, permission, last)
    return merge

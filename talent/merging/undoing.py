"""Parting two files again: each row as it was, but for what somebody has written since."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from talent import audit, clock
from talent.accounts.models import Account
from talent.audit import Act
from talent.db import db, locked
from talent.errors import Refused
from talent.hours.models import RecordState
from talent.hours.transfers import service as transfers
from talent.hours.transfers.service import Stood
from talent.i18n import DEFAULT_ZONE
from talent.merging import banking, doing
from talent.merging.finding import compare_anew
from talent.merging.models import Deed, Merge
from talent.merging.policies import ACCOUNTS, PERSON
from talent.merging.service import hold, trace_checks
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.rules import merging as law
from talent.rules.reason import N_
from talent.training.credentials import service as credentials

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from talent.access import Actor
    from talent.merging.plan import Step
    from talent.rules.reason import Because


PARTICULARS = N_("Particulars")


def day_of(joined_at: datetime) -> date:
    """The last day on which what is joined then may be undone."""
    return clock.today(DEFAULT_ZONE, law.undone_until(joined_at))


def last_day(merge: Merge) -> date:
    """The last day on which it may be undone."""
    return day_of(merge.made_at)


def refusals(merge: Merge, *, reason: str, now: datetime) -> list[Because]:
    """What the law has against parting the files."""
    return law.refusals_to_part(
        merge.made_at,
        now,
        last_day=last_day(merge),
        undone=merge.undone_at is not None,
        joined_since=merge.target.merged_into_person_id is not None,
        reason=reason,
    )


def changed(merge: Merge) -> list[tuple[str, int]]:
    """What was changed since and would stay where it is: its kind and how many rows."""
    steps = doing.kept(merge)
    return named(one for one in steps if doing.name(one) in doing.changed_since(steps))


def part(merge: Merge, *, why: str, actor: Actor, now: datetime) -> Merge:
    """Give the emptied file back what it had; what the other one was given since stays there."""
    merge = locked(Merge, merge.id)
    steps = doing.kept(merge)
    shared: dict[str, list[int]] = {"shift_need": [], "training_session": []}
    for one in steps:
        if one.deed is Deed.COUNTED:
            shared[one.table].append(one.key["id"])
    hold(shared, merge.source_person_id, merge.target_person_id)
    if found := refusals(merge, reason=why, now=now):
        raise Refused(found)
    late = _hours_back(merge, steps, why=why, actor=actor, now=now)
    banking.give_back(steps, now=now, made_by=actor.account_id)
    db.session.flush()
    left = doing.undo(steps, doing.changed_since(steps))
    _end_sessions(merge)
    db.session.expire_all()
    banking.reserve_anew(banking.touched(steps))
    _checks_back(merge, steps, left, actor=actor, now=now)
    merge.undone_at, merge.undone_by, merge.undone_why = now, actor.account_id, why
    records = [(PERSON["service_record", "person_id"].label, late)] if late else []
    merge.left = [list(each) for each in [*named(left), *records]]
    compare_anew([merge.source_person_id, merge.target_person_id], now)
    _leave_trace(merge, actor=actor, now=now)
    return merge


def named(steps: Iterable[Step]) -> list[tuple[str, int]]:
    """How many rows of each kind these steps are about."""
    labels = {table: policy.label for (table, _), policy in {**ACCOUNTS, **PERSON}.items()}
    labels["person"] = PARTICULARS
    rows = {(one.table, doing.name(one)) for one in steps}
    found = Counter(labels.get(table, table) for table, _ in rows)
    return sorted(found.items())


def _hours_back(
    merge: Merge, steps: Iterable[Step], *, why: str, actor: Actor, now: datetime
) -> int:
    was = [(_stood(one.before), _stood(one.after)) for one in steps if one.deed is Deed.HOURS]
    left = transfers.give_back(was, merge.source, merge.target, reason=why, actor=actor, now=now)
    return len(left)


def _checks_back(
    merge: Merge, steps: Iterable[Step], left: Iterable[Step], *, actor: Actor, now: datetime
) -> None:
    """Checks count again, but for what was found since in the file that has them."""
    stay = {doing.name(one) for one in left}
    back = [one for one in steps if doing.name(one) not in stay]
    trace_checks(back, ended=False, actor=actor, now=now)
    for person_id in (merge.source_person_id, merge.target_person_id):
        credentials.end_outdated(person_id, actor=actor, now=now)


def _stood(kept: dict[str, Any]) -> Stood:
    return Stood(**{**kept, "state": RecordState(kept["state"])})


def _end_sessions(merge: Merge) -> None:
    """An account that has changed hands is signed in anew."""
    ids = {merge.source_person_id, merge.target_person_id}
    end = update(Account).where(Account.person_id.in_(ids)).values(epoch=Account.epoch + 1)
    db.session.execute(end, execution_options={"synchronize_session": False})


def _leave_trace(merge: Merge, *, actor: Actor, now: datetime) -> None:
    facts: dict[str, Any] = {
        "source": merge.source_person_id,
        "target": merge.target_person_id,
        "from_no": merge.source.volunteer_no,
        "to_no": merge.target.volunteer_no,
    }
    for file in (merge.source, merge.target):
        audit.record(Act.FILES_PARTED, file, actor=actor, now=now, merge=merge.id, **facts)
        told = {"from_no": facts["from_no"], "to_no": facts["to_no"], "path": "/people/me"}
        messages.tell(
            MessageKind.FILES_PARTED, once=f"{merge.id}:{file.id}", now=now, person=file, facts=told
        )

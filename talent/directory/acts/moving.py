"""Registrations of many people, paused or let go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from talent.db import db
from talent.directory.acts.outcomes import EDIT, Outcome, Unmeant
from talent.directory.models import ManyKind, PartState
from talent.errors import Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people.models import Person, Registration, RegistrationState
from talent.people.registrations import service as registering
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.directory.acts.outcomes import By
    from talent.directory.models import ActPart

_K, _P, _R = ManyKind, PartState, RegistrationState


# From which state a registration is moved to which.
MOVES = {_K.PAUSE: (_R.ACTIVE, _R.PAUSED), _K.RESUME: (_R.PAUSED, _R.ACTIVE)}


def would_change(kind: ManyKind, wish: Mapping[str, Any], actor: Actor) -> ColumnElement[bool]:
    """Those with a registration that stands where the act begins."""
    return exists().where(
        Registration.person_id == Person.id,
        Registration.state == MOVES[kind][0],
        Registration.office_id.in_(_units(wish, actor)),
    )


def do(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """Move their registrations at one's own offices."""
    source, to = MOVES[by.act.kind]
    rows: dict[int, list[Registration]] = {person.id: [] for person in people}
    query = select(Registration).where(
        Registration.person_id.in_(rows), Registration.office_id.in_(_units(by.wish, by.actor))
    )
    for row in db.session.scalars(query.order_by(Registration.id)):
        rows[row.person_id].append(row)
    return {person.id: _moved(rows[person.id], source, to, by) for person in people}


def _moved(
    rows: Sequence[Registration], source: RegistrationState, to: RegistrationState, by: By
) -> Outcome:
    """Move those of a person that stand where the act begins; the law is asked of each."""
    out = Outcome(_P.LEFT_OUT, before=[], after=[])
    for row in rows:
        if row.state is not source:
            continue
        was = [row.id, row.reason]
        try:
            registering.move(
                row, to, actor=by.actor, now=by.now, reason=str(by.wish.get("reason", ""))
            )
        except Refused as refusal:
            out.reasons += refusal.reasons
            continue
        out.state = _P.CHANGED
        out.before, out.after = [*(out.before or ()), was], [*(out.after or ()), row.id]
    if out.state is not _P.CHANGED and not out.reasons:
        if any(row.state is to for row in rows):
            return Outcome()
        out.reasons = [Because(Unmeant.NO_REGISTRATION, {"state": source})]
    return out


def undo(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    """Move back those that nobody has moved since."""
    source, to = MOVES[by.act.kind]
    ids = [number for part in parts for number in part.after or ()]
    query = select(Registration).where(
        Registration.id.in_(ids), Registration.office_id.in_(_units(by.wish, by.actor))
    )
    rows = {row.id: row for row in db.session.scalars(query.order_by(Registration.id))}
    found = {}
    for part in parts:
        if part.person_id not in people:
            continue
        found[part.person_id] = out = Outcome(_P.KEPT)
        for number, reason in part.before or ():
            row = rows.get(number)
            if row is None or row.state is not to or row.decided_at != _at(part, by):
                out.reasons.append(Because(Unmeant.CHANGED_SINCE))
                continue
            try:
                registering.move(row, source, actor=by.actor, now=by.now, reason=reason or "")
            except Refused as refusal:
                out.reasons += refusal.reasons
            else:
                out.state = _P.UNDONE
    return found


def _at(part: ActPart, by: By) -> datetime:
    """The moment at which the act changed this person."""
    return part.done_at or by.act.made_at


def _units(wish: Mapping[str, Any], actor: Actor) -> Any:
    """The offices whose registrations are moved: all of one's own, or one of them."""
    units = seen(actor, EDIT)
    return units.where(Office.id == wish["office"]) if wish.get("office") else units

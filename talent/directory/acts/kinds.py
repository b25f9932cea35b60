"""What each kind of act does to people, and how it is taken back.

Each gets some people who are held for it and says of each what was there before and what is there
now. An undo touches only what is still as the act left it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, not_, select
from sqlalchemy.orm import selectinload

from talent.access import Permission
from talent.audit import Act
from talent.clock import today
from talent.db import db
from talent.directory.models import ManyKind, PartState
from talent.errors import Refused
from talent.messages.models import MessageKind, Stopped
from talent.messages.service import tell
from talent.offices.models import Office, ServiceCategory
from talent.offices.service import seen
from talent.people.history import service as history
from talent.people.models import (
    Person,
    Registration,
    RegistrationState,
    Skill,
    Tie,
    person_category,
    person_skill,
)
from talent.people.registrations import service as registering
from talent.rules.reason import N_, Because
from talent.rules.teams import LIVE, MemberState, TeamRole
from talent.staffing.models import Appointment
from talent.teams.members import service as members
from talent.teams.models import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.directory.models import ActPart, ManyAct

EDIT = Permission.EDIT_PEOPLE
_K, _P, _R = ManyKind, PartState, RegistrationState
# From which state a registration is moved to which.
MOVES = {_K.PAUSE: (_R.ACTIVE, _R.PAUSED), _K.RESUME: (_R.PAUSED, _R.ACTIVE)}
UNDOABLE = frozenset(ManyKind) - {_K.SEND}


class Unmeant(StrEnum):
    """Why an act leaves a person out, or an undo."""

    GONE = N_("No office of yours knows this person any more.")
    NO_REGISTRATION = N_("There is no registration to move: %(state)s.")
    CHANGED_SINCE = N_("It was changed since.")
    RELIED_ON = N_("The person is registered or appointed there by now.")
    STOPPED = N_("This person wants no such messages.")


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, when, and for which act."""

    actor: Actor
    now: datetime
    act: ManyAct

    @property
    def wish(self) -> Mapping[str, Any]:
        """What the act is to do."""
        return self.act.wish


@dataclass(slots=True)
class Outcome:
    """What became of one person."""

    state: PartState = PartState.SAME
    before: list[Any] | None = None
    after: list[Any] | None = None
    reasons: list[Because] = field(default_factory=list)


def permission_of(kind: ManyKind) -> Permission:
    """What has to be held for each of the people."""
    return Permission.SEND_MESSAGES if kind is _K.SEND else EDIT


def would_change(kind: ManyKind, wish: Mapping[str, Any], actor: Actor) -> ColumnElement[bool]:
    """The condition on `Person` of those for whom the act changes something; at most these."""
    if kind in _LISTS:
        table, column, key, _ = _LISTS[kind]
        here: ColumnElement[bool] = column == wish[key]
        has = exists().where(table.c.person_id == Person.id, here)
        return has if kind in _TAKES else not_(has)
    if kind in MOVES:
        return exists().where(
            Registration.person_id == Person.id,
            Registration.state == MOVES[kind][0],
            Registration.office_id.in_(_units(wish, actor)),
        )
    if kind is _K.TIE:
        return ~exists().where(Tie.person_id == Person.id, Tie.office_id == wish["office"])
    if kind is _K.JOIN_TEAM:
        return ~exists().where(
            TeamMember.person_id == Person.id,
            TeamMember.team_id == wish["team"],
            TeamMember.state.in_(LIVE),
        )
    if kind is _K.SET_LANGUAGE:
        other: ColumnElement[bool] = Person.language != wish["language"]
        return other
    stopped = exists().where(
        Stopped.person_id == Person.id, Stopped.kind == MessageKind.OFFICE_NOTICE
    )
    return not_(stopped)


def do(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """Do it to these people."""
    return _DO[by.act.kind](people, by)


def undo(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    """Take it back from these people, where it still is as the act left it."""
    return _UNDO[by.act.kind](people, parts, by)


_LISTS: dict[ManyKind, tuple[Any, Any, str, str]] = {
    _K.GIVE_SKILL: (person_skill, person_skill.c.skill_id, "skill", "known_skills"),
    _K.TAKE_SKILL: (person_skill, person_skill.c.skill_id, "skill", "known_skills"),
    _K.GIVE_CATEGORY: (person_category, person_category.c.category_id, "category", "categories"),
    _K.TAKE_CATEGORY: (person_category, person_category.c.category_id, "category", "categories"),
}
_TAKES = {_K.TAKE_SKILL, _K.TAKE_CATEGORY}
_WORDS: dict[str, Any] = {"skill": Skill, "category": ServiceCategory}


def _put_on_list(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    return _on_list(people, by, there=by.act.kind not in _TAKES)


def _put_back_on_list(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    some = [people[part.person_id] for part in parts if part.person_id in people]
    found = _on_list(some, by, there=by.act.kind in _TAKES)
    for outcome in found.values():
        changed = outcome.state is _P.CHANGED
        outcome.state = _P.UNDONE if changed else _P.KEPT
        outcome.reasons = [] if changed else [Because(Unmeant.CHANGED_SINCE)]
    return found


def _on_list(people: Sequence[Person], by: By, *, there: bool) -> dict[int, Outcome]:
    """See that a skill or kind of service is with each of these people, or is not."""
    _, _, key, name = _LISTS[by.act.kind]
    thing = db.session.get_one(_WORDS[key], by.wish[key])
    load = selectinload(getattr(Person, name))
    fresh = select(Person).where(Person.id.in_([p.id for p in people])).options(load)
    db.session.scalars(fresh.execution_options(populate_existing=True)).all()
    found = {}
    for person in people:
        had = list(getattr(person, name))
        found[person.id] = Outcome()
        if (thing in had) is there:
            continue
        has = [*had, thing] if there else [each for each in had if each is not thing]
        setattr(person, name, has)
        found[person.id].state = _P.CHANGED
        pair = ([each.name_zh for each in had], [each.name_zh for each in has])
        _trace(person, name, pair, by)
    return found


def _move(people: Sequence[Person], by: By) -> dict[int, Outcome]:
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


def _move_back(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    source, to = MOVES[by.act.kind]
    ids = [number for part in parts for number in part.after or ()]
    rows = {
        r.id: r for r in db.session.scalars(select(Registration).where(Registration.id.in_(ids)))
    }
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


def _make_known(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    office = by.wish["office"]
    ids = [person.id for person in people]
    there = select(Tie.person_id).where(Tie.person_id.in_(ids), Tie.office_id == office)
    had = set(db.session.scalars(there))
    new = [person for person in people if person.id not in had]
    if new:
        db.session.execute(insert(Tie), [{"person_id": p.id, "office_id": office} for p in new])
    for person in new:
        _trace(person, "known_at", (None, by.act.title), by)
    return {p.id: Outcome(_P.SAME if p.id in had else _P.CHANGED) for p in people}


def _make_unknown(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    office = by.wish["office"]
    ids = [part.person_id for part in parts if part.person_id in people]
    there = select(Tie.person_id).where(Tie.person_id.in_(ids), Tie.office_id == office)
    known = set(db.session.scalars(there))
    needed = {
        number
        for model in (Registration, Appointment)
        for number in db.session.scalars(
            select(model.person_id).where(model.person_id.in_(ids), model.office_id == office)
        )
    } | {number for number in ids if people[number].home_office_id == office}
    gone = known - needed
    db.session.execute(delete(Tie).where(Tie.person_id.in_(gone), Tie.office_id == office))
    found = {}
    for number in ids:
        why = Unmeant.RELIED_ON if number in needed else Unmeant.CHANGED_SINCE
        found[number] = Outcome(_P.UNDONE) if number in gone else Outcome(_P.KEPT)
        found[number].reasons = [] if number in gone else [Because(why)]
        if number in gone:
            _trace(people[number], "known_at", (by.act.title, None), by)
    return found


def _set_language(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    wanted = by.wish["language"]
    found = {}
    for person in people:
        found[person.id] = Outcome()
        if person.language != wanted:
            found[person.id] = Outcome(_P.CHANGED, before=[person.language], after=[wanted])
            _trace(person, "language", (person.language, wanted), by)
            person.language = wanted
    return found


def _set_language_back(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    found = {}
    for part in parts:
        if not (person := people.get(part.person_id)):
            continue
        if [person.language] != part.after or not part.before:
            found[person.id] = Outcome(_P.KEPT, reasons=[Because(Unmeant.CHANGED_SINCE)])
            continue
        _trace(person, "language", (person.language, part.before[0]), by)
        person.language = part.before[0]
        found[person.id] = Outcome(_P.UNDONE)
    return found


def _send(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    found = {}
    for person in people:
        told = tell(
            MessageKind.OFFICE_NOTICE,
            once=f"{by.act.id}:{person.id}",
            now=by.now,
            person=person,
            office_id=by.wish["office"],
            facts={"subject": by.act.title, "text": by.wish["text"], "path": "/people/me"},
        )
        found[person.id] = Outcome(_P.CHANGED)
        if told is None:
            found[person.id] = Outcome(_P.LEFT_OUT, reasons=[Because(Unmeant.STOPPED)])
    return found


def _join(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    team = db.session.get_one(Team, by.wish["team"])
    live = select(TeamMember.person_id).where(
        TeamMember.team_id == team.id,
        TeamMember.person_id.in_([person.id for person in people]),
        TeamMember.state == MemberState.ACTIVE,
    )
    had, day = set(db.session.scalars(live)), today(team.office.zone, by.now)
    found = {}
    for person in people:
        found[person.id] = Outcome()
        if person.id in had:
            continue
        try:
            row = members.add(
                team, person, role=TeamRole.MEMBER, since=day, actor=by.actor, now=by.now
            )
        except Refused as refusal:
            found[person.id] = Outcome(_P.LEFT_OUT, reasons=list(refusal.reasons))
        else:
            found[person.id] = Outcome(_P.CHANGED, after=[row.id])
    return found


def _leave(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    ids = [number for part in parts for number in part.after or ()]
    query = select(TeamMember).where(TeamMember.id.in_(ids))
    rows = {row.id: row for row in db.session.scalars(query.order_by(TeamMember.id))}
    found = {}
    for part in parts:
        if part.person_id not in people:
            continue
        row = rows.get((part.after or [0])[0])
        if row is None or row.state is not MemberState.ACTIVE:
            found[part.person_id] = Outcome(_P.KEPT, reasons=[Because(Unmeant.CHANGED_SINCE)])
            continue
        members.end(row, until=today(row.team.office.zone, by.now), actor=by.actor, now=by.now)
        found[part.person_id] = Outcome(_P.UNDONE)
    return found


def _units(wish: Mapping[str, Any], actor: Actor) -> Any:
    """The offices whose registrations are moved: all of one's own, or one of them."""
    units = seen(actor, EDIT)
    return units.where(Office.id == wish["office"]) if wish.get("office") else units


def _trace(person: Person, name: str, pair: tuple[Any, Any], by: By) -> None:
    history.keep(
        Act.PERSON_CHANGED, person, {name: pair}, actor=by.actor, now=by.now, many=by.act.id
    )
    person.changed_at = by.now


_DO: dict[ManyKind, Callable[[Sequence[Person], By], dict[int, Outcome]]] = {
    **dict.fromkeys(_LISTS, _put_on_list),
    **dict.fromkeys(MOVES, _move),
    _K.TIE: _make_known,
    _K.SET_LANGUAGE: _set_language,
    _K.JOIN_TEAM: _join,
    _K.SEND: _send,
}
_UNDO: dict[
    ManyKind, Callable[[Mapping[int, Person], Sequence[ActPart], By], dict[int, Outcome]]
] = {
    **dict.fromkeys(_LISTS, _put_back_on_list),
    **dict.fromkeys(MOVES, _move_back),
    _K.TIE: _make_unknown,
    _K.JOIN_TEAM: _leave,
    _K.SET_LANGUAGE: _set_language_back,
}

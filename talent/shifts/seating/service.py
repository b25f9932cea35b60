"""A place for whoever signs up by himself: the plain case of `places.take`, read as columns.

Most sign-ups are plain: nobody waits, nothing is passed over, nothing is changed. They come in a
rush, all for one shift. So no object is loaded for them, and the lock is held for eight
statements. The law, the counter, the trace and the letter are those of every other way to a place;
`tests/shifts/test_plain.py` compares both ways, row by row.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, insert, or_, select
from sqlalchemy.orm import aliased, joinedload

from talent import audit
from talent.audit import Act
from talent.backup import numbers
from talent.db import among, asked, asked_one, db, wrote
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.signup import LIVE, Refusal, SignupState
from talent.rules.span import Span
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Position, Project, Requirement, Shift, Signup
from talent.shifts.places import service as places
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from talent.access import Actor


_SHIFT: Any = bindparam("shift")
_NEED: Any = bindparam("need")
_PERSON: Any = bindparam("person")
_MINE = (Signup.shift_id == _SHIFT, Signup.person_id == _PERSON)
_Audience = aliased(Office)
_FULL = exists().where(Need.id == _NEED, Need.shift_id == _SHIFT, Need.taken >= Need.places)

# While nothing is held: whether the reader sees the shift, is on it, and finds it full.
_LOOK = (
    select(
        Shift.state.label("shift_state"),
        Project.state.label("project_state"),
        Office.path.label("office"),
        _Audience.path.label("audience"),
        exists().where(*_MINE).label("known"),
        exists().where(*_MINE, among(Signup.state, LIVE)).label("live"),
        _FULL.label("full"),
    )
    .join(Project, Project.id == Shift.project_id)
    .join(Office, Office.id == Project.office_id)
    .join(_Audience, _Audience.id == Project.audience_id)
    .where(Shift.id == _SHIFT)
)
_HOLD = select(Shift.id).where(Shift.id == _SHIFT).with_for_update()
_HOLD_PERSON = (
    select(
        Person.id,
        Person.name,
        Person.birth_date,
        Person.email,
        Person.language,
        Person.guardian_id,
        Person.restricted_at,
        Person.merged_into_person_id,
    )
    .where(Person.id == _PERSON)
    .with_for_update(key_share=True)
)
# Under the lock: what the law and a letter ask of one position on the shift, who has a turn there
# already, and what is between the two. A statement of its own: what PostgreSQL reads beside a row
# for which it had to wait is older than the row.
_PLACE = (
    select(
        *(Shift.id, Shift.starts_at, Shift.ends_at, Shift.zone, Shift.place, Shift.note),
        *(Shift.state, Shift.version, Project.office_id, Project.category_id, Project.risky),
        *(Project.name, Project.name_en, Project.bring, Project.place.label("project_place")),
        Project.state.label("project_state"),
        Project.minimum_age.label("project_age"),
        Office.path.label("office_path"),
        Office.zone.label("office_zone"),
        _Audience.path.label("audience_path"),
        *(Need.id.label("need_id"), Need.places, Need.taken, Need.minimum_age.label("need_age")),
        Position.name.label("position_name"),
        Position.name_en.label("position_name_en"),
        Position.minimum_age.label("position_age"),
        select(Signup.state)
        .where(*_MINE, among(Signup.state, LIVE))
        .scalar_subquery()
        .label("had"),
        exists().where(Signup.need_id == _NEED, among(Signup.state, IN_LINE)).label("line"),
        exists().where(*places.overdue(_SHIFT, bindparam("now"))).label("overdue"),
        exists()
        .where(
            or_(
                Requirement.project_id == Project.id,
                Requirement.position_id == Position.id,
                Requirement.need_id == Need.id,
            )
        )
        .label("asks"),
    )
    .join(Project, Project.id == Shift.project_id)
    .join(Office, Office.id == Project.office_id)
    .join(_Audience, _Audience.id == Project.audience_id)
    .join(Need, (Need.shift_id == Shift.id) & (Need.id == _NEED))
    .join(Position, Position.id == Need.position_id)
    .where(Shift.id == _SHIFT)
)
_SIGNUP: Any = Signup.__table__
_SIGN = insert(_SIGNUP).returning(_SIGNUP.c.id)


def look(shift_id: int, need_id: int, *, actor: Actor) -> None:
    """Refuse what is plainly full while nothing is locked; `sit` counts again under the lock.

    A shift that the actor does not see is not there.
    """
    seen = asked_one(_LOOK, shift=shift_id, need=need_id, person=actor.person_id or 0)
    if seen is None or not (
        seen.known
        or eligibility.sees(actor, seen.shift_state, seen.project_state, seen.office, seen.audience)
    ):
        raise NotFound
    if seen.full and not seen.live:
        raise Refused([Refusal.FULL])


def sit(
    shift_id: int, need_id: int, *, actor: Actor, now: datetime, risks_read: bool
) -> SignupState | None:
    """Give the actor a place if that is all there is to do, and tell in which state he is then.

    None where it is not: others have a turn first, or nothing of the kind is there. The shift is
    held then, and `places.take` does what is to be done. Raises `Refused` with everything that the
    law has against it.
    """
    keys: Any = {"shift": shift_id, "person": actor.person_id}
    asked(_HOLD, shift=shift_id)
    row = asked_one(_PLACE, **keys, need=need_id, now=now)
    if row is None:
        return None
    if row.had:
        return SignupState(row.had)
    if row.overdue or (row.line and row.taken < row.places):
        return None
    person = asked_one(_HOLD_PERSON, person=actor.person_id)
    if person is None:
        return None
    if person.merged_into_person_id:
        raise Refused([Refusal.NOT_ACTIVE])
    shift, need = _shift(row), _need(row)
    terms = places.Terms(risks_read=risks_read)
    found = places.against(shift, need, person.id, had=None, now=now, terms=terms)
    if found:
        raise Refused(found)
    if not places.counted_in(need_id, SignupState.CONFIRMED):
        raise Refused([Refusal.FULL])
    _write(shift, need, person, actor=actor, now=now, risks_read=risks_read)
    return SignupState.CONFIRMED


def _write(
    shift: Any, need: Any, person: Any, *, actor: Actor, now: datetime, risks_read: bool
) -> None:
    """The sign-up, its trace and its letter, as `places.seat` and `places.written` do."""
    state = SignupState.CONFIRMED
    number: int = wrote(
        _SIGN,
        **numbers.counted_on(Signup),
        shift_id=shift.id,
        need_id=need.id,
        person_id=person.id,
        state=state,
        seated=True,
        agreed_version=shift.version,
        risks_read_at=now if risks_read and shift.project.risky else None,
        made_by=actor.account_id,
        made_at=now,
        queued_at=now,
    ).scalar_one()
    office_id = shift.project.office_id
    audit.record_at_once(
        Act.SIGNED_UP, f"signup:{number}", actor=actor, now=now, office_id=office_id,
        shift=shift.id, person=person.id, state=state.value, overridden=None,
    )  # fmt: skip
    messages.tell(
        MessageKind.SIGNED_UP,
        once=f"{number}:{need.id}:{now.isoformat()}",
        now=now,
        person=person,
        office_id=office_id,
        facts=places.about(shift, need, signup_id=number, seated=True, waits=False, by=""),
        useless_after=shift.ends_at,
    )
    if loaded := db.session.identity_map.get(
        Need.__mapper__.identity_key_from_primary_key((need.id,))
    ):
        db.session.expire(loaded)  # what was read before does not know of it


def _shift(row: Row[*tuple[Any, ...]]) -> Any:
    """A shift with what the law and a letter ask of one, of columns."""
    office = SimpleNamespace(
        id=row.office_id,
        path=row.office_path,
        zone=row.office_zone,
        ancestor_ids=[int(step) for step in row.office_path.strip("/").split("/")],
    )
    project = SimpleNamespace(
        office_id=row.office_id,
        office=office,
        audience=SimpleNamespace(path=row.audience_path),
        category_id=row.category_id,
        risky=row.risky,
        name=row.name,
        name_zh=row.name,
        name_en=row.name_en,
        bring=row.bring,
        state=row.project_state,
    )
    zone = ZoneInfo(row.zone)
    return SimpleNamespace(
        id=row.id,
        project=project,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        span=Span(row.starts_at, row.ends_at),
        day=row.starts_at.astimezone(zone).date(),
        zone=row.zone,
        where=row.place or row.project_place,
        note=row.note,
        state=row.state,
        version=row.version,
    )


def _need(row: Row[*tuple[Any, ...]]) -> Any:
    """The same of the places of one position on it."""
    ages = (row.need_age, row.position_age, row.project_age)
    return SimpleNamespace(
        id=row.need_id,
        places=row.places,
        taken=row.taken,
        free=max(row.places - row.taken, 0),
        least_years=next((years for years in ages if years is not None), 0),
        required=_required(row.need_id) if row.asks else (),
        position=SimpleNamespace(name=row.position_name, name_en=row.position_name_en),
    )


def _required(need_id: int) -> Any:
    """What is asked for, which most positions do not: read as objects."""
    whole = joinedload(Need.position).joinedload(Position.project)
    query = select(Need).where(Need.id == need_id).options(whole)
    return db.session.scalars(query.execution_options(populate_existing=True)).one().required

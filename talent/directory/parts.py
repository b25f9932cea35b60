"""The filters of the list as parts of a question: each names people by their ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased

from talent.db import db
from talent.directory.filters import AgeBand, Guardianship, Holding
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office
from talent.offices.service import within
from talent.people.models import (
    NameKey,
    Person,
    Registration,
    Skill,
    SpokenLanguage,
    Tie,
    person_category,
    person_skill,
)
from talent.people.service import TAIL, normal_phone
from talent.pinyin import squeezed
from talent.rules import age, identity, trees
from talent.rules.age import GUARDIAN_BELOW_YEARS
from talent.rules.span import first_moment
from talent.rules.teams import MemberState
from talent.seal import blind_index
from talent.staffing.models import Appointment
from talent.teams.models import Team, TeamMember
from talent.teams.service import teams_seen
from talent.training.models import Credential
from talent.training.service import VALID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor, Permission
    from talent.directory.filters import Wanted

OLDER_YEARS = 60
LAPSING = timedelta(days=90)
ZONE = ZoneInfo(DEFAULT_ZONE)
_OTHER, _TOP = aliased(Person), aliased(Office)  # made once: it takes longer than a search
BEYOND = "\U0010ffff"  # after every character that a key can go on with


@dataclass(frozen=True, slots=True)
class Part:
    """A filter: the ids of all whom it names (of more, if not `exact`), and whether of one."""

    ids: Any
    of: Callable[[Any], ColumnElement[bool]]
    names: str = ""  # the beginning of a name, when it asks for nothing else
    exact: bool = True
    narrows: bool = False  # those who are known, some of them left out


def known(actor: Actor, permission: Permission, *below: ColumnElement[bool]) -> Part:
    """Those whom an office knows for which the permission is held."""
    offices = (within(actor, permission), *below)
    return Part(
        select(Tie.person_id).where(Tie.office_id.in_(select(Office.id).where(*offices))),
        lambda person: exists().where(
            Tie.person_id == person, Tie.office_id == Office.id, *offices
        ),
    )


def parts_of(actor: Actor, permission: Permission, wanted: Wanted, today: date) -> Iterator[Part]:
    """What is wanted; the first part says where people are known."""
    below: tuple[ColumnElement[bool], ...] = ()
    if wanted.office:
        step = select(_TOP.path).where(_TOP.id == wanted.office).scalar_subquery()
        below = (func.substr(Office.path, 1, func.length(step)) == step,)
    offices = (within(actor, permission), *below)
    yield known(actor, permission, *below)
    if wanted.q:
        yield _found_by(wanted.q)
    if wanted.state:
        stands = Registration.state == wanted.state
        units = select(Office.id).where(*offices)
        rows = select(Registration.person_id).where(Registration.office_id.in_(units), stands)
        yield _at_offices(Registration, offices, stands, ids=rows, exact=True)
    if wanted.since:
        since = Registration.applied_at >= first_moment(wanted.since, ZONE)
        rows = select(Registration.person_id).where(since)
        yield _at_offices(Registration, offices, since, ids=rows)
    if wanted.appointment:
        kind = Appointment.kind == wanted.appointment
        lasts = or_(Appointment.ends_on.is_(None), Appointment.ends_on > today)
        rows = select(Appointment.person_id).where(kind)
        today_ = (kind, Appointment.starts_on <= today, lasts)
        yield _at_offices(Appointment, offices, *today_, ids=rows)
    yield from _able(actor, permission, wanted, today)
    yield from _own(wanted, today)


def _able(actor: Actor, permission: Permission, wanted: Wanted, today: date) -> Iterator[Part]:
    """What somebody can do, and with whom."""
    if wanted.category:
        chosen = person_category.c.category_id == wanted.category
        yield _rows(person_category.c.person_id, chosen)
    if wanted.skill:
        below_it = person_skill.c.skill_id.in_(_branch(Skill, wanted.skill))
        yield _rows(person_skill.c.person_id, below_it)
    if wanted.team:
        members = TeamMember.team_id.in_(_branch(Team, wanted.team))
        own = TeamMember.team_id.in_(teams_seen(actor, permission))
        yield _rows(TeamMember.person_id, members, own, TeamMember.state == MemberState.ACTIVE)
    if wanted.tongue:
        yield _rows(SpokenLanguage.person_id, SpokenLanguage.tongue == wanted.tongue)
    if wanted.credential:
        yield _holding(wanted.credential, wanted.holding, today)


def _found_by(q: str) -> Part:
    """By the beginning of a name, its pinyin or initials, by number, phone or its last digits."""
    key, typed = squeezed(q), identity.normalise(q)
    ways: list[Part] = []
    if key:
        ways.append(_called(key))
    if any(sign.isdecimal() for sign in typed):  # every volunteer number begins with the same V
        ways.append(
            _person(lambda p: and_(p.volunteer_no >= typed, p.volunteer_no < typed + BEYOND))
        )
    if len(typed) == TAIL and typed.isdecimal():
        tail = blind_index("phone-tail", typed)
        ways.append(_person(lambda p: p.phone_tail_index == tail))
    elif len(typed) > TAIL and (number := normal_phone(q)):
        whole = blind_index("phone", number)
        ways.append(_person(lambda p: p.phone_index == whole))
    if not ways:
        return _person(lambda p: p.id < 0)
    if len(ways) == 1:
        return Part(ways[0].ids, ways[0].of, names=key)
    return Part(
        union_all(*(way.ids for way in ways)),
        lambda person: or_(*(way.of(person) for way in ways)),
    )


def _called(key: str) -> Part:
    """By the beginning of a name. No database foresees how many have it: each is looked at."""
    text = NameKey.text.concat("")
    return Part(
        select(NameKey.person_id).where(NameKey.text >= key, NameKey.text < key + BEYOND),
        lambda person: exists().where(
            NameKey.person_id == person, text >= key, text < key + BEYOND
        ),
    )


def _own(wanted: Wanted, today: date) -> Iterator[Part]:
    """What stands with the person."""
    grown = age.latest_birth(today, GUARDIAN_BELOW_YEARS)
    old = age.latest_birth(today, OLDER_YEARS)
    if wanted.age is AgeBand.MINOR:
        yield _person(lambda p: p.birth_date > grown)
    if wanted.age is AgeBand.ADULT:
        yield _person(lambda p: and_(p.birth_date <= grown, p.birth_date > old))
    if wanted.age is AgeBand.OLDER:
        yield _person(lambda p: p.birth_date <= old)
    if wanted.guardian is Guardianship.NAMED:
        yield _person(lambda p: p.guardian_name.is_not(None))
    if wanted.guardian is Guardianship.MISSING:
        yield _person(lambda p: and_(p.birth_date > grown, p.guardian_name.is_(None)))
    if wanted.no_phone:
        yield _person(lambda p: p.phone_index.is_(None))


def _holding(kind_id: int, holding: Holding | None, today: date) -> Part:
    rows = [Credential.kind_id == kind_id, VALID, Credential.issued_on <= today]
    if holding is Holding.LAPSING:
        rows.append(Credential.valid_until.between(today, today + LAPSING))
    elif holding is Holding.HELD:
        rows.append(or_(Credential.valid_until.is_(None), Credential.valid_until >= today))
    return _rows(Credential.person_id, *rows)


def _rows(person_id: Any, *conditions: Any) -> Part:
    return Part(
        select(person_id).where(*conditions),
        lambda person: exists().where(person_id == person, *conditions),
    )


def _at_offices(
    model: Any,
    offices: Sequence[ColumnElement[bool]],
    *conditions: ColumnElement[bool],
    ids: Select[Any],
    exact: bool = False,
) -> Part:
    return Part(
        ids,
        lambda person: exists().where(
            model.person_id == person, model.office_id == Office.id, *offices, *conditions
        ),
        exact=exact,
        narrows=exact,
    )


def _person(condition: Callable[[Any], ColumnElement[bool]]) -> Part:
    return Part(
        select(_OTHER.id).where(condition(_OTHER)),
        lambda person: exists().where(_OTHER.id == person, condition(_OTHER)),
    )


def _branch(model: Any, key: int) -> Sequence[int]:
    """A skill or team, and all below it."""
    above = {row.id: row.parent_id for row in db.session.execute(select(model.id, model.parent_id))}
    return sorted(trees.below([key], above))

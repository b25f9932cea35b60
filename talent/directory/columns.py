"""The columns of the list of people: what each shows of a person, on a page and in a file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from talent.db import db
from talent.directory.models import ListChoice
from talent.offices.service import seen
from talent.people.models import Person, Registration
from talent.rules import age
from talent.rules.identity import masked
from talent.rules.reason import N_
from talent.rules.teams import MemberState
from talent.rules.words import Word
from talent.staffing.models import Appointment
from talent.teams.models import Team, TeamMember
from talent.training.models import Credential
from talent.training.service import VALID

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from talent.access import Actor, Permission

    Loaded: TypeAlias = "Callable[[Sequence[int], Actor, Permission, date], dict[int, list[Any]]]"

_SHOWN_DIGITS = 4  # of a phone number


class Shown(Word):
    """A column beside the name."""

    NUMBER = "number", N_("Volunteer number")
    REGISTRATION = "registration", N_("Registration")
    AREA = "area", N_("Area of residence")
    PHONE = "phone", N_("Phone")
    EMAIL = "email", N_("Mail address")
    SEX = "sex", N_("Sex")
    BORN = "born", N_("Birth date")
    AGE = "age", N_("Age")
    DOCUMENT = "document", N_("Number of the document")
    CATEGORIES = "categories", N_("Kinds of service")
    SKILLS = "skills", N_("Skills")
    TONGUES = "tongues", N_("Languages")
    CREDENTIALS = "credentials", N_("Credentials")
    APPOINTMENTS = "appointments", N_("Appointments")
    TEAMS = "teams", N_("Teams")
    GUARDIAN = "guardian", N_("Guardian")
    SINCE = "since", N_("Registered on")
    LANGUAGE = "language", N_("Language of messages")


ALWAYS = (Shown.NUMBER, Shown.REGISTRATION, Shown.AREA)  # until somebody chooses


@dataclass(slots=True)
class Line:
    """A person with what the columns need, as far as the reader's offices are concerned."""

    person: Person
    age: int | None
    registrations: list[Registration] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)

    @property
    def document(self) -> str:
        """The number of the document, with most of it hidden."""
        return masked(self.person.document or "")

    @property
    def phone(self) -> str:
        """The phone number, of which the last digits are shown."""
        return hidden(self.person.phone)


def plain(phone: str | None) -> str:
    """A phone number as it is dialled at home; one from abroad with its country."""
    return (phone or "").removeprefix("+86")


def hidden(phone: str | None) -> str:
    """A phone number of which the last digits are shown."""
    return f"{'*' * 7}{phone[-_SHOWN_DIGITS:]}" if phone else ""


def chosen(actor: Actor) -> tuple[Shown, ...]:
    """The columns that the account wants."""
    choice = db.session.get(ListChoice, actor.account_id or 0)
    kept = [Shown.of(code) for code in choice.columns] if choice else []
    return tuple(column for column in kept if column) if choice else ALWAYS


def choose(columns: Iterable[Shown], *, actor: Actor) -> None:
    """Keep the columns that the account wants, in the order of the list."""
    wanted = set(columns)
    choice = db.session.get(ListChoice, actor.account_id) or ListChoice(account_id=actor.account_id)
    choice.columns = [column.value for column in Shown if column in wanted]
    db.session.add(choice)


def lines(
    ids: Sequence[int],
    columns: Collection[Shown],
    actor: Actor,
    permission: Permission,
    *,
    today: date,
) -> list[Line]:
    """These people, in this order, with what the columns need: in as many questions for a hundred.

    One who is gone meanwhile is left out.
    """
    query = select(Person).where(Person.id.in_(ids)).options(*_options(columns))
    people = {person.id: person for person in db.session.scalars(query)}
    more = {
        name: load(ids, actor, permission, today) if wanted & set(columns) else {}
        for name, (wanted, load) in _LOADED.items()
    }
    return [
        Line(
            person,
            age.age_on(person.birth_date, today)
            if person.birth_date and person.birth_date <= today
            else None,
            **{name: rows.get(person.id, []) for name, rows in more.items()},
        )
        for number in ids
        if (person := people.get(number))
    ]


def _options(columns: Collection[Shown]) -> list[Any]:
    wanted = {
        Shown.CATEGORIES: Person.categories,
        Shown.SKILLS: Person.known_skills,
        Shown.TONGUES: Person.spoken,
    }
    return [selectinload(of) for column, of in wanted.items() if column in columns]


def _registrations(
    ids: Sequence[int], actor: Actor, permission: Permission, _today: date
) -> dict[int, list[Registration]]:
    query = (
        select(Registration)
        .where(Registration.person_id.in_(ids), Registration.office_id.in_(seen(actor, permission)))
        .options(joinedload(Registration.office))
        .order_by(Registration.id)
    )
    return _by_person(db.session.scalars(query))


def _credentials(
    ids: Sequence[int], _actor: Actor, _permission: Permission, today: date
) -> dict[int, list[Credential]]:
    lasts = or_(Credential.valid_until.is_(None), Credential.valid_until >= today)
    query = select(Credential).where(Credential.person_id.in_(ids), VALID, lasts)
    return _by_person(db.session.scalars(query.order_by(Credential.id)))


def _appointments(
    ids: Sequence[int], actor: Actor, permission: Permission, today: date
) -> dict[int, list[Appointment]]:
    query = (
        select(Appointment)
        .where(
            Appointment.person_id.in_(ids),
            Appointment.office_id.in_(seen(actor, permission)),
            Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > today),
        )
        .options(joinedload(Appointment.office))
        .order_by(Appointment.id)
    )
    return _by_person(db.session.scalars(query))


def _teams(
    ids: Sequence[int], actor: Actor, permission: Permission, _today: date
) -> dict[int, list[Team]]:
    query = (
        select(TeamMember)
        .join(TeamMember.team)
        .where(
            TeamMember.person_id.in_(ids),
            TeamMember.state == MemberState.ACTIVE,
            Team.office_id.in_(seen(actor, permission)),
        )
        .options(contains_eager(TeamMember.team))
        .order_by(TeamMember.id)
    )
    members = _by_person(db.session.scalars(query))
    return {number: [member.team for member in rows] for number, rows in members.items()}


def _by_person(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


_LOADED: dict[str, tuple[set[Shown], Loaded]] = {
    "registrations": ({Shown.REGISTRATION, Shown.SINCE}, _registrations),
    "credentials": ({Shown.CREDENTIALS}, _credentials),
    "appointments": ({Shown.APPOINTMENTS}, _appointments),
    "teams": ({Shown.TEAMS}, _teams),
}

"""The facts that the law asks about people: one statement, however many there are.

Every page and every act asks it, so it is put together once, when the module is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Date,
    Integer,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from talent.arrays import any_of
from talent.db import among, asked
from talent.i18n import named
from talent.offices.models import Office
from talent.people import service as people
from talent.people.agreements.models import Signature
from talent.people.models import Consent, Person, Registration, RegistrationState, person_skill
from talent.people.permits import service as permits
from talent.rules import age, signup, workload
from talent.rules.consent import ConsentKind
from talent.rules.signup import GateKind, Held, SignupState
from talent.rules.span import Span
from talent.rules.workload import Engagement
from talent.shifts.models import Attendance, AttendanceState, Project, Shift, ShiftState, Signup
from talent.training.models import Credential, TrainingRecord
from talent.training.service import STANDS, VALID

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, CompoundSelect, Row

    from talent.rules.guardianship import Permit

# Which fact a row tells. All have the same columns, most of them empty.
BORN, ACTIVE, CREDENTIAL, TRAINING, SIGNED, SKILL, ENGAGED = range(7)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_GATES = {CREDENTIAL: GateKind.CREDENTIAL, TRAINING: GateKind.TRAINING}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the law asks about one person, for any number of shifts."""

    active_at: tuple[str, ...] = ()  # places in the tree of the offices where registered
    born: date | None = None
    guardian_consents: bool = False
    held: tuple[Held, ...] = ()
    engaged: Mapping[int, Engagement] = field(default_factory=dict)  # by shift
    live: frozenset[int] = frozenset()  # shifts with a place or waited for
    signed: frozenset[int] = frozenset()  # versions of agreements
    permits: Sequence[Permit] | None = None  # what a guardian named; None: nothing was named

    def without(self, shift_id: int) -> Facts:
        """The same person without the place on one shift."""
        return replace(self, engaged={i: e for i, e in self.engaged.items() if i != shift_id})

    def engaged_too(self, shift: Shift) -> Facts:
        """The same person with a place on one more shift."""
        more = Engagement(shift.span, named(shift.project), shift.id, shift.where)
        return replace(self, engaged={**self.engaged, shift.id: more})


def _kind(kind: int) -> ColumnElement[int]:
    return literal_column(str(kind), Integer)


def _told(of: Callable[[Any], ColumnElement[bool]]) -> CompoundSelect[*tuple[Any, ...]]:
    """A row for each fact of the people whose column is `of` them.

    What the first part gives has types, and those of the others follow it. With a type for each
    empty column the statement is so long that psycopg reads it anew each time (4 096 signs).
    """
    nothing: Any = literal_column("NULL")
    empty, no_day = (nothing,) * 8, cast(null(), Date)
    engaged = (
        select(
            _kind(ENGAGED).label("kind"),
            Signup.person_id,
            Shift.id.label("number"),
            no_day.label("first"),
            no_day.label("last"),
            Signup.state.label("state"),
            Attendance.state.label("attended"),
            Shift.starts_at,
            Shift.ends_at,
            Project.name.label("name_zh"),
            Project.name_en,
            Shift.place.label("own_place"),
            Project.place.label("text"),
        )
        .join(Shift, Shift.id == Signup.shift_id)
        .join(Project, Project.id == Shift.project_id)
        .outerjoin(Attendance, Attendance.signup_id == Signup.id)
        .where(
            of(Signup.person_id),
            among(Signup.state, signup.LIVE),
            Shift.ends_at > bindparam("since", type_=Shift.ends_at.type),
            Shift.starts_at < bindparam("until", type_=Shift.starts_at.type),
            ~among(Shift.state, [ShiftState.CANCELLED]),
        )
    )
    active = (
        select(_kind(ACTIVE), Registration.person_id, nothing, nothing, nothing)
        .add_columns(*empty[:-1], Office.path)
        .join(Office, Office.id == Registration.office_id)
        .where(of(Registration.person_id), among(Registration.state, [RegistrationState.ACTIVE]))
    )

    def plain(kind: int, *columns: Any) -> Any:
        return select(_kind(kind), *columns, *empty)

    skill = person_skill.c
    credential = (
        Credential.person_id, Credential.kind_id, Credential.issued_on, Credential.valid_until
    )  # fmt: skip
    training = (
        TrainingRecord.person_id, TrainingRecord.course_id, TrainingRecord.held_on,
        TrainingRecord.valid_until,
    )  # fmt: skip
    return union_all(
        engaged,
        plain(BORN, Person.id, nothing, Person.birth_date, nothing).where(of(Person.id)),
        active,
        plain(CREDENTIAL, *credential).where(of(Credential.person_id), VALID),
        plain(TRAINING, *training).where(
            of(TrainingRecord.person_id), STANDS, TrainingRecord.course_id.is_not(None)
        ),
        plain(SIGNED, Signature.person_id, Signature.agreement_id, nothing, nothing).where(
            of(Signature.person_id)
        ),
        plain(SKILL, skill.person_id, skill.skill_id, nothing, nothing).where(of(skill.person_id)),
    )


_OF_ONE = _told(lambda column: column == bindparam("person", type_=Integer))
_OF_MANY = _told(lambda column: any_of(column, "people"))


def facts_of(
    person_ids: Collection[int], *, since: datetime, near: Span | None = None
) -> dict[int, Facts]:
    """The facts of many people in one question, for shifts that begin at `since` or later.

    Where somebody has a skill, or is young, one or two more are asked. Engagements reach back as
    far as the limits of an office can, or are those `near` alone. Who did not come did not serve.
    """
    wanted = sorted(set(person_ids))
    if not wanted:
        return {}
    back, until = (near.start, near.end) if near else (since - workload.LOOK_BACK, _NEVER)
    if len(wanted) == 1:
        rows = asked(_OF_ONE, person=wanted[0], since=back, until=until)
    else:
        rows = asked(_OF_MANY, people=wanted, since=back, until=until)
    return facts_from(rows, wanted, since=since)


def facts_from(
    rows: Iterable[Row[*tuple[Any, ...]]], person_ids: Collection[int], *, since: datetime
) -> dict[int, Facts]:
    """The facts that the rows tell."""
    told: dict[int, dict[int, list[Any]]] = {id_: {} for id_ in person_ids}
    for row in rows:
        told[row[1]].setdefault(row[0], []).append(row)
    born = {id_: kinds[BORN][0][3] for id_, kinds in told.items() if BORN in kinds}
    minors = [id_ for id_, day in born.items() if _minor(day, since)]
    spoken = _by_guardians(minors)
    skilled = {
        id_: [row[2] for row in kinds[SKILL]] for id_, kinds in told.items() if SKILL in kinds
    }
    skills = people.with_those_above(skilled)
    return {
        id_: Facts(
            active_at=tuple(row[12] for row in kinds.get(ACTIVE, ())),
            born=born.get(id_),
            held=(
                *(Held(g, r[2], r[3], r[4]) for k, g in _GATES.items() for r in kinds.get(k, ())),
                *(Held(GateKind.SKILL, skill_id) for skill_id in sorted(skills.get(id_, ()))),
            ),
            engaged=_engaged(kinds.get(ENGAGED, ())),
            live=frozenset(row[2] for row in kinds.get(ENGAGED, ())),
            signed=frozenset(row[2] for row in kinds.get(SIGNED, ())),
            **spoken.get(id_, {}),
        )
        for id_, kinds in told.items()
    }


def _engaged(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[int, Engagement]:
    """By the shift, in the order of time."""
    return {
        row.number: Engagement(
            Span(row.starts_at, row.ends_at),
            named(row),
            row.number,
            row.own_place or row.text,
            row.state is not SignupState.CONFIRMED,
        )
        for row in sorted(rows, key=lambda row: (row.starts_at, row.number))
        if row.state in signup.ENGAGED and row.attended is not AttendanceState.ABSENT
    }


def _minor(born: date | None, since: datetime) -> bool:
    """Whether a guardian may be asked for shifts from then on; a day more, whatever the zone."""
    return born is not None and age.guardian_needed(born, since.date() - timedelta(days=1))


def _by_guardians(minors: Collection[int]) -> dict[int, dict[str, Any]]:
    """For whom a guardian consented, and what was named. Nothing is asked where nobody is young."""
    if not minors:
        return {}
    consenting = select(Consent.person_id).where(
        Consent.person_id.in_(minors),
        Consent.kind == ConsentKind.GUARDIAN,
        Consent.withdrawn_at.is_(None),
    )
    given = permits.permits_of(minors)
    return {
        id_: {"guardian_consents": True, "permits": given.get(id_)}
        for (id_,) in asked(consenting.distinct())
    }

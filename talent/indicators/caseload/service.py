"""Cases for each worker: counted by month, held against the ceilings, rolled up over the tree."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from secrets import token_hex
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.indicators import plan
from talent.indicators.definitions.service import concerns
from talent.indicators.models import CaseCount, Ceiling, WorkKind
from talent.offices.service import seen
from talent.people.models import Person
from talent.rules import caseload as law
from talent.rules.caseload import Load, Over
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.models import Appointment
from talent.staffing.standards.service import sets_for_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.indicators.service import Tree
    from talent.offices.models import Office
    from talent.rules.sources import Sure

PAGE = 50  # workers
MOST = 100_000  # of one kind for one worker: more is a slip
MONTHS = 12
FIRST_YEAR = 2000
MONTH = relativedelta(months=1)


class Uncounted(Word):
    """Why counts or ceilings are not written."""

    LATER = "later", N_("%(month)s has not begun yet.")
    RANGE = "range", N_("Give a whole number from 0 to 100,000.")
    TURNED = "turned", N_("The last day, %(last)s, is before the first day, %(first)s.")
    ALONE = "alone", N_("Give both the other kind and the most of it, or neither.")
    SAME = "same", N_("Choose another kind than the first one.")


def kinds(actor: Actor, *, closed: bool = False) -> Sequence[WorkKind]:
    """The kinds of work that concern the actor's offices, with their ceilings."""
    query = (
        select(WorkKind)
        .where(concerns(WorkKind.office_id, actor))
        .options(selectinload(WorkKind.ceilings).joinedload(Ceiling.office))
        .order_by(WorkKind.id)
    )
    if not closed:
        query = query.where(WorkKind.open)
    return db.session.scalars(query).all()


def last_of(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def workers_in(offices: Iterable[int], month: date) -> dict[int, dict[int, Decimal]]:
    """By office, who was appointed there on any day of the month, with the share of full time."""
    last = last_of(month)
    query = (
        select(Appointment.office_id, Appointment.person_id, Appointment.share)
        .where(Appointment.office_id.in_(list(offices)), Appointment.starts_on <= last)
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > month))
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for office_id, person_id, share in db.session.execute(query):
        before = found[office_id].get(person_id, Decimal(0))
        found[office_id][person_id] = min(law.WHOLE, before + share)
    return found


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker in a month: what is counted at these offices, and of what it is too much."""

    person: Person
    office: Office
    share: Decimal
    counts: Mapping[int, int]  # by the id of the kind
    over: Sequence[Over] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One office and all below it in a month: by the id of the kind, how much over how many."""

    office: Office
    depth: int
    loads: Mapping[int, Load]
    appointed: int
    uncounted: Sequence[int] = field(default=(), repr=False)  # people without any count

    @property
    def over(self) -> int:
        """How many workers have more than a ceiling."""
        return len({one for load in self.loads.values() for one in load.over})

    @property
    def counted(self) -> int:
        """How many workers have a count."""
        return len({one for load in self.loads.values() for one in load.workers})


@dataclass(frozen=True, slots=True)
class Month:
    """All of a month: each office, each worker."""

    month: date
    kinds: Sequence[WorkKind]  # of which there is a count
    lines: Sequence[Line]
    workers: Sequence[Worker]


def month_of(actor: Actor, tree: Tree, office: Office, month: date) -> Month:
    """A month of an office and all below it, in a few questions for any number of workers."""
    inside = [each for each in tree.offices if each.path.startswith(office.path)]
    ids = {each.id for each in inside}
    homes = {id_: home for id_, home in tree.home.items() if home in ids}
    everywhere = _counts(tree.home, month, month)  # who works at two offices is told of both
    rows = [row for row in everywhere if row.office_id in homes]
    at_work = workers_in(tree.home, month)
    appointed: dict[int, set[int]] = defaultdict(set)
    for id_, people in at_work.items():
        appointed[tree.home[id_]] |= set(people)
    workers = _workers(rows, _by_person(everywhere), _shares(at_work), _ceilings(actor), tree)
    too_many = {worker.person.id: {one.kind for one in worker.over} for worker in workers}
    own: dict[int, dict[int, Load]] = {}
    at_home: dict[int, list[CaseCount]] = defaultdict(list)
    for row in rows:
        at_home[homes[row.office_id]].append(row)
    for id_ in ids:
        own[id_] = _loads(at_home[id_], too_many)
    lines: dict[int, Line] = {}
    people_of: dict[int, set[int]] = {}
    for each in reversed(inside):
        below = [lines[child.id] for child in tree.below(each)]
        loads = _together([own[each.id], *(line.loads for line in below)])
        children = tree.below(each)
        everybody = appointed[each.id].union(*(people_of[child.id] for child in children))
        people_of[each.id] = everybody
        counted = {one for load in loads.values() for one in load.workers}
        without = tuple(sorted(everybody - counted))
        depth = tree.depth(each) - tree.depth(office)
        lines[each.id] = Line(each, depth, loads, len(everybody), without)
    used = {row.kind_id for row in rows}
    return Month(
        month,
        [kind for kind in kinds(actor, closed=True) if kind.id in used],
        [lines[each.id] for each in inside],
        workers,
    )


def page_of(workers: Sequence[Worker], after: int | None) -> tuple[Sequence[Worker], int | None]:
    """Of the workers a page after a person, and after whom the next one begins, if there is one."""
    at = next((n for n, one in enumerate(workers, 1) if one.person.id == after), 0)
    rest = workers[at:]
    return rest[:PAGE], rest[PAGE - 1].person.id if len(rest) > PAGE else None


def _counts(offices: Iterable[int], first: date, last: date) -> Sequence[CaseCount]:
    query = (
        select(CaseCount)
        .where(CaseCount.office_id.in_(list(offices)))
        .where(CaseCount.month >= first, CaseCount.month <= last)
        .options(joinedload(CaseCount.person), joinedload(CaseCount.office))
        .order_by(CaseCount.month, CaseCount.id)
    )
    return db.session.scalars(query).all()


def _by_person(rows: Iterable[CaseCount]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row.person_id][row.kind_id] += row.number
    return found


def _shares(appointed: Mapping[int, Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """Of each person over all offices, at most one full time."""
    found: dict[int, Decimal] = {}
    for people in appointed.values():
        for person_id, share in people.items():
            found[person_id] = min(law.WHOLE, found.get(person_id, Decimal(0)) + share)
    return found


def _ceilings(actor: Actor) -> list[law.Ceiling]:
    return [
        law.Ceiling(
            one.kind_id, one.most, one.valid_from, one.valid_to, one.office_id,
            one.beside_id, one.beside_most or Decimal(0),
        )
        for kind in kinds(actor, closed=True)
        for one in kind.ceilings
    ]  # fmt: skip


def _workers(
    rows: Sequence[CaseCount],
    of_person: Mapping[int, Mapping[int, int]],
    shares: Mapping[int, Decimal],
    ceilings: Sequence[law.Ceiling],
    tree: Tree,
) -> list[Worker]:
    """Each person once, at the first office that counted; whoever is over most stands first."""
    found = {}
    for row in rows:
        if row.person_id in found:
            continue
        office = tree.by_id[tree.home[row.office_id]]
        share = shares.get(row.person_id, law.WHOLE)
        in_force = law.ceilings_on(
            ceilings, day=last_of(row.month), scopes=list(reversed(office.ancestor_ids))
        )
        counts = of_person[row.person_id]
        over = law.over(counts, in_force, share)
        found[row.person_id] = Worker(row.person, office, share, counts, over)
    return sorted(
        found.values(), key=lambda one: (-_worst(one), one.person.sort_key, one.person.id)
    )


def _worst(worker: Worker) -> Decimal:
    """By how much of its ceiling a worker is over."""
    return max((one.excess / one.most for one in worker.over), default=Decimal(0))


def _loads(rows: Iterable[CaseCount], too_many: Mapping[int, set[object]]) -> dict[int, Load]:
    found: dict[int, list[Load]] = defaultdict(list)
    for row in rows:
        one = frozenset({row.person_id})
        over = one if row.kind_id in too_many.get(row.person_id, ()) else frozenset()
        found[row.kind_id].append(Load(row.number, one, over))
    return {kind_id: law.together(loads) for kind_id, loads in found.items()}


def _together(parts: Iterable[Mapping[int, Load]]) -> dict[int, Load]:
    found: dict[int, list[Load]] = defaultdict(list)
    for part in parts:
        for kind_id, load in part.items():
            found[kind_id].append(load)
    return {kind_id: law.together(loads) for kind_id, loads in found.items()}


@dataclass(frozen=True, slots=True)
class Past:
    """A month that is looked back at: how many of a kind, over how many workers."""

    number: int
    workers: int

    @property
    def for_each(self) -> Decimal:
        """Cases for each worker with a count, unrounded."""
        return Decimal(self.number) / self.workers


def history(tree: Tree, office: Office, until: date) -> list[tuple[date, dict[int, Past]]]:
    """The last twelve months of an office and all below it, the first one first."""
    first = until - (MONTHS - 1) * MONTH
    homes = [
        id_ for id_, home in tree.home.items() if tree.by_id[home].path.startswith(office.path)
    ]
    query = (
        select(
            CaseCount.month,
            CaseCount.kind_id,
            func.sum(CaseCount.number),
            func.count(CaseCount.person_id.distinct()),
        )
        .where(CaseCount.office_id.in_(homes))
        .where(CaseCount.month >= first, CaseCount.month <= until)
        .group_by(CaseCount.month, CaseCount.kind_id)
    )
    found: dict[date, dict[int, Past]] = {first + step * MONTH: {} for step in range(MONTHS)}
    for month, kind_id, number, workers in db.session.execute(query):
        found[month][kind_id] = Past(int(number), int(workers))
    return list(found.items())


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheet of an office and month: its workers, the kinds, and what is written."""

    office: Office
    month: date
    people: Sequence[Person]
    kinds: Sequence[WorkKind]
    written: Mapping[tuple[int, int], int]  # by person and kind
    before: Mapping[tuple[int, int], int]  # of the month before


def grid(actor: Actor, office: Office, month: date, *, chosen: Sequence[int] = ()) -> Grid:
    """Who worked there in the month, and the kinds that the office counts or has chosen."""
    rows = _counts([office.id], month - MONTHS * MONTH, month)
    at_work = set(workers_in([office.id], month).get(office.id, {}))
    at_work |= {row.person_id for row in rows if row.month == month}
    query = select(Person).where(Person.id.in_(at_work)).order_by(Person.sort_key, Person.id)
    used = {row.kind_id for row in rows} | set(chosen)
    offered = kinds(actor)
    shown = [kind for kind in offered if kind.id in used] or list(offered[:1])
    return Grid(
        office,
        month,
        db.session.scalars(query).all(),
        shown,
        {(row.person_id, row.kind_id): row.number for row in rows if row.month == month},
        {(row.person_id, row.kind_id): row.number for row in rows if row.month == month - MONTH},
    )


def enter(
    sheet: Grid,
    numbers: Mapping[tuple[int, int], int | None],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> int:
    """Write the counts of a month; None takes a count away. How many are other than before."""
    if sheet.month > today:
        raise Refused([Because(Uncounted.LATER, {"month": sheet.month})])
    if any(number is not None and not 0 <= number <= MOST for number in numbers.values()):
        raise Refused([Uncounted.RANGE])
    query = select(CaseCount).where(
        CaseCount.office_id == sheet.office.id, CaseCount.month == sheet.month
    )
    there = {(row.person_id, row.kind_id): row for row in db.session.scalars(query)}
    changed: list[list[int | None]] = []
    for key, number in numbers.items():
        row = there.get(key)
        if (row.number if row else None) == number:
            continue
        changed.append([*key, row.number if row else None, number])
        if row is None:
            db.session.add(
                CaseCount(
                    person_id=key[0], kind_id=key[1], office_id=sheet.office.id,
                    month=sheet.month, number=number, made_by=actor.account_id, made_at=now,
                )
            )  # fmt: skip
        elif number is None:
            db.session.delete(row)
        else:
            row.number, row.made_by, row.made_at = number, actor.account_id, now
    db.session.flush()
    if changed:
        audit.record(
            Act.CASES_COUNTED, sheet.office, actor=actor, now=now, office_id=sheet.office.id,
            month=sheet.month.isoformat(), changed=changed,
        )  # fmt: skip
    return len(changed)


@dataclass(frozen=True, slots=True)
class NewKind:
    """A kind of work of an office's own."""

    name_zh: str
    name_en: str | None
    unit_zh: str
    unit_en: str | None


@dataclass(frozen=True, slots=True)
class NewCeiling:
    """At most so many, from a day to a last day."""

    most: Decimal
    beside: WorkKind | None
    beside_most: Decimal | None
    valid_from: date
    last_day: date | None
    source: str
    sure: Sure


def kind(actor: Actor, kind_id: int) -> WorkKind:
    """A kind that concerns the actor's offices, or `NotFound`."""
    query = select(WorkKind).where(WorkKind.id == kind_id, concerns(WorkKind.office_id, actor))
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def add_kind(office: Office | None, stated: NewKind, *, actor: Actor, now: datetime) -> WorkKind:
    """Begin to count a kind of work at an office and all below it."""
    row = WorkKind(
        code=f"own_{office.id if office else 0}_{token_hex(8)}",
        name_zh=stated.name_zh,
        name_en=stated.name_en,
        unit_zh=stated.unit_zh,
        unit_en=stated.unit_en,
        office_id=office.id if office else None,
    )
    db.session.add(row)
    db.session.flush()
    _record(row, row.office_id, actor=actor, now=now, done="kind", code=row.code)
    return row


def set_ceiling(
    row: WorkKind, office: Office | None, stated: NewCeiling, *, actor: Actor, now: datetime
) -> Ceiling:
    """Set a ceiling for an office and all below it; None is everybody."""
    reasons = _turned(stated.valid_from, stated.last_day)
    if (stated.beside is None) != (stated.beside_most is None):
        reasons.append(Because(Uncounted.ALONE))
    if stated.beside is row:
        reasons.append(Because(Uncounted.SAME))
    if reasons:
        raise Refused(reasons)
    ceiling = Ceiling(
        kind=row,
        office_id=office.id if office else None,
        most=stated.most,
        beside=stated.beside,
        beside_most=stated.beside_most,
        valid_from=stated.valid_from,
        valid_to=stated.last_day and stated.last_day + timedelta(days=1),
        source=stated.source,
        sureness=stated.sure,
        made_at=now,
    )
    db.session.add(ceiling)
    db.session.flush()
    _record(
        ceiling, ceiling.office_id, actor=actor, now=now, done="ceiling", code=row.code,
        most=f"{stated.most:f}",
    )  # fmt: skip
    return ceiling


def ceiling(actor: Actor, ceiling_id: int) -> Ceiling:
    """A ceiling that the actor may end, or `NotFound`."""
    found = db.session.get(Ceiling, ceiling_id)
    if found is None or found.id not in keeps(actor, [found]):
        raise NotFound
    return found


def keeps(actor: Actor, rows: Sequence[Ceiling]) -> set[int]:
    """Of these ceilings, the ids of those that the actor may end."""
    mine = set(db.session.scalars(seen(actor, Permission.EDIT_STAFFING)).all())
    for_all = sets_for_all(actor)
    return {row.id for row in rows if (row.office_id in mine if row.office_id else for_all)}


def end_ceiling(row: Ceiling, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    if reasons := _turned(row.valid_from, last_day):
        raise Refused(reasons)
    row.valid_to = last_day + timedelta(days=1)
    _record(row, row.office_id, actor=actor, now=now, done="ended", to=last_day.isoformat())


def last_day(row: Ceiling) -> date | None:
    """The last day on which it holds; None while no end is known."""
    return row.valid_to and row.valid_to - timedelta(days=1)


def cap(code: str) -> plan.Cap | None:
    """A ceiling that a scheme names, by its code."""
    return next((one for one in plan.CAPS if one.code == code), None)


def caps_of(row: WorkKind) -> list[plan.Cap]:
    """The ceilings that schemes name for a kind."""
    return [one for one in plan.CAPS if one.kind == row.code]


def seed_work() -> None:
    """The kinds of work; a second call adds none. A scheme's ceiling is for an office to set."""
    known = set(db.session.scalars(select(WorkKind.code)))
    for one in plan.WORK:
        if one.code not in known:
            db.session.add(
                WorkKind(
                    code=one.code, name_zh=one.zh, name_en=one.en, unit_zh=one.unit_zh,
                    unit_en=one.unit_en,
                )
            )  # fmt: skip
    db.session.flush()


def _turned(first: date, last: date | None) -> list[Because]:
    if last is None or last >= first:
        return []
    return [Because(Uncounted.TURNED, {"first": first, "last": last})]


def _record(
    row: WorkKind | Ceiling, office_id: int | None, *, actor: Actor, now: datetime, **facts: str
) -> None:
    audit.record(Act.CEILING_CHANGED, row, actor=actor, now=now, office_id=office_id, **facts)

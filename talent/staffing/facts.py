"""The facts behind the figures, of many offices and several days in a few questions."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from copy import copy
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select

from talent.access import Permission
from talent.db import db
from talent.offices import service as offices
from talent.offices.models import Office, OfficeKind
from talent.rules import presence as law
from talent.rules.credentials import CheckResult
from talent.staffing.models import Appointment, Population
from talent.training.models import Credential, CredentialKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.rules.staffing import PopulationKind
    from talent.staffing.yardsticks import Who

    Times = list[tuple[date, date | None]]  # each from a day up to another

COUNTED_OFFICES = frozenset({OfficeKind.DISTRICT, OfficeKind.STREET, OfficeKind.COMMUNITY})
ONE_DAY = timedelta(days=1)
THOUSAND = Decimal(1_000)


class Post(NamedTuple):
    """An appointment, as it is counted."""

    id: int
    person_id: int
    office_id: int
    kind: str
    share: Decimal
    start: date
    end: date | None
    on_leave: bool
    leave_start: date | None
    leave_end: date | None

    def times(self, *, count_on_leave: bool) -> Times:
        """When it counts: all the time, or without the leave."""
        if count_on_leave or not self.on_leave:
            return [(self.start, self.end)]
        parts: Times = []
        if self.leave_start and self.leave_start > self.start:
            parts.append((self.start, _earlier(self.end, self.leave_start)))
        if self.leave_end and (self.end is None or self.leave_end < self.end):
            parts.append((max(self.start, self.leave_end), self.end))
        return parts


class Held(NamedTuple):
    """A verified credential, from a day up to another."""

    code: str
    grade: str | None
    professional: bool
    start: date
    end: date | None


class FigureRow(NamedTuple):
    """A population figure of an office."""

    office_id: int
    kind: PopulationKind
    number: int
    as_of: date
    source: str


class Tree:
    """The offices that the actor may see, or those from one of them down, in their order."""

    def __init__(self, actor: Actor, under: Office | None = None) -> None:
        seen = [o for o in offices.offices_of(actor, Permission.SEE_STAFFING) if o.open]
        if under:
            seen = [office for office in seen if under.id in office.ancestor_ids]
        self.ids = offices.seen(actor, Permission.SEE_STAFFING)
        if under:
            self.ids = self.ids.where(Office.path.startswith(under.path, autoescape=True))
        self.offices = {o.id: o for o in seen if o.kind in COUNTED_OFFICES}
        self.children: dict[int, list[Office]] = defaultdict(list)
        for office in self.offices.values():
            if office.parent_id in self.offices:
                self.children[office.parent_id or 0].append(office)
        # At which offices somebody counts who is appointed at one: a station has no population
        # of its own, so its people count with the office above it; a partner's nowhere.
        self.above = {o.id: self._above(o) for o in seen if o.kind is not OfficeKind.PARTNER}

    def upwards(self) -> Iterable[Office]:
        """Every office after those below it."""
        return reversed(self.offices.values())

    def _above(self, office: Office) -> tuple[int, ...]:
        at = next((id_ for id_ in reversed(office.ancestor_ids) if id_ in self.offices), None)
        found = []
        while at in self.offices:
            found.append(at)
            at = self.offices[at].parent_id
        return tuple(found)

    def cells(self, who: Who) -> dict[int, list[Office]]:
        """Below each office, itself among them, those that a standard measures each by itself.

        Without a limit these are the lowest. One that lies below another measures nothing.
        """
        found: dict[int, list[Office]] = {}
        for office in self.upwards():
            below = [each for child in self.children[office.id] for each in found[child.id]]
            own = who.fits(office) if who.limited else not self.children[office.id]
            found[office.id] = [office] if own else below
        return found

    def reach(self, who: Who) -> Mapping[int, tuple[int, ...]]:
        """At which offices people count, where only those at some offices do."""
        if not who.limited:
            return self.above
        fitting = {id_ for id_, office in self.offices.items() if who.fits(office)}
        return {
            place: chain if fitting.intersection(chain) else ()
            for place, chain in self.above.items()
        }


class Staff:
    """Who is appointed and what they hold, and how many of them count where on each day."""

    def __init__(self, tree: Tree, days: Sequence[date], whos: Collection[Who]) -> None:
        self.tree, self.days = tree, days
        kinds = sorted({kind for who in whos for kind in who.kinds})
        query = post_columns().where(
            Appointment.office_id.in_(tree.ids),
            Appointment.kind.in_(kinds),
            Appointment.starts_on <= days[-1],
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > days[0]),
        )
        self.posts = [Post(*row) for row in db.session.execute(query)]
        codes = {code for who in whos for code in who.credentials}
        self.held = held_by(query.with_only_columns(Appointment.person_id), codes)
        self.certified: dict[int, Times] = {}
        for person_id, held in self.held.items():
            if times := [(one.start, one.end) for one in held if one.professional and one.grade]:
                self.certified[person_id] = times
        self._tallies: dict[Who, dict[int, law.Tally]] = {}

    def supposing(
        self, posts: Iterable[Post], *, tree: Tree, held: Mapping[int, list[Held]] | None = None
    ) -> Staff:
        """The same facts with other posts, at other offices, or with other credentials."""
        other = copy(self)
        other.tree, other.posts = tree, list(posts)
        other.held = dict(self.held if held is None else held)
        other._tallies = {}  # noqa: SLF001 - one of its own
        return other

    def tallies(self, who: Who) -> dict[int, law.Tally]:
        """What each office counts."""
        if who not in self._tallies:
            self._tallies[who] = law.presence(
                self.stays(who), days=self.days, above=self.tree.reach(who), marks=self.certified
            )
            for id_ in self.tree.offices:
                self._tallies[who].setdefault(id_, law.nobody(len(self.days)))
        return self._tallies[who]

    def stays(self, who: Who) -> Iterable[law.Stay]:
        """The posts that count, while they count."""
        for post in self.posts:
            if post.kind in who.kinds:
                share = int(post.share * THOUSAND)
                for start, end in self.counting(who, post):
                    yield law.Stay(post.person_id, post.office_id, start, end, share)

    def counting(self, who: Who, post: Post) -> Times:
        """When a post of a kind that counts does count."""
        times = post.times(count_on_leave=who.count_on_leave)
        if not who.holds:
            return times
        holds = law.merged(
            (one.start, one.end)
            for one in self.held.get(post.person_id, ())
            if one.grade in who.grades or one.code in who.credentials
        )
        return [part for time in times for part in law.common(time, holds)]

    def counting_at(self, office_id: int, who: Who, at: int = -1) -> dict[int, list[Post]]:
        """Who counts at an office on one of the days, with the posts for which they do."""
        reach, day = self.tree.reach(who), self.days[at]
        found: dict[int, list[Post]] = defaultdict(list)
        for post in self.posts:
            if (
                post.kind in who.kinds
                and office_id in reach.get(post.office_id, ())
                and law.within(day, self.counting(who, post))
            ):
                found[post.person_id].append(post)
        return found

    def certified_on(self, person_id: int, day: date) -> bool:
        """Whether somebody holds a professional certificate on a day."""
        return law.within(day, self.certified.get(person_id, ()))


class Populations:
    """Population figures of the offices of a tree, and the sums above them, on each day."""

    def __init__(self, tree: Tree, days: Sequence[date], kinds: Collection[PopulationKind]) -> None:
        self.tree, self.days = tree, days
        query = (
            select(
                Population.office_id,
                Population.kind,
                Population.number,
                Population.as_of,
                Population.source,
            )
            .where(Population.office_id.in_(tree.ids), Population.kind.in_(sorted(kinds)))
            .order_by(Population.as_of, Population.id)
        )
        self.rows: dict[tuple[int, PopulationKind], list[FigureRow]] = defaultdict(list)
        for row in db.session.execute(query):
            figure = FigureRow(*row)
            self.rows[figure.office_id, figure.kind].append(figure)
        self._sizes: dict[PopulationKind, dict[int, list[int | None]]] = {}

    def supposing(
        self, rows: Mapping[tuple[int, PopulationKind], list[FigureRow]], *, tree: Tree
    ) -> Populations:
        """The same with other figures of some offices, in the order of their days."""
        other = copy(self)
        other.tree = tree
        other.rows = defaultdict(list, {**self.rows, **rows})
        other._sizes = {}  # noqa: SLF001 - one of its own
        return other

    def own(self, office_id: int, kind: PopulationKind, day: date) -> FigureRow | None:
        """The office's latest figure of a kind that is not after the day."""
        rows = self.rows.get((office_id, kind), ())
        at = bisect_right(rows, day, key=lambda row: row.as_of)
        return rows[at - 1] if at else None

    def of_office(self, office_id: int) -> list[FigureRow]:
        """All figures of an office."""
        return [row for (id_, _), rows in self.rows.items() if id_ == office_id for row in rows]

    def sizes(self, kind: PopulationKind) -> dict[int, list[int | None]]:
        """Of each office and day how many: the sum of those below it, or else its own figure.

        One below without a figure leaves no sum, or half a denominator would flatter; of homes
        and schools it only says that there is none.
        """
        if kind not in self._sizes:
            found: dict[int, list[int | None]] = {}
            for office in self.tree.upwards():
                own = [self.own(office.id, kind, day) for day in self.days]
                below = [found[child.id] for child in self.tree.children[office.id]]
                found[office.id] = [
                    _whole([sizes[at] for sizes in below], figure and figure.number, kind)
                    for at, figure in enumerate(own)
                ]
            self._sizes[kind] = found
        return self._sizes[kind]

    def behind(self, office: Office, kind: PopulationKind, at: int) -> list[FigureRow]:
        """The rows behind a size: those of all offices below, or else the office's own."""
        below = [self.behind(each, kind, at) for each in self.tree.children[office.id]]
        if below and (all(below) if kind.everywhere else any(below)):
            return [row for rows in below for row in rows]
        own = self.own(office.id, kind, self.days[at])
        return [own] if own else []


def held_by(people: Select[int] | Collection[int], codes: Collection[str]) -> dict[int, list[Held]]:
    """What they hold or held of professional certificates and of the kinds named, if verified.

    A check by which a record was found is held by nobody.
    """
    wanted = or_(CredentialKind.professional, CredentialKind.code.in_(sorted(codes)))
    query = (
        select(
            Credential.person_id,
            CredentialKind.code,
            CredentialKind.grade,
            CredentialKind.professional,
            Credential.issued_on,
            Credential.valid_until,
            Credential.ended_at,
        )
        .join(CredentialKind, CredentialKind.id == Credential.kind_id)
        .where(Credential.person_id.in_(people), wanted, Credential.verified_at.is_not(None))
        .where(or_(Credential.result.is_(None), Credential.result == CheckResult.CLEAR))
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for person_id, code, grade, professional, first, last, ended in db.session.execute(query):
        end = last and last + ONE_DAY
        end = _earlier(end, ended.date()) if ended else end
        found[person_id].append(Held(code, grade, professional, first, end))
    return dict(found)


def post_columns() -> Select[*tuple[Any, ...]]:
    """An appointment as a `Post`."""
    return select(
        Appointment.id,
        Appointment.person_id,
        Appointment.office_id,
        Appointment.kind,
        Appointment.share,
        Appointment.starts_on,
        Appointment.ends_on,
        Appointment.on_leave,
        Appointment.leave_starts_on,
        Appointment.leave_ends_on,
    )


def _whole(below: list[int | None], own: int | None, kind: PopulationKind) -> int | None:
    known = [size for size in below if size is not None]
    if known and (len(known) == len(below) or not kind.everywhere):
        return sum(known)
    return own


def _earlier(end: date | None, other: date) -> date:
    return other if end is None or other < end else end

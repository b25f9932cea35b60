"""The coming shifts as a reader looks through them: a line for each, of the columns it shows.

What the law says about each position, and the way to take one, stand on the page of the shift.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select, union

from talent.access import Held, Permission, Role
from talent.db import among, asked, db
from talent.i18n import gettext, language, named, short_day
from talent.offices import service as offices
from talent.offices.models import Office, ServiceCategory
from talent.rules.signup import ENGAGED, LIVE, SignupState
from talent.rules.span import DAY, first_moment
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.offers import service as offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import (
        BindParameter,
        CompoundSelect,
        Row,
        ScalarSelect,
        Select,
    )

    from talent.access import Actor

PAGE = 50
LOOK_AHEAD = 200  # how many are looked at to fill a page of "those I may take"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a volunteer is looking for."""

    day: date | None = None
    place: str = ""
    category_id: int | None = None
    office_id: int | None = None
    mine_to_take: bool = False
    after: int | None = None

    def __bool__(self) -> bool:
        """Whether anything narrows the list."""
        return bool(
            self.day or self.place or self.category_id or self.office_id or self.mine_to_take
        )


@dataclass(slots=True)  # frozen, it would take twice as long to make
class Line:
    """One shift on the list. Times are those on the clock of its place."""

    id: int
    name: str
    starts: datetime
    ends: datetime
    place: str
    office: str
    seats: str  # how many of its places are free, in words
    cancelled: bool
    mine: SignupState | None = None
    newcomer: bool = False  # the reader's place is kept until the registration is decided
    clashes: bool = False  # the reader has another place at that time

    @property
    def where(self) -> str:
        """The place, and the office whose shift it is."""
        return f"{self.place} · {self.office}"

    @property
    def times(self) -> str:
        """From when to when; with the day of the end where it is another one."""
        end, later = f"{self.ends:%H:%M}", self.ends.date() - self.starts.date()
        if later == DAY:
            end = gettext("%(time)s the next day", time=end)
        elif later:
            end = f"{short_day(self.ends.date())} {end}"
        return f"{self.starts:%H:%M}–{end}"


def shown(keys: Select[Any] | CompoundSelect[Any], *more: Any) -> Select[*tuple[Any, ...]]:
    """A row for the line of each shift of an inner list, which is asked for by key and cut off."""
    listed = keys.subquery()
    return (
        select(
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.zone,
            Shift.place.label("own_place"),
            Shift.state,
            Project.place,
            Project.name.label("name_zh"),
            Project.name_en,
            Office.name_zh.label("office_zh"),
            Office.name_en.label("office_en"),
            summed(Need.places).label("places"),
            summed(Need.places - Need.taken).label("free"),
            *more,
        )
        .select_from(listed)
        .join(Shift, Shift.id == listed.c.id)
        .join(Project, Project.id == Shift.project_id)
        .join(Office, Office.id == Project.office_id)
        .order_by(Shift.starts_at, Shift.id)
    )


def summed(places: Any) -> ScalarSelect[int]:
    """Over all positions of the shift whose line it is."""
    query = select(func.sum(places)).where(Need.shift_id == Shift.id)
    return query.correlate(Shift).scalar_subquery()


_READER: BindParameter[Any] = bindparam("reader")
_OWN = (
    select(Signup.shift_id, Signup.state, Signup.newcomer, Shift.starts_at, Shift.ends_at)
    .join(Shift, Shift.id == Signup.shift_id)
    .where(
        Signup.person_id == _READER,
        among(Signup.state, LIVE),
        Shift.ends_at > bindparam("now"),
        ~among(Shift.state, [ShiftState.CANCELLED]),
    )
)


def coming(
    actor: Actor, wanted: Wanted, *, zone: str, now: datetime
) -> tuple[list[Line], int | None]:
    """A page of coming shifts by time, and the shift after which the next page begins."""
    who = {"now": now, "reader": actor.person_id, **eligibility.places_of(actor)}
    if wanted.mine_to_take:
        keys, after = _to_take(actor, wanted, zone=zone, now=now)
        rows = asked(shown(select(Shift.id).where(Shift.id.in_(keys))))
    else:
        narrows = bool(wanted) or wanted.after is not None
        query = _listed(actor, wanted, zone) if narrows else _all_listed(_alike(actor))
        rows = asked(query, **who)
        after = rows[PAGE - 1].id if len(rows) > PAGE else None
    own = asked(_OWN, **who) if actor.person_id and rows else ()
    return lines_of(rows[:PAGE], list(own)), after


def by_day(lines: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """The lines of each day, on which the shifts begin."""
    return [(day, list(some)) for day, some in groupby(lines, lambda line: line.starts.date())]


_FIRST = select(func.min(Shift.starts_at)).where(Shift.ends_at > bindparam("now"))


def offering_offices(
    actor: Actor, now: datetime, *, since: datetime | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The offices of all that the list shows the reader, in the order of the tree.

    `since`: when the first shift of the whole list starts. Whoever has read the list knows it;
    otherwise it is looked for among all that is not over, which takes longer than the rest.
    """
    if since is None and (since := asked(_FIRST, now=now)[0][0]) is None:
        return []
    who = {"now": now, "reader": actor.person_id, **eligibility.places_of(actor)}
    return asked(_offering(_alike(actor)), since=since, **who)


_KINDS = select(ServiceCategory.id, ServiceCategory.name_zh, ServiceCategory.name_en).order_by(
    ServiceCategory.place, ServiceCategory.id
)


def categories() -> Sequence[Row[*tuple[Any, ...]]]:
    """All kinds of service by their names, to choose one of them."""
    return asked(_KINDS)


def lines_of(
    rows: Sequence[Row[*tuple[Any, ...]]], own: Sequence[Row[*tuple[Any, ...]]] = ()
) -> list[Line]:
    """What was shown, in words; `own` are the reader's places and turns on coming shifts."""
    mine = {each.shift_id: each for each in own}
    busy = [each for each in own if each.state in ENGAGED]
    said = {pair: _seats(*pair) for pair in {(row.free or 0, row.places or 0) for row in rows}}
    lines, english = [], language() == "en"
    for row in rows:
        held, zone = mine.get(row.id), ZoneInfo(row.zone)
        clashes = any(b.starts_at < row.ends_at and row.starts_at < b.ends_at for b in busy)
        lines.append(
            Line(
                row.id,
                named(row),
                row.starts_at.astimezone(zone),
                row.ends_at.astimezone(zone),
                row.own_place or row.place,
                (english and row.office_en) or row.office_zh,
                said[row.free or 0, row.places or 0],
                row.state is ShiftState.CANCELLED,
                held.state if held else None,
                held.newcomer if held else False,
                clashes and not held,
            )
        )
    return lines


def _seats(free: int, places: int) -> str:
    """The same words for all lines with as many places."""
    if not free:
        return gettext("Every place is taken")
    return gettext("%(free)s of %(places)s places free", free=free, places=places)


# What is asked of the database is put together once for all readers of the same reach, which is
# dearer than what it asks. Who reads, and when, is told with each question.
def reach_of(actor: Actor) -> Actor:
    """The same for all who hold the same; whether somebody is a person counts, not who."""
    return replace(actor, account_id=None, person_id=None if actor.person_id is None else 0)


@lru_cache(maxsize=512)
def _all_listed(reach: Actor) -> Select[*tuple[Any, ...]]:
    return _listed(reach, Wanted(), "")


def _listed(reach: Actor, wanted: Wanted, zone: str) -> Select[*tuple[Any, ...]]:
    """An office is led through all that is planned; a volunteer through what is offered to him."""
    keys: Any = _coming(select(Shift.id).join(Shift.project), reach, wanted, zone)
    if not reach.paths(Permission.SEE_SHIFTS):
        of_time: Any = select(Shift.id, Shift.starts_at).join(Shift.project)
        offered = of_time.where(eligibility.SHOWN, eligibility.offered(reach, told=True))
        # Each part by itself: the projects are looked for first, and then their shifts.
        seen = (offered, of_time.where(eligibility.own(_READER)))
        not_over = (_narrowed(_not_over(each, wanted), wanted, zone) for each in seen)
        keys = union(*not_over).order_by("starts_at", "id")
    return shown(keys.limit(PAGE + 1))


def _alike(reader: Actor) -> Actor:
    """The same for all volunteers who are registered at as many offices, wherever these are."""
    reach = reach_of(reader)
    if reach.paths(Permission.SEE_SHIFTS):
        return reach
    held = [Held(Role.VOLUNTEER, 0, "/") for _ in reach.paths(Permission.TAKE_SHIFTS)]
    return replace(reach, held=tuple(held))


@lru_cache(maxsize=512)
def _offering(reach: Actor) -> Select[*tuple[Any, ...]]:
    listed = (
        Shift.starts_at >= bindparam("since"),
        Shift.ends_at > bindparam("now"),
        ~among(Shift.state, [ShiftState.CLOSED]),
    )
    shown = select(Shift.id).where(Shift.project_id == Project.id, *listed)
    having = select(Project.id).where(
        Project.office_id == Office.id,
        or_(
            eligibility.offered(reach, told=True) & shown.where(eligibility.SHOWN).exists(),
            Office.id.in_(offices.seen(reach, Permission.SEE_SHIFTS)) & shown.exists(),
        ),
    )
    mine = select(Project.office_id).join(Shift, Shift.project_id == Project.id)
    query = select(Office.id, Office.name_zh, Office.name_en).where(
        having.exists() | Office.id.in_(mine.where(eligibility.own(_READER), *listed))
    )
    return query.order_by(Office.path)


def _to_take(
    actor: Actor, wanted: Wanted, *, zone: str, now: datetime
) -> tuple[list[int], int | None]:
    """Of the next shifts those with a place for the reader, now or in line, as the law says."""
    query = _coming(select(Shift).join(Shift.project), reach_of(actor), wanted, zone)
    query = query.options(*eligibility.WHOLE).limit(LOOK_AHEAD + 1)
    shifts = db.session.scalars(query, {"now": now, "reader": actor.person_id}).all()
    cards = offers.cards_of(shifts[:LOOK_AHEAD], actor, now)
    found = [card.shift.id for card in cards if card.may]
    if len(found) > PAGE:
        return found[:PAGE], found[PAGE - 1]
    return found, shifts[LOOK_AHEAD - 1].id if len(shifts) > LOOK_AHEAD else None


def _coming(query: Select[Any], reach: Actor, wanted: Wanted, zone: str) -> Select[Any]:
    query = _not_over(query.where(eligibility.visible(reach, _READER)), wanted)
    return _narrowed(query, wanted, zone).order_by(Shift.starts_at, Shift.id)


def _not_over(query: Select[Any], wanted: Wanted) -> Select[Any]:
    # By the first start among what is not over the past is passed by, and not read through; that
    # it is no bare column makes SQLite look for it among what is not over, and not from the start.
    now: BindParameter[datetime] = bindparam("now")
    start = func.coalesce(Shift.starts_at, Shift.ends_at)
    first = select(func.min(start)).where(Shift.ends_at > now).scalar_subquery()
    left_out = ShiftState.CANCELLED if wanted.mine_to_take else ShiftState.CLOSED
    left = ~among(Shift.state, [left_out])
    return query.where(Shift.ends_at > now, Shift.starts_at >= first, left)


def _narrowed(query: Select[Any], wanted: Wanted, zone: str) -> Select[Any]:
    if wanted.day:
        place = ZoneInfo(zone)
        query = query.where(
            Shift.starts_at < first_moment(wanted.day + DAY, place),
            Shift.ends_at > first_moment(wanted.day, place),
        )
    if wanted.place:
        texts = (Shift.place, Project.place, Project.name, Project.name_en)
        query = query.where(
            or_(*(func.lower(t).contains(wanted.place.lower(), autoescape=True) for t in texts))
        )
    if wanted.category_id:
        query = query.where(Project.category_id == wanted.category_id)
    if wanted.office_id:
        step = select(Office.path).where(Office.id == wanted.office_id).scalar_subquery()
        query = query.where(
            Project.office_id.in_(
                select(Office.id).where(func.substr(Office.path, 1, func.length(step)) == step)
            )
        )
    if wanted.after:
        last = select(Shift.starts_at).where(Shift.id == wanted.after).scalar_subquery()
        later = (Shift.starts_at == last) & (Shift.id > wanted.after)
        query = query.where((Shift.starts_at > last) | later)
    return query

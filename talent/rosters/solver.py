"""A better roster by OR-Tools CP-SAT, where that is installed; the greedy one is its first hint.

The model is a little stricter than the law where the law is not linear. What it finds is asked of
the law again, so a proposal never breaks a rule, and it is never worth less than the greedy one.
"""

from __future__ import annotations

import importlib.util
import itertools
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from talent.rules import rosters, signup, workload
from talent.rules.rosters import Proposed, Seat, Volunteer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from talent.rules.workload import Engagement

DAY = timedelta(days=1)
MOST_PEOPLE = 40  # looked at for one seat: those whom it suits best
LOOK = 0.5  # seconds between two looks at whether to stop
RESERVED = 0.25  # share of the asked time that building and checking may take


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: 0 to 100 of the asked time, and what the best roster so far is worth."""

    percent: int
    worth: int


def available() -> bool:
    """Whether the optional library is installed."""
    return importlib.util.find_spec("ortools") is not None


def propose(
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    *,
    now: datetime,
    seconds: float,
    told: Callable[[Progress], bool],
    optimise: bool = True,
) -> tuple[list[Proposed], bool]:
    """The best lawful roster that is found in the time, and whether it is more than the greedy one.

    `told` is called every half second and answers whether to go on. The greedy roster is there in
    any case, so whoever stops early has one.
    """
    began = time.monotonic()
    best = rosters.greedy(seats, volunteers, now)
    value = rosters.worth(best, seats, volunteers)
    go_on = told(Progress(0, value))
    left = seconds * (1 - RESERVED) - (time.monotonic() - began)
    if not (optimise and go_on and best and left > 0 and available()):
        return best, False
    wished = _solved(seats, volunteers, best, now=now, until=began + seconds, told=told)
    found = rosters.lawful(wished, seats, volunteers, now)
    better = rosters.worth(found, seats, volunteers) > value
    return (found, True) if better else (best, False)


def _solved(
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    hint: Sequence[Proposed],
    *,
    now: datetime,
    until: float,
    told: Callable[[Progress], bool],
) -> list[Proposed]:
    """What CP-SAT finds until `until`, a reading of the monotonic clock."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - an extra, loaded when it is asked for

    model = cp_model.CpModel()
    pairs = _pairs(seats, volunteers, hint, now)
    chosen = {pair: model.new_bool_var(f"s{pair.seat}v{pair.volunteer}") for pair in pairs}
    by_seat, by_person = defaultdict(list), defaultdict(list)
    for pair in pairs:
        by_seat[pair.seat].append(chosen[pair])
        by_person[pair.volunteer].append(pair)
    value: list[Any] = []
    for seat in seats:
        if not by_seat[seat.key]:
            continue
        model.add(sum(by_seat[seat.key]) <= seat.free)
        needed = model.new_int_var(0, seat.missing, f"needed{seat.key}")
        model.add(needed <= sum(by_seat[seat.key]))
        value.append(needed * (rosters.NEEDED - rosters.WELCOME))
    seat_of = {seat.key: seat for seat in seats}
    for person in volunteers:
        own = by_person[person.key]
        if own:
            _limit(model, {pair: chosen[pair] for pair in own}, seat_of, person, now)
            value.append(-_unevenness(model, chosen, own, person))
    liked = {person.key: person for person in volunteers}
    for pair in pairs:
        likes = liked[pair.volunteer].liked(seat_of[pair.seat])
        value.append(chosen[pair] * (rosters.WELCOME + likes))
    model.maximize(sum(value))
    wished = set(hint)
    for pair in pairs:
        model.add_hint(chosen[pair], pair in wished)
    return _searched(cp_model, model, chosen, until=until, told=told, fallback=hint)


def _pairs(
    seats: Sequence[Seat], volunteers: Sequence[Volunteer], hint: Iterable[Proposed], now: datetime
) -> list[Proposed]:
    """Who is looked at for which seat: whom the law lets have it beside what he has already."""
    empty = rosters.Roster(seats, volunteers, now)
    pairs = set(hint)
    for seat in seats:
        best = sorted(volunteers, key=lambda v: (v.load * rosters.UNEVEN - v.liked(seat), v.key))
        found = 0
        for volunteer in best:
            if found == MOST_PEOPLE:
                break
            if not empty.refusals(seat, volunteer):
                pairs.add(Proposed(seat.key, volunteer.key))
                found += 1
    return sorted(pairs)


def _limit(
    model: Any,
    own: dict[Proposed, Any],
    seat_of: dict[int, Seat],
    person: Volunteer,
    now: datetime,
) -> None:
    """One person: no two seats that exclude each other, and no more than the most allowed."""
    by_shift = defaultdict(list)
    for pair in own:
        by_shift[seat_of[pair.seat].shift].append(pair)
    seats = {shift: seat_of[pairs[0].seat] for shift, pairs in by_shift.items()}
    for clique in _cliques(list(seats.values())):
        model.add_at_most_one(own[pair] for shift in clique for pair in by_shift[shift])
    one_each = {shift: sum(own[pair] for pair in pairs) for shift, pairs in by_shift.items()}
    engaged = [one for one in person.candidate.engagements if one.counts(now)]
    _limit_sums(model, one_each, seats, engaged)
    ahead = min((s.place.limits.ahead for s in seats.values() if s.place.limits.ahead), default=0)
    if ahead:
        coming = sum(one.span.start > now for one in engaged)
        model.add(sum(one_each.values()) <= max(ahead - coming, 0))


def _limit_sums(
    model: Any, taken: dict[int, Any], seats: dict[int, Seat], engaged: Sequence[Engagement]
) -> None:
    limits = [seat.place.limits for seat in seats.values()]
    most_day = min((each.day for each in limits if each.day), default=0)
    most_week = min((each.week for each in limits if each.week), default=0)
    in_row = min((each.days_in_row for each in limits if each.days_in_row), default=0)
    by_day: dict[date, list[Any]] = defaultdict(list)
    by_week: dict[date, list[Any]] = defaultdict(list)
    on_day: dict[date, list[Any]] = defaultdict(list)
    zone = next(iter(seats.values())).place.zone
    spans = [(one.span, 1) for one in engaged]
    spans += [(seat.place.span, taken[shift]) for shift, seat in seats.items()]
    for span, is_taken in spans:
        for day, minutes in span.by_day(zone):
            by_day[day].append(is_taken * minutes)
            by_week[workload.monday(day)].append(is_taken * minutes)
            on_day[day].append(is_taken)
    for sums, most in ((by_day, most_day), (by_week, most_week)):
        if most:
            _at_most(model, sums, most)
    if in_row:
        _limit_row(model, on_day, in_row)


def _at_most(model: Any, sums: dict[date, list[Any]], most: int) -> None:
    """No more than `most`, or than there is already without any proposal."""
    for parts in sums.values():
        fixed = sum(part for part in parts if isinstance(part, int))
        if len(parts) > sum(isinstance(part, int) for part in parts):
            model.add(sum(parts) <= max(most, fixed))


def _limit_row(model: Any, on_day: dict[date, list[Any]], most: int) -> None:
    """Not every day of any `most + 1` days in a row."""
    served = {}
    for day, parts in on_day.items():
        if any(isinstance(part, int) for part in parts):
            served[day] = 1
            continue
        served[day] = model.new_bool_var(f"day{day}")
        for part in parts:
            model.add(part <= served[day])
    for day in served:
        window = [served.get(day + step * DAY, 0) for step in range(most + 1)]
        if any(not isinstance(each, int) for each in window):
            model.add(sum(window) <= most)


def _cliques(seats: list[Seat]) -> list[list[int]]:
    """Shifts of which one person can have one only: sets that cover every pair that excludes."""
    seats = sorted(seats, key=lambda seat: (seat.place.span, seat.key))
    against: dict[int, set[int]] = {seat.shift: set() for seat in seats}
    for index, first in enumerate(seats):
        for second in seats[index + 1 :]:
            if _exclude(first, second):
                against[first.shift].add(second.shift)
    found = []
    covered: set[tuple[int, int]] = set()
    for seat in seats:
        clique = [seat.shift]
        for other in (each.shift for each in seats):
            if other in against[seat.shift] and all(
                other in against[each] for each in clique if each != other
            ):
                clique.append(other)
        if len(clique) > 1:
            found.append(clique)
            covered |= {(a, b) for i, a in enumerate(clique) for b in clique[i + 1 :]}
    found += [
        [first, second]
        for first, others in against.items()
        for second in sorted(others)
        if (first, second) not in covered
    ]
    return found + [[seat.shift] for seat in seats]


def _exclude(first: Seat, second: Seat) -> bool:
    beside = (first.engagement,)
    if signup.overlap_refusals(second.place, beside):
        return True
    return bool(workload.gap_refusals(second.place.engagement, beside, second.place.limits))


def _unevenness(
    model: Any, chosen: dict[Proposed, Any], own: Sequence[Proposed], person: Volunteer
) -> Any:
    """What the shifts of one person cost: each one more than the one before."""
    steps = [model.new_bool_var(f"v{person.key}n{turn}") for turn in range(len(own))]
    for before, after in itertools.pairwise(steps):
        model.add_implication(after, before)
    model.add(sum(steps) == sum(chosen[pair] for pair in own))
    return sum(step * rosters.seat_cost(person.load + turn) for turn, step in enumerate(steps))


def _searched(
    cp_model: Any,
    model: Any,
    chosen: dict[Proposed, Any],
    *,
    until: float,
    told: Callable[[Progress], bool],
    fallback: Sequence[Proposed],
) -> list[Proposed]:
    began = time.monotonic()
    seconds = max(until - began, 0) * (1 - RESERVED)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.1)
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1

    class Best(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        """Remembers what the best roster so far is worth."""

        worth = 0

        def on_solution_callback(self) -> None:
            """A better one was found."""
            self.worth = int(self.objective_value)

    best = Best()
    outcome: list[Any] = []
    search = threading.Thread(target=lambda: outcome.append(solver.solve(model, best)))
    search.start()
    while search.is_alive():
        search.join(LOOK)
        percent = min(99, int(100 * (time.monotonic() - began) / max(seconds, 0.1)))
        if not told(Progress(percent, best.worth)):
            solver.stop_search()
            search.join()
    if outcome and outcome[0] in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return [pair for pair, is_chosen in chosen.items() if solver.value(is_chosen)]
    return list(fallback)

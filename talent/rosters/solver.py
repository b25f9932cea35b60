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
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.rules.workload import Engagement

DAY = timedelta(days=1)
MOST_PEOPLE = 40  # looked at for one seat: those whom it suits best
LOOK = 0.5  # seconds between two looks at whether to stop
RESERVED = 0.1  # share of the asked time that is left for stopping and checking


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: 0 to 100 of the asked time, and what the best roster so far is worth."""

    percent: int
    worth: int


class Watch:
    """Says how far it is, every half second, and whether to go on until the time is over."""

    def __init__(self, until: float, worth: int, told: Callable[[Progress], bool]) -> None:
        self.began, self.until, self.worth = time.monotonic(), until, worth
        self._told, self._last, self._on = told, self.began, True

    def goes_on(self) -> bool:
        """Whether somebody still waits for it and there is time."""
        moment = time.monotonic()
        if self._on and moment - self._last >= LOOK:
            share = (moment - self.began) / max(self.until - self.began, LOOK)
            self._on = self._told(Progress(min(99, int(100 * share)), self.worth))
            self._last = moment
        return self._on and moment < self.until


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
    until = time.monotonic() + seconds * (1 - RESERVED)
    fits = rosters.who_suits(seats, volunteers)
    best = rosters.greedy(seats, volunteers, now, fits)
    value = rosters.worth(best, seats, volunteers)
    if not (told(Progress(0, value)) and optimise and best and available()):
        return best, False
    watch = Watch(until, value, told)
    wished = _solved(seats, volunteers, best, fits, now=now, watch=watch)
    found = rosters.lawful(wished, seats, volunteers, now, fits)
    better = rosters.worth(found, seats, volunteers) > value
    return (found, True) if better else (best, False)


def _solved(
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    hint: Sequence[Proposed],
    fits: Mapping[int, Sequence[Volunteer]],
    *,
    now: datetime,
    watch: Watch,
) -> list[Proposed]:
    """What CP-SAT finds in the time; the hint, when the time is over before it can begin."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - an extra, loaded when it is asked for

    model = cp_model.CpModel()
    pairs = _pairs(seats, volunteers, hint, fits, now=now, watch=watch)
    chosen = {pair: model.new_bool_var(f"s{pair.seat}v{pair.volunteer}") for pair in pairs}
    wished, by_seat, by_person = set(hint), defaultdict(list), defaultdict(list)
    for pair in pairs:
        by_seat[pair.seat].append(chosen[pair])
        by_person[pair.volunteer].append(pair)
    value: list[Any] = []
    for seat in seats:
        if not by_seat[seat.key]:
            continue
        model.add(sum(by_seat[seat.key]) <= seat.free)
        needed = model.new_int_var(0, seat.missing, f"needed{seat.key}")
        has = sum(one.seat == seat.key for one in wished)
        model.add_hint(needed, min(has, seat.missing))
        model.add(needed <= sum(by_seat[seat.key]))
        value.append(needed * (rosters.NEEDED - rosters.WELCOME))
    seat_of = {seat.key: seat for seat in seats}
    against = _exclusions(seats, watch)
    for person in volunteers:
        own = by_person[person.key]
        if not watch.goes_on():
            return list(hint)
        if own:
            mine = {pair: chosen[pair] for pair in own}
            most = _limit(model, mine, seat_of, against, person=person, now=now)
            has = sum(pair in wished for pair in own)
            value.append(-_unevenness(model, mine, person, most=most, hint=has))
    liked = {person.key: person for person in volunteers}
    for pair in pairs:
        likes = liked[pair.volunteer].liked(seat_of[pair.seat])
        value.append(chosen[pair] * (rosters.WELCOME + likes))
    model.maximize(sum(value))
    for pair in pairs:
        model.add_hint(chosen[pair], pair in wished)
    return _searched(cp_model, model, chosen, watch=watch, fallback=hint)


def _pairs(
    seats: Sequence[Seat],
    volunteers: Sequence[Volunteer],
    hint: Iterable[Proposed],
    fits: Mapping[int, Sequence[Volunteer]],
    *,
    now: datetime,
    watch: Watch,
) -> list[Proposed]:
    """Who is looked at for which seat: whom the law lets have it beside what he has already."""
    empty = rosters.Roster(seats, volunteers, now)
    pairs = set(hint)
    for seat in seats:
        people = fits[seat.key] if watch.goes_on() else ()
        best = sorted(people, key=lambda v: (v.load * rosters.UNEVEN - v.liked(seat), v.key))
        found = 0
        for volunteer in best:
            if found == MOST_PEOPLE:
                break
            if not empty.clashes(seat, volunteer):
                pairs.add(Proposed(seat.key, volunteer.key))
                found += 1
    return sorted(pairs)


def _limit(
    model: Any,
    own: dict[Proposed, Any],
    seat_of: dict[int, Seat],
    against: Mapping[int, set[int]],
    *,
    person: Volunteer,
    now: datetime,
) -> int:
    """One person: no two seats that exclude each other, and no more than the most allowed.

    Returns how many shifts that can be at most.
    """
    by_shift = defaultdict(list)
    for pair in own:
        by_shift[seat_of[pair.seat].shift].append(pair)
    seats = {shift: seat_of[pairs[0].seat] for shift, pairs in by_shift.items()}
    for clique in _cliques(list(seats.values()), against):
        model.add_at_most_one(own[pair] for shift in clique for pair in by_shift[shift])
    one_each = {shift: sum(own[pair] for pair in pairs) for shift, pairs in by_shift.items()}
    engaged = [one for one in person.candidate.engagements if one.counts(now)]
    _limit_sums(model, one_each, seats, engaged)
    ahead = min((s.place.limits.ahead for s in seats.values() if s.place.limits.ahead), default=0)
    most = len(seats)
    if ahead:
        coming = sum(one.span.start > now for one in engaged)
        most = min(most, max(ahead - coming, 0))
        model.add(sum(one_each.values()) <= most)
    return most


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


def _exclusions(seats: Sequence[Seat], watch: Watch) -> dict[int, set[int]]:
    """For each shift those of which nobody can have one as well; asked of the law once a pair."""
    by_shift = {seat.shift: seat for seat in seats}
    against: dict[int, set[int]] = {shift: set() for shift in by_shift}
    for first, second in itertools.combinations(
        sorted(by_shift.values(), key=lambda seat: (seat.place.span, seat.key)), 2
    ):
        if not watch.goes_on():
            break
        if _exclude(first, second):
            against[first.shift].add(second.shift)
    return against


def _cliques(seats: list[Seat], against: Mapping[int, set[int]]) -> list[list[int]]:
    """Shifts of which one person can have one only: sets that cover every pair that excludes."""
    seats = sorted(seats, key=lambda seat: (seat.place.span, seat.key))
    mine = {seat.shift for seat in seats}
    against = {shift: against[shift] & mine for shift in mine}
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
    model: Any, own: dict[Proposed, Any], person: Volunteer, *, most: int, hint: int
) -> Any:
    """What the shifts of one person cost: each one more than the one before."""
    steps = [model.new_bool_var(f"v{person.key}n{turn}") for turn in range(most)]
    for before, after in itertools.pairwise(steps):
        model.add_implication(after, before)
    for turn, step in enumerate(steps):
        model.add_hint(step, turn < hint)
    model.add(sum(steps) == sum(own.values()))
    return sum(step * rosters.seat_cost(person.load + turn) for turn, step in enumerate(steps))


def _searched(
    cp_model: Any,
    model: Any,
    chosen: dict[Proposed, Any],
    *,
    watch: Watch,
    fallback: Sequence[Proposed],
) -> list[Proposed]:
    solver = cp_model.CpSolver()
    left = watch.until - time.monotonic()
    solver.parameters.max_time_in_seconds = max(left, 0.1)
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    # What it costs to make the model smaller is missing from the search, which has a roster to
    # start from.
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_presolve_iterations = 1

    class Best(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        """Remembers what the best roster so far is worth."""

        def on_solution_callback(self) -> None:
            """A better one was found."""
            watch.worth = int(self.objective_value)

    outcome: list[Any] = []
    search = threading.Thread(target=lambda: outcome.append(solver.solve(model, Best())))
    search.start()
    while search.is_alive():
        search.join(LOOK)
        if not watch.goes_on():
            solver.stop_search()
            search.join()
    if outcome and outcome[0] in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return [pair for pair, is_chosen in chosen.items() if solver.value(is_chosen)]
    return list(fallback)

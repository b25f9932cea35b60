"""A machine that does what people do on a few shifts, in any order, in the service and a model."""

from __future__ import annotations

import time
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from town import NAMES, TIMES, Town, at, of
from turns import Turns, some_one, some_person, some_shift, yes_or_no

from talent.db import db, writing
from talent.hours.recording import service as recording
from talent.rules.handovers import OPEN
from talent.rules.signup import LIVE
from talent.shifts import jobs
from talent.shifts.assignments import service as assignments
from talent.shifts.attendance import service as attendance
from talent.shifts.models import AttendanceSource, Need, Shift, Signup
from talent.shifts.moves import service as moves
from talent.shifts.needs.service import Wanted
from talent.shifts.passing.models import Handover
from talent.shifts.planning import service as planning
from talent.shifts.recount.service import recount


class Shifts(Turns):
    """After every step both worlds are compared."""

    # The office

    @rule(person=some_person, shift=some_shift, override=yes_or_no)
    def assign(self, person, shift, override):
        actor, need = self.town.boss, self.town.need_ids[shift]
        person_id = self.town.people[person].person_id
        self.both(
            "assign",
            lambda: assignments.assign(
                db.session.get_one(Shift, self.town.shift_ids[shift]), need, person_id,
                actor=actor, now=self.now, reason="急需" if override else "",
            ),
            lambda: self.model.assign(person, self.model.shifts[shift], override=override),
        )  # fmt: skip

    @precondition(lambda self: self.model.turns)
    @rule(number=some_one)
    def remove(self, number):
        turn = self.one_of(self.model.turns, number)
        self.both(
            "remove",
            lambda: assignments.remove(
                self.row(turn), actor=self.town.boss, now=self.now, reason="换人"
            ),
            lambda: self.model.cancel(turn.person, turn.shift, by_office=True),
        )

    @precondition(lambda self: self.model.turns)
    @rule(number=some_one, shift=some_shift)
    def move(self, number, shift):
        turn = self.one_of(self.model.turns, number)
        if turn.shift is self.model.shifts[shift]:
            shift = (shift + 1) % len(TIMES)
        self.both(
            "move",
            lambda: moves.move(
                self.row(turn), db.session.get_one(Need, self.town.need_ids[shift]),
                actor=self.town.boss, now=self.now,
            ),
            lambda: self.model.move(turn, self.model.shifts[shift]),
        )  # fmt: skip

    def change(self, name, shift, theirs, **fields):
        def ours():
            row = db.session.get_one(Shift, self.town.shift_ids[shift])
            need = row.needs[0]
            given = {
                "starts_at": row.starts_at, "ends_at": row.ends_at, "place": row.place,
                "wanted": {self.town.position_id: Wanted(need.places, 0, need.reserve)}, **fields,
            }  # fmt: skip
            planning.change(row, actor=self.town.boss, now=self.now, **given)

        self.both(name, ours, theirs)

    @rule(shift=some_shift, places=st.integers(0, 4), reserve=st.integers(0, 2))
    def resize(self, shift, places, reserve):
        wanted = {self.town.position_id: Wanted(places, 0, reserve)}
        self.change(
            "resize",
            shift,
            lambda: self.model.resize(self.model.shifts[shift], places, reserve),
            wanted=wanted,
        )

    @precondition(lambda self: self.open_shifts())
    @rule(
        number=some_one,
        to=st.sampled_from([-60, 20, 50, 90, 150, 26 * 60]),
        length=st.sampled_from([60, 180]),
    )
    def retime(self, number, to, length):
        """Moved to a moment soon, or much later."""
        one = self.one_of(self.open_shifts(), number)
        start = self.model.now + to
        self.change(
            "retime",
            self.shift(one),
            lambda: self.model.retime(one, start, start + length),
            starts_at=at(start),
            ends_at=at(start + length),
        )

    def open_shifts(self):
        return [one for one in self.model.shifts if one.state != "closed"]

    @rule(shift=some_shift, chance=st.sampled_from(range(12)))
    def call_off(self, shift, chance):
        if chance != 5:
            return
        id_ = self.town.shift_ids[shift]
        self.both(
            "call_off",
            lambda: planning.call_off(
                db.session.get_one(Shift, id_), actor=self.town.boss, now=self.now, reason="台风"
            ),
            lambda: self.model.call_off(self.model.shifts[shift]),
        )

    @precondition(lambda self: any(self.model.now >= one.end - 60 for one in self.model.shifts))
    @rule(shift=some_shift)
    def close(self, shift):
        id_ = self.town.shift_ids[shift]
        self.both(
            "close",
            lambda: recording.close_shift(
                db.session.get_one(Shift, id_), actor=self.town.boss, now=self.now
            ),
            lambda: self.model.close(self.model.shifts[shift]),
        )

    def expected(self):
        """Who stands on a shift that begins within an hour, or has begun."""
        return [turn for turn in self.model.turns if self.model.now >= turn.shift.start - 60]

    @precondition(expected)
    @rule(number=some_one)
    def arrive(self, number):
        turn = self.one_of(self.expected(), number)
        self.both(
            "arrive",
            lambda: attendance.arrive(
                self.row(turn), source=AttendanceSource.LEADER, actor=self.town.boss, now=self.now
            ),
            lambda: self.model.arrive(turn.person, turn.shift),
        )

    def here(self):
        return [
            turn
            for turn in self.model.turns
            if turn.person in turn.shift.came and turn.shift.state == "published"
        ]

    @precondition(here)
    @rule(number=some_one)
    def leave(self, number):
        turn = self.one_of(self.here(), number)
        self.both(
            "leave",
            lambda: attendance.leave(
                self.row(turn), source=AttendanceSource.LEADER, actor=self.town.boss, now=self.now
            ),
            lambda: self.model.leave(turn.person, turn.shift),
        )

    def likely(self, choice, number):
        """One of the acts for which there is an occasion now: what chance seldom brings about."""
        acts = []
        if self.offered():
            acts += [self.accept, self.decline]
        if self.model.turns:
            acts += [self.cancel, lambda n: self.hand_on(n, None, None)]
            acts += [lambda n: self.hand_on(n, n // 5 % len(NAMES), None)]
        if self.model.passings:
            acts += [
                lambda n: self.answer(n, n % len(NAMES), "yes"),
                lambda n: self.answer(n, n % len(NAMES), "no"),
            ]
        if acts:
            acts[choice % len(acts)](number)

    # More than one rule, so that it is chosen more often.
    likely_now = rule(choice=some_one, number=some_one)(likely)
    likely_too = rule(choice=some_one, number=some_one)(likely)
    likely_again = rule(choice=some_one, number=some_one)(likely)

    # Time

    @rule(
        minutes=st.sampled_from([0, 0, 10, 60, None]),
        number=some_one,
        before=st.sampled_from([20, 1, 0]),
        work=yes_or_no,
    )
    def pass_time(self, minutes, number, before, work):
        """Some time, or until something ends or begins; then the jobs of the minute, or not yet."""
        self.model.now += self.to_next(number, before) if minutes is None else minutes
        if work:
            self.jobs_run()

    def to_next(self, number, before):
        world = self.model
        moments = [moment for one in world.shifts for moment in (one.start, one.end)]
        moments += [each.answer_by for each in (*world.turns, *world.passings) if each.answer_by]
        coming = sorted({m - before - world.now for m in moments if m - before > world.now})
        return coming[number % min(len(coming), 3)] if coming else 0

    def jobs_run(self):
        self.model.jobs()
        for job in (jobs.pass_on_offers, jobs.fill_places):
            with writing():
                job(self.now)
        jobs.settle_handovers(self.now)
        self.seen["jobs"] += 1
        assert recount(self.now) == []
        db.session.rollback()

    # What holds after every step

    @invariant()
    def both_worlds_are_one(self):
        if not getattr(self, "begun", False):
            return
        self.seen["steps"] += 1
        town, world = self.town, self.model
        where, who = {id_: n for n, id_ in enumerate(town.shift_ids)}, town.numbers
        rows = db.session.execute(
            of(Signup, "id", "shift_id", "person_id", "state", "answer_by")
            .where(Signup.shift_id.in_(where), Signup.state.in_(LIVE))
            .order_by(Signup.queued_at, Signup.id)
        ).all()
        ours = [(where[r.shift_id], who[r.person_id], r.state.value, r.answer_by) for r in rows]
        theirs = [
            (self.shift(t.shift), t.person, t.state, t.answer_by and at(t.answer_by))
            for t in world.turns
        ]
        assert ours == theirs
        needs = db.session.execute(
            of(Need, "places", "taken", "reserve", "reserved")
            .where(Need.id.in_(town.need_ids))
            .order_by(Need.id)
        ).all()
        assert [tuple(need) for need in needs] == [
            (s.places, world.taken(s), s.reserve, len(world.on(s, "reserve"))) for s in world.shifts
        ]
        self._passings_are_one(where, who)
        db.session.rollback()

    def _passings_are_one(self, where, who):
        rows = db.session.execute(
            select(
                Handover.id, Signup.shift_id, Signup.person_id, Handover.to_all,
                Handover.receiver_id, Handover.wanted_id, Handover.answer_by,
            )
            .join(Handover.signup)
            .where(Handover.state.in_(OPEN), Signup.shift_id.in_(where))
            .order_by(Handover.id)
        ).all()  # fmt: skip
        ours = [(where[r[1]], who[r[2]], r[3], who.get(r[4]), where.get(r[5]), r[6]) for r in rows]
        assert ours == [
            (
                self.shift(p.turn.shift), p.turn.person, p.to_all, p.receiver,
                None if p.wanted is None else self.shift(p.wanted),
                None if p.answer_by is None else at(p.answer_by),
            )
            for p in self.model.passings
        ]  # fmt: skip
        self.passing_ids = {p: r[0] for p, r in zip(self.model.passings, rows, strict=True)}


def run(*, examples, steps, least_seconds=0, derandomize=True):
    """Runs of the machine, more of them until the time is over; how often each act went how."""
    Shifts.town, Shifts.seen = Town(), Counter()
    until = time.monotonic() + least_seconds
    _no_power_fails()
    while True:
        run_state_machine_as_test(
            Shifts,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                derandomize=derandomize,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        Shifts.seen["runs"] += examples
        if time.monotonic() >= until:
            return Shifts.seen


def _no_power_fails():
    """Nothing waits for the disk: a test's database need not outlive the machine it is on."""
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()
        with db.engine.connect() as connection:
            connection.connection.execute("PRAGMA synchronous=OFF")

"""A machine that does what people do on a few shifts, in any order, in the service and a model."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, timedelta

import make
import model
import plan
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text, update

from talent.access import Actor, Held, Role
from talent.db import db, writing
from talent.errors import NotFound, Refused
from talent.hours.recording import service as recording
from talent.offices.models import OfficeRule, Setting
from talent.people.models import Person
from talent.rules.handovers import OPEN
from talent.rules.signup import LIVE
from talent.shifts import jobs
from talent.shifts.assignments import service as assignments
from talent.shifts.attendance import service as attendance
from talent.shifts.handovers import service as handovers
from talent.shifts.models import AttendanceSource, Need, Shift, ShiftState, Signup
from talent.shifts.moves import service as moves
from talent.shifts.needs.service import Wanted
from talent.shifts.passing.models import Handover
from talent.shifts.planning import service as planning
from talent.shifts.recount.service import recount
from talent.shifts.signups import service as signups
from talent.shifts.substitutes import service as substitutes
from talent.shifts.waiting import service as waiting

NAMES = ("王秀兰", "李建国", "张伟", "刘洋", "陈静")
BY = 2  # who stands by from the beginning, where there is a reserve
# Two overlap, the third touches the first and overlaps the second.
TIMES = ((30, 33), (32, 35), (33, 36))

some_person = st.integers(0, len(NAMES) - 1)
some_shift = st.sampled_from([0, 0, 0, 1, 2])  # what happens on one shift at least, and beside it
some_one = st.integers(0, 30)  # of those that there are
yes_or_no = st.booleans()


class Town:
    """One office, its people, and the shifts of the present run; those of the last are ended."""

    def __init__(self):
        self.office = make.office()
        self.project = plan.project(self.office)
        self.position_id = self.project.positions[0].id
        for name, value in ((Setting.STAND_INS, "free"), (Setting.CANCEL_MINUTES, model.NOTICE)):
            self.rule(name, value)
        self.mode = self.rule(Setting.WAITING_MODE, "give")
        self.length = self.rule(Setting.OFFER_MINUTES, 60)
        accounts = [make.volunteer(self.office, name) for name in NAMES]
        self.people = [self.actor(account, Role.VOLUNTEER) for account in accounts]
        self.boss = self.actor(plan.coordinator(self.office), Role.COORDINATOR)
        self.numbers = {actor.person_id: n for n, actor in enumerate(self.people)}
        self.office_id, self.project_id = self.office.id, self.project.id
        self.shift_ids = []

    def rule(self, name, value):
        return make.saved(
            OfficeRule(
                office_id=self.office.id, name=name.value, value=value,
                valid_from=date(2026, 1, 1), set_at=make.NOW,
            )
        ).id  # fmt: skip

    def actor(self, account, role):
        held = Held(role, self.office.id, self.office.path)
        return Actor(account.id, account.person_id, (held,))

    def begin(self, shifts, *, offers, length):
        self.end()
        with writing():
            for id_, value in ((self.mode, "offer" if offers else "give"), (self.length, length)):
                db.session.execute(
                    update(OfficeRule).where(OfficeRule.id == id_).values(value=value)
                )
            rows = [
                Shift(
                    project_id=self.project_id, starts_at=at(one.start), ends_at=at(one.end),
                    place="社区食堂", state=ShiftState.PUBLISHED, made_at=make.NOW,
                    needs=[
                        Need(
                            position_id=self.position_id, places=one.places, reserve=one.reserve
                        )
                    ],
                )
                for one in shifts
            ]  # fmt: skip
            db.session.add_all(rows)
            db.session.flush()
            self.shift_ids = [row.id for row in rows]
            self.need_ids = [row.needs[0].id for row in rows]

    def end(self):
        """Nothing of the last run is left to act upon."""
        with writing():
            for line in (
                "UPDATE handover SET state = 'void' WHERE state IN ('offered', 'accepted')",
                "UPDATE substitute_search SET stopped_at = started_at WHERE stopped_at IS NULL",
                "UPDATE substitute_call SET state = 'stopped' WHERE state = 'asked'",
                "UPDATE signup SET state = 'removed' WHERE state NOT IN ('removed', 'cancelled')",
                "UPDATE shift SET state = 'closed' WHERE state != 'closed'",
                "UPDATE shift_need SET taken = 0, reserved = 0",
            ):
                db.session.execute(text(line))


def at(minute):
    return make.NOW + timedelta(minutes=minute)


def of(table, *columns):
    return select(*(getattr(table, column) for column in columns))


class Shifts(RuleBasedStateMachine):
    """Every step is taken in both worlds; then they are compared."""

    town: Town
    last: Shifts
    until = float("inf")
    seen: Counter

    @initialize(
        offers=yes_or_no,
        length=st.sampled_from([20, 60, 12 * 60]),
        places=st.tuples(*[st.integers(1, 2)] * len(TIMES)),
        reserve=st.tuples(*[st.integers(0, 1)] * len(TIMES)),
        crowd=st.sampled_from([5, 4, 3, 0]),
        gap=yes_or_no,
    )
    def begin(self, offers, length, places, reserve, crowd, gap):
        shifts = [
            model.Shift(start * model.HOUR, end * model.HOUR, *numbers)
            for (start, end), *numbers in zip(TIMES, places, reserve, strict=True)
        ]
        self.model = model.Model(shifts, offers=offers, length=length)
        self.town.begin(shifts, offers=offers, length=length)
        self.begun, type(self).last = True, self
        for person in range(crowd):  # the first shift has its places taken, and a line
            (self.stand_by if person == BY else self.wait)(person, 0)
            self.model.now += 1
        if gap and crowd:
            self.cancel(0)

    @property
    def now(self):
        return at(self.model.now)

    def both(self, name, ours, theirs):
        """One act in both worlds: the same answer, and nothing done where it is no."""
        kept = self.model.kept()
        try:
            theirs()
            expected = "done"
        except model.No:
            self.model.restore(kept)
            expected = "refused"
        try:
            with writing():
                ours()
            answer = "done"
        except NotFound:
            answer = "done"  # there is nothing to do it to
        except Refused as refused:
            answer, self.why = "refused", refused.reasons
        self.seen[f"{name} {answer}"] += 1
        assert answer == expected, (name, answer, getattr(self, "why", ""))

    def act(self, name, person, shift, service, *, need=True, **more):
        """Something that a volunteer does on a shift."""
        n = self.shift(shift)
        ids = [self.town.shift_ids[n], *([self.town.need_ids[n]] if need else [])]
        self.both(
            name,
            lambda: service(*ids, actor=self.town.people[person], now=self.now, **more),
            lambda: getattr(self.model, name)(person, self.model.shifts[n]),
        )

    def shift(self, shift):
        return shift if isinstance(shift, int) else self.model.shifts.index(shift)

    def one_of(self, listed, number):
        return listed[number % len(listed)]

    def row(self, turn):
        """The sign-up of a turn."""
        return db.session.scalars(
            select(Signup).where(
                Signup.shift_id == self.town.shift_ids[self.shift(turn.shift)],
                Signup.person_id == self.town.people[turn.person].person_id,
                Signup.state.in_(LIVE),
            )
        ).one()

    # Volunteers

    @rule(person=some_person, shift=some_shift)
    def sign_up(self, person, shift):
        self.act("sign_up", person, shift, signups.sign_up)

    @rule(person=some_person, shift=some_shift)
    def wait(self, person, shift):
        n, actor = shift, self.town.people[person]
        self.both(
            "wait",
            lambda: signups.sign_up(
                self.town.shift_ids[n], self.town.need_ids[n], actor=actor, now=self.now, wait=True
            ),
            lambda: self.model.sign_up(person, self.model.shifts[n], wait=True),
        )

    @rule(person=some_person, shift=some_shift)
    def stand_by(self, person, shift):
        self.act("stand_by", person, shift, waiting.stand_by)

    @precondition(lambda self: self.model.turns)
    @rule(number=some_one)
    def cancel(self, number):
        turn = self.one_of(self.model.turns, number)
        self.act("cancel", turn.person, turn.shift, signups.cancel, need=False)

    @precondition(lambda self: self.model.turns)
    @rule(number=some_one)
    def stay_away(self, number):
        turn = self.one_of(self.model.turns, number)
        id_ = self.town.shift_ids[self.shift(turn.shift)]
        actor = self.town.people[turn.person]
        self.both(
            "stay_away",
            lambda: substitutes.stay_away(id_, reason="孩子发烧", actor=actor, now=self.now),
            lambda: self.model.cancel(turn.person, turn.shift, late=True),
        )

    def asked(self):
        """Who is on a shift that was moved."""
        return [turn for turn in self.model.turns if turn.shift.version > 1]

    @precondition(asked)
    @rule(number=some_one)
    def keep(self, number):
        turn = self.one_of(self.asked(), number)
        id_ = self.town.shift_ids[self.shift(turn.shift)]
        person_id = self.town.people[turn.person].person_id
        self.both(
            "keep",
            lambda: signups.keep(id_, person_id),
            lambda: self.model.keep(turn.person, turn.shift),
        )

    def offered(self):
        return [turn for turn in self.model.turns if turn.state == "offered"]

    @precondition(offered)
    @rule(number=some_one)
    def accept(self, number):
        turn = self.one_of(self.offered(), number)
        self.act("accept", turn.person, turn.shift, waiting.accept, need=False)

    @precondition(offered)
    @rule(number=some_one)
    def decline(self, number):
        turn = self.one_of(self.offered(), number)
        self.act("decline", turn.person, turn.shift, waiting.decline, need=False)

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

    # Handing on

    @precondition(lambda self: self.model.turns)
    @rule(number=some_one, receiver=st.none() | some_person, wanted=st.none() | some_shift)
    def hand_on(self, number, receiver, wanted):
        turn = self.one_of(self.model.turns, number)
        wanted = None if wanted is None else self.model.shifts[wanted]
        if wanted is turn.shift:
            wanted = None

        def ours():
            wish = handovers.Wish(
                receiver=None
                if receiver is None
                else db.session.get_one(Person, self.town.people[receiver].person_id),
                wanted=wanted
                and db.session.get_one(Shift, self.town.shift_ids[self.shift(wanted)]),
            )
            shift_id = self.town.shift_ids[self.shift(turn.shift)]
            handovers.offer(shift_id, wish, actor=self.town.people[turn.person], now=self.now)

        name = "hand_on" if wanted is None else "exchange"
        self.both(name, ours, lambda: self.model.hand_on(turn, receiver, wanted))

    @precondition(lambda self: self.model.passings)
    @rule(number=some_one, person=some_person, act=st.sampled_from(["yes", "yes", "no", "back"]))
    def answer(self, number, person, act):
        passing = self.one_of(self.model.passings, number)
        if passing.receiver is not None and act != "back":
            person = passing.receiver
        if person == passing.turn.person:
            person = (person + 1) % len(NAMES)
        giver, actor = self.town.people[passing.turn.person], self.town.people[person]
        id_ = self.passing_ids[passing]
        ours, theirs = {
            "yes": (handovers.accept, lambda: self.model.take_over(passing, person)),
            "no": (handovers.decline, lambda: self.model.say_no(passing, person)),
            "back": (handovers.withdraw, lambda: self.model.withdraw(passing)),
        }[act]
        more = {"actor": giver if act == "back" else actor, "now": self.now}
        self.both(f"answer {act}", lambda: ours(id_, **more), theirs)

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

"""What volunteers do on shifts, in the service and in the model at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import model
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)
from sqlalchemy import select
from town import BY, NAMES, TIMES, Town, at

from talent.db import db, writing
from talent.errors import NotFound, Refused
from talent.people.models import Person
from talent.rules.signup import LIVE
from talent.shifts.handovers import service as handovers
from talent.shifts.models import Shift, Signup
from talent.shifts.signups import service as signups
from talent.shifts.substitutes import service as substitutes
from talent.shifts.waiting import service as waiting

if TYPE_CHECKING:
    from collections import Counter

some_person = st.integers(0, len(NAMES) - 1)
some_shift = st.sampled_from([0, 0, 0, 1, 2])  # what happens on one shift at least, and beside it
some_one = st.integers(0, 30)  # of those that there are
yes_or_no = st.booleans()


class Turns(RuleBasedStateMachine):
    """Every step is taken in both worlds, with the same answer."""

    town: Town
    last: Turns
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

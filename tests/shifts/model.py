"""Places on shifts in plain Python, as the decisions describe them: no database, no clock, no law.

Written from docs/decisions (waiting, handing-on, substitutes) and the rules of an office, so that
it can be held against the service. Moments are minutes after a Monday, nine o'clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOUR, DAY = 60, 24 * 60
MORNING, NIGHT = 8 * HOUR, 22 * HOUR  # quiet hours lie outside
NINE = 9 * HOUR
NOTICE = 2 * HOUR  # a place is given up by oneself until then before the start
EARLY = 30  # signing in opens
FORGOTTEN = 6 * HOUR
HOLDING = ("confirmed", "offered")
ENGAGED = (*HOLDING, "reserve")


class No(Exception):
    """The rules refuse it, and nothing changes."""


def refuse_if(*reasons):
    if any(reasons):
        raise No


@dataclass(eq=False)
class Shift:
    start: int
    end: int
    places: int
    reserve: int = 0
    state: str = "published"
    version: int = 1
    came: set = field(default_factory=set)
    left: set = field(default_factory=set)
    since: dict = field(default_factory=dict)


@dataclass(eq=False)
class Turn:
    """Somebody's place on a shift, or in the line for one. They are kept in the order of coming."""

    person: int
    shift: Shift
    state: str = "waiting"
    answer_by: int | None = None
    agreed: int = 1


@dataclass(eq=False)
class Passing:
    """A place on its way to one person, or to all."""

    turn: Turn
    to_all: bool
    receiver: int | None = None
    wanted: Shift | None = None
    answer_by: int | None = None
    declined: set = field(default_factory=set)


class Model:
    def __init__(self, shifts, *, offers, length):
        self.shifts, self.offers, self.length = shifts, offers, length
        self.now, self.turns, self.passings = 0, [], []

    def kept(self):
        """What a refusal restores."""
        turns = [(t, t.state, t.answer_by, t.agreed) for t in self.turns]
        passings = [(p, p.receiver, p.answer_by, set(p.declined)) for p in self.passings]
        return turns, passings

    def restore(self, kept):
        turns, passings = kept
        self.turns, self.passings = [row[0] for row in turns], [row[0] for row in passings]
        for turn, *rest in turns:
            turn.state, turn.answer_by, turn.agreed = rest
        for passing, *rest in passings:
            passing.receiver, passing.answer_by, passing.declined = rest

    # What stands

    def live(self, person, shift):
        return next((t for t in self.turns if t.person == person and t.shift is shift), None)

    def on(self, shift, *states):
        return [t for t in self.turns if t.shift is shift and t.state in states]

    def taken(self, shift):
        return len(self.on(shift, *HOLDING))

    def free(self, shift):
        return shift.places - self.taken(shift)

    def busy(self, person, shift, *without):
        """Nobody serves in two places at once; who stands by or is asked keeps the time free."""
        return any(
            t.person == person
            and t.state in ENGAGED
            and t.shift not in (shift, *without)
            and t.shift.state != "cancelled"
            and t.shift.start < shift.end
            and shift.start < t.shift.end
            for t in self.turns
        )

    def may(self, person, shift, *without):
        coming = shift.state == "published" and self.now < shift.start
        return coming and not self.busy(person, shift, *without)

    def has_place(self, person, shift):
        turn = self.live(person, shift)
        return turn is not None and turn.state == "confirmed"

    # What is done to places

    def seat(self, turn, state="confirmed"):
        turn.state, turn.answer_by, turn.agreed = state, None, turn.shift.version

    def give(self, person, shift):
        turn = self.live(person, shift)
        if turn is None:
            turn = Turn(person, shift)
            self.turns.append(turn)
        self.seat(turn)

    def has_lapsed(self, turn):
        return self.now >= turn.shift.start or self.now >= turn.answer_by

    def end_lapsed(self, shift):
        if shift.state != "published":
            return
        for turn in self.on(shift, "offered"):
            if self.has_lapsed(turn):
                self.turns.remove(turn)
            else:  # an hour before the start, but half an hour to answer
                latest = max(shift.start - HOUR, min(self.now + 30, shift.start))
                turn.answer_by = min(turn.answer_by, latest)

    def move_up(self, shift):
        """Who stands by comes first, at once; then the waiting, given or asked."""
        if shift.state != "published" or self.now >= shift.start:
            return
        until = self.answer_by(shift)
        for turn in (*self.on(shift, "reserve"), *self.on(shift, "waiting")):
            if not self.free(shift):
                return
            if self.busy(turn.person, shift):
                continue
            asked = turn.state == "waiting" and until is not None
            self.seat(turn, "offered" if asked else "confirmed")
            turn.answer_by = until if asked else None

    def fill(self, *shifts):
        for shift in shifts:
            self.end_lapsed(shift)
        for shift in shifts:
            self.move_up(shift)

    def answer_by(self, shift):
        """Counted out in waking minutes; an hour before the start at the latest, never at night."""
        if not self.offers:
            return None

        def awake(minute):
            return MORNING <= (NINE + minute) % DAY < NIGHT

        latest = shift.start - HOUR
        if not awake(latest):
            while not awake(latest - 1):
                latest -= 1
            latest -= 1  # the last minute of the day
        at, heard = self.now, 0
        while at < latest and heard < self.length:
            heard += awake(at)
            at += 1
        if heard < min(self.length, 30):
            return None
        return at if heard == self.length else latest

    # Volunteers

    def sign_up(self, person, shift, *, wait=False):
        if self.live(person, shift):
            return
        refuse_if(not wait and not self.free(shift))
        self.fill(shift)
        refuse_if(not self.may(person, shift), not wait and not self.free(shift))
        if self.free(shift):
            self.give(person, shift)
        else:
            self.turns.append(Turn(person, shift))

    def stand_by(self, person, shift):
        turn = self.live(person, shift)
        if turn and turn.state in ENGAGED:
            return
        self.fill(shift)
        turn = self.live(person, shift)
        if turn and (
            turn.state == "confirmed" or (turn.state != "waiting" and not self.free(shift))
        ):
            return
        refuse_if(not self.may(person, shift))
        if self.free(shift):
            self.give(person, shift)
        else:
            refuse_if(len(self.on(shift, "reserve")) >= shift.reserve)
            self.give(person, shift)
            self.live(person, shift).state = "reserve"

    def cancel(self, person, shift, *, by_office=False, late=False):
        if (turn := self.live(person, shift)) is None:
            return
        asked = turn.agreed < shift.version
        too_late = turn.state == "confirmed" and self.now > shift.start - NOTICE
        refuse_if(
            self.now >= shift.start,
            person in shift.came,
            too_late and not (by_office or late or asked),
        )
        self.turns.remove(turn)
        self.fill(shift)

    def keep(self, person, shift):
        refuse_if(self.live(person, shift) is None)
        self.live(person, shift).agreed = shift.version

    def accept(self, person, shift):
        turn = self.live(person, shift)
        refuse_if(turn is None)
        if turn.state == "confirmed":
            return
        refuse_if(turn.state != "offered" or self.has_lapsed(turn))
        self.fill(shift)
        refuse_if(not self.may(person, shift))
        self.seat(turn)

    def decline(self, person, shift):
        if (turn := self.live(person, shift)) is None:
            return
        refuse_if(turn.state != "offered")
        self.turns.remove(turn)
        self.fill(shift)

    # The office

    def assign(self, person, shift, *, override):
        self.fill(shift)
        if self.has_place(person, shift):
            return
        kept = self.live(person, shift) in self.on(shift, "offered")
        refuse_if(
            shift.state != "published" or self.now >= shift.end,
            not self.free(shift) and not kept,
            not override and not self.may(person, shift),
        )
        self.give(person, shift)

    def move(self, turn, shift):
        person, here = turn.person, turn.shift
        if not self.free(shift):
            self.end_lapsed(shift)
            self.move_up(shift)
        kept = self.live(person, shift) in self.on(shift, "offered")
        refuse_if(
            self.now >= here.start or person in here.came,
            self.has_place(person, shift),
            not self.free(shift) and not kept,
            not self.may(person, shift, here),
        )
        self.give(person, shift)
        self.turns.remove(turn)
        self.fill(here)

    def resize(self, shift, places, reserve):
        refuse_if(
            shift.state == "cancelled" or places < 1,
            places < self.taken(shift),
            reserve < len(self.on(shift, "reserve")),
        )
        shift.places, shift.reserve = places, reserve
        self.fill(shift)

    def retime(self, shift, start, end):
        if (shift.start, shift.end) == (start, end):
            refuse_if(shift.state == "cancelled")
            self.fill(shift)
            return
        refuse_if(shift.state == "cancelled", end <= self.now, shift.came)
        shift.start, shift.end, shift.version = start, end, shift.version + 1
        self.fill(shift)

    def call_off(self, shift):
        if shift.state == "cancelled":
            return
        refuse_if(self.now >= shift.end, shift.came)
        shift.state = "cancelled"

    def close(self, shift):
        refuse_if(self.now < shift.end, shift.state != "published")
        shift.state = "closed"

    def arrive(self, person, shift):
        if person in shift.came:
            return
        refuse_if(
            shift.state != "published",
            not self.has_place(person, shift),
            not shift.start - EARLY <= self.now < shift.end,
        )
        shift.came.add(person)
        shift.since[person] = self.now

    def leave(self, person, shift):
        if person in shift.left:
            return
        refuse_if(self.now <= shift.since[person], self.now >= shift.end + FORGOTTEN)
        shift.left.add(person)

    # Handing on

    def stands(self, passing):
        """The giver has the place, has not come yet, and both shifts are to come."""
        shifts = [passing.turn.shift, *([passing.wanted] if passing.wanted else [])]
        return (
            passing.turn in self.turns
            and passing.turn.state == "confirmed"
            and passing.turn.person not in passing.turn.shift.came
            and all(s.state == "published" and self.now < s.start for s in shifts)
        )

    def hand_on(self, turn, receiver=None, wanted=None):
        shift = turn.shift
        known = next((p for p in self.passings if p.turn is turn), None)
        if known and (known.to_all, known.wanted) == (receiver is None, wanted):
            refuse_if(not known.to_all and known.receiver != receiver)
            return
        starts = min(s.start for s in (shift, wanted) if s)
        refuse_if(
            known,
            turn.state != "confirmed" or turn.person in shift.came or self.now >= starts,
        )
        if wanted:
            already = self.live(turn.person, wanted)
            refuse_if(already, not self.may(turn.person, wanted, shift))
        if receiver is not None:
            refuse_if(
                receiver == turn.person,
                wanted and not self.has_place(receiver, wanted),
                self.has_place(receiver, shift),
                not self.may(receiver, shift, wanted),
            )
        passing = Passing(turn, receiver is None, receiver, wanted)
        self.passings.append(passing)
        if receiver is None:
            self.next_in_line(passing)

    def first_waiting(self, passing):
        shift = passing.turn.shift
        return next(
            (
                t.person
                for t in self.on(shift, "waiting")
                if t.person not in {passing.turn.person, *passing.declined}
                and self.may(t.person, shift)
            ),
            None,
        )

    def next_in_line(self, passing):
        """What is offered to all goes to the waiting list first, given or offered."""
        passing.receiver = passing.answer_by = None
        if passing.wanted or not self.stands(passing):
            return
        first = self.first_waiting(passing)
        if first is None:
            return
        passing.receiver, passing.answer_by = first, self.answer_by(passing.turn.shift)
        if passing.answer_by is None:
            self.pass_to(passing, first)

    def take_over(self, passing, person):
        giver, shift, wanted = passing.turn.person, passing.turn.shift, passing.wanted
        refuse_if(not self.stands(passing), passing.receiver not in {None, person}, giver == person)
        if passing.to_all and passing.receiver is None and not wanted:
            refuse_if(self.first_waiting(passing) not in {None, person})
        if wanted:
            refuse_if(not self.has_place(person, wanted), person in wanted.came)
            refuse_if(self.has_place(giver, wanted), not self.may(giver, wanted, shift))
        refuse_if(self.has_place(person, shift), not self.may(person, shift, wanted))
        self.pass_to(passing, person)

    def pass_to(self, passing, person):
        giver, shift, wanted = passing.turn.person, passing.turn.shift, passing.wanted
        self.passings.remove(passing)
        self.turns.remove(passing.turn)
        self.give(person, shift)
        if wanted:
            self.turns.remove(self.live(person, wanted))
            self.give(giver, wanted)
        self.fill(*(s for s in self.shifts if s in (shift, wanted)))

    def say_no(self, passing, person):
        if person in passing.declined:
            return
        open_to_all = passing.to_all and passing.receiver is None
        refuse_if(passing.receiver != person and not open_to_all)
        passing.declined.add(person)
        if not passing.to_all:
            self.passings.remove(passing)
        elif passing.receiver == person:
            self.next_in_line(passing)

    def withdraw(self, passing):
        self.passings.remove(passing)

    # Time

    def jobs(self):
        """What is done each minute: offers pass on, free places are filled, hand-overs go on."""
        lapsed = [s for s in self.shifts if any(map(self.has_lapsed, self.on(s, "offered")))]
        self.fill(*(s for s in lapsed if s.state == "published"))
        self.fill(*self.shifts)
        for passing in sorted(self.passings, key=lambda p: self.shifts.index(p.turn.shift)):
            shifts = [passing.turn.shift, *([passing.wanted] if passing.wanted else [])]
            here = passing.turn in self.turns and passing.turn.state == "confirmed"
            if not here or any(s.state != "published" or self.now >= s.start for s in shifts):
                self.passings.remove(passing)
            elif passing.to_all and passing.answer_by is not None:
                if passing.answer_by <= self.now:
                    passing.declined.add(passing.receiver)
                    self.next_in_line(passing)
            elif passing.to_all and passing.receiver is None:
                self.next_in_line(passing)

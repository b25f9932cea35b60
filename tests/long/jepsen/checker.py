"""What was acknowledged is there once, what was refused is not there; the rest may be either."""

from __future__ import annotations

from collections import Counter, defaultdict

from sqlalchemy import func, select

from talent.db import db
from talent.hours.models import EntryKind, LedgerEntry, RecordState, ServiceRecord
from talent.people.models import Person
from talent.rules.signup import LIVE
from talent.shifts.models import Attendance, Shift, ShiftState, Signup

TAGGED = {  # the column, and what is counted: one correction may write two entries at once
    "enter": (ServiceRecord.activity, ServiceRecord.id),
    "correct": (LedgerEntry.reason, LedgerEntry.at),
    "register": (Person.area, Person.id),
    "new_shift": (Shift.note, Shift.id),
}
LEAST = {"ok": 1, "fail": 0, "unknown": 0}
MOST = {"ok": 1, "fail": 0, "unknown": 1}


def wrong(log):
    """Each act whose answer and whose rows do not fit."""
    db.session.rollback()
    of = defaultdict(list)
    for act in log:
        of[act["kind"]].append(act)
    found = [*_tagged(of), *_signed(of), *_held(of), *_attended(of), *_approved(of)]
    found += [f"an error: {a['kind']} {a['tag']} {a['said']}" for a in log if 500 in a["answers"]]
    db.session.rollback()
    return found


def _tagged(of):
    """Acts that leave their tag in a row. A shift that was moved bears a later tag."""
    moved = {act["thing"] for act in of["move"]}
    for kind, (column, counted) in TAGGED.items():
        query = (
            select(column, func.count(counted.distinct()))
            .where(column.is_not(None))
            .group_by(column)
        )
        there = dict(db.session.execute(query).all())
        for act in of[kind]:
            times = there.get(act["tag"], 0)
            least = 0 if kind == "new_shift" and moved else LEAST[act["answer"]]
            if not least <= times <= MOST[act["answer"]]:
                yield f"{kind} {act['tag']}: {act['answer']}, and it is there {times} times"


def _held(of):
    """The last acknowledged change of a shift stands, or one that was not answered."""
    for kind, column in (("move", Shift.note), ("call_off", Shift.cancel_reason)):
        of_shift = defaultdict(list)
        for act in of[kind]:
            of_shift[int(act["thing"])].append(act)
        for number, acts in of_shift.items():
            shift = db.session.get(Shift, number)
            done = [act["tag"] for act in acts if act["answer"] == "ok"]
            may = {act["tag"] for act in acts if act["answer"] == "unknown"} | set(done[-1:])
            said = getattr(shift, column.key)
            if done and said not in may:
                yield f"{kind} of shift {number}: {done[-1]} was acknowledged, there is {said}"
            if kind == "call_off" and done and shift.state is not ShiftState.CANCELLED:
                yield f"shift {number} was called off and is {shift.state}"
    notes = [act["tag"] for kind in ("new_shift", "move") for act in of[kind]]
    refused = {act["tag"] for kind in ("new_shift", "move") for act in of[kind]
               if act["answer"] == "fail"}  # fmt: skip
    query = select(Shift.note).where(Shift.note.is_not(None))
    for note, times in Counter(db.session.scalars(query)).items():
        if note in refused or times > 1 or note not in notes:
            yield f"the note {note} stands {times} times on shifts"


def _signed(of):
    """A person's last acknowledged word on a shift holds, unless one was not answered."""
    live = select(Signup.person_id, Signup.shift_id).where(Signup.state.in_(LIVE))
    there = Counter(f"{person}:{shift}" for person, shift in db.session.execute(live))
    of_pair = defaultdict(list)
    for act in sorted([*of["sign_up"], *of["cancel"]], key=lambda act: act["began"]):
        of_pair[act["thing"]].append(act)
    for pair, acts in of_pair.items():
        if any(act["answer"] == "unknown" for act in acts):
            if there[pair] > 1:
                yield f"{pair} stands there {there[pair]} times"
            continue
        done = [act for act in acts if act["answer"] == "ok"]
        wanted = int(bool(done) and done[-1]["kind"] == "sign_up")
        if there[pair] != wanted:
            last = done[-1] if done else acts[-1]
            yield f"{pair} stands there {there[pair]} times after {last['kind']} {last['tag']}"


def _attended(of):
    query = select(Attendance.signup_id, Attendance.in_at, Attendance.out_at)
    there = {number: (came, left) for number, came, left in db.session.execute(query)}
    for kind, place in (("arrive", 0), ("leave", 1)):
        asked = defaultdict(set)
        for act in of[kind]:
            asked[int(act["thing"])].add(act["answer"])
        for number, answers in asked.items():
            is_there = bool(there.get(number, (None, None))[place])
            if "ok" in answers and not is_there:
                yield f"{kind} of sign-up {number} was acknowledged and is not there"
            if answers == {"fail"} and is_there:
                yield f"{kind} of sign-up {number} was refused and is there"


def _approved(of):
    asked = defaultdict(set)
    for act in of["approve"]:
        asked[int(act["thing"])].add(act["answer"])
    earned = Counter(
        db.session.scalars(
            select(LedgerEntry.record_id).where(LedgerEntry.kind == EntryKind.EARNED)
        )
    )
    for number, answers in asked.items():
        record = db.session.get(ServiceRecord, number)
        approved = record.state is RecordState.APPROVED
        if "ok" in answers and not (approved and earned[number] == 1):
            yield f"record {number} was approved and is {record.state}, {earned[number]} entries"
        if earned[number] != int(approved):
            yield f"record {number} is {record.state} and has {earned[number]} entries"

"""The short way to a place says and writes what the long one does, and asks little."""

from __future__ import annotations

from datetime import date, timedelta

import make
import plan
import pytest
from counting import queries
from sqlalchemy import func, select

from talent import clock
from talent.access import Actor, Held, Role
from talent.audit import AuditEntry
from talent.db import db, reading, writing
from talent.errors import Refused
from talent.messages.models import Message
from talent.offices.models import OfficeKind
from talent.people.agreements.models import Agreement
from talent.people.models import RegistrationState
from talent.rules.signup import SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import ProjectState, Requirement, Shift, ShiftState, Signup
from talent.shifts.places import service as places
from talent.shifts.seating import service as seating
from talent.shifts.signups import service as signups

pytestmark = pytest.mark.usefixtures("clock")

STATEMENTS = 12  # of a sign-up, two of which ask who it is
HOLDING = 9  # of these, from the lock on
WITH_A_KEY = 3  # more, for a form that is done once


@pytest.fixture
def shift(office):
    return plan.shift(plan.project(office), places=2)


def actor(account):
    return Actor(account_id=account.id, person_id=account.person_id)


def asks(shift, what=None, **of):
    """Something is asked for: of the project, or of what is given."""
    thing = what or make.skill("急救")
    owner = of or {"project_id": shift.project_id}
    make.saved(Requirement(skill_id=thing.id, **owner))


def needs(shift, **fields):
    change(shift.needs[0], **fields)


def change(row, **fields):
    with writing():
        here = db.session.get(type(row), row.id)
        for name, value in fields.items():
            setattr(here, name, value)


def another(office, name="陈静"):
    return make.person(name, at=office)


def full(shift, wang):
    for name in ("陈静", "赵敏"):
        plan.place(shift, another(shift.project.office, name))


def busy(shift, wang):
    plan.place(plan.shift(plan.project(shift.project.office, "清洁"), starts=49), wang.person)


def near(shift, wang):
    make.let(shift.project.office, rest_minutes=660)
    plan.place(plan.shift(plan.project(shift.project.office, "清洁"), starts=36), wang.person)


def unsigned(shift, wang):
    make.let(shift.project.office, agreement="on")
    make.saved(
        Agreement(
            office_id=shift.project.office_id, version=1, text_zh="协议", made_at=make.NOW
        )
    )  # fmt: skip


def own_asked(shift, wang):
    """The shift asks for its own, and not for what the project asks for."""
    asks(shift)
    needs(shift, own_requirements=True)
    asks(shift, make.skill("驾驶"), need_id=shift.needs[0].id)


def twice_asked(shift, wang):
    skill = make.skill("急救")
    asks(shift, skill)
    asks(shift, skill, position_id=shift.needs[0].position_id)


def merged(shift, wang):
    change(wang.person, merged_into_person_id=another(shift.project.office).id)


def unwritten_to(shift, wang):
    change(wang.person, email=None)


def with_guardian(shift, wang):
    """His parents read the letter as well, and nobody consented."""
    mother = another(shift.project.office, "李梅")
    change(wang.person, birth_date=date(2012, 6, 2), guardian_id=mother.id)


SITUATIONS = {
    "nothing": lambda _, __: None,
    "full": full,
    "full and busy": lambda shift, wang: (full(shift, wang), busy(shift, wang)),
    "busy": busy,
    "near": near,
    "agreement": unsigned,
    "skill": lambda shift, _: asks(shift),
    "own skill": own_asked,
    "skill of both": twice_asked,
    "merged": merged,
    "no address": unwritten_to,
    "guardian": with_guardian,
    "birth unknown": lambda _, wang: change(wang.person, birth_date=None),
    "age of the place": lambda shift, _: needs(shift, minimum_age=60),
    "age of the position": lambda shift, _: change(shift.needs[0].position, minimum_age=61),
    "age of the project": lambda shift, _: change(shift.project, minimum_age=62),
    "no age of the place": lambda shift, _: (
        change(shift.project, minimum_age=62), needs(shift, minimum_age=0)
    ),
    "risky": lambda shift, _: change(shift.project, risky=True),
    "draft": lambda shift, _: change(shift, state=ShiftState.DRAFT),
    "cancelled": lambda shift, _: change(shift, state=ShiftState.CANCELLED),
    "project closed": lambda shift, _: change(shift.project, state=ProjectState.CLOSED),
    "not open yet": lambda shift, _: make.let(shift.project.office, opens_days=1),
    "closed": lambda shift, _: make.let(shift.project.office, closes_minutes=4000),
    "begun": lambda shift, _: change(shift, starts_at=make.hours_later(-1)),
    "over": lambda shift, _: change(
        shift, starts_at=make.hours_later(-5), ends_at=make.hours_later(-2)
    ),
    "paused": lambda _, wang: change(
        wang.person.registrations[0], state=RegistrationState.PAUSED
    ),
    "place of its own": lambda shift, _: change(shift, place=None, note="带水杯", version=4),
    "moved": lambda shift, _: change(shift.project, name_en=None, bring="水杯"),
}  # fmt: skip


WRITTEN = AuditEntry, Message
SEATED = {
    "nothing", "no address", "no age of the place", "risky", "place of its own", "moved",
}  # fmt: skip


def short(shift, wang, risks_read):
    need = shift.needs[0].id
    return seating.sit(shift.id, need, actor=actor(wang), now=make.NOW, risks_read=risks_read)


def long(shift, wang, risks_read):
    held = places.held(shift.id)
    terms = places.Terms(risks_read=risks_read)
    who = actor(wang)
    one = places.take(held, held.needs[0], who.person_id, actor=who, now=make.NOW, terms=terms)
    db.session.flush()
    return one.state


def done(way, shift, wang, risks_read):
    """What it answers and what it writes, without the numbers that rows happen to get."""
    known = [
        max(db.session.scalars(select(model.id)), default=0) for model in (AuditEntry, Message)
    ]
    db.session.rollback()
    token = reading.set(False)
    try:
        try:
            answer = way(shift, wang, risks_read)
        except Refused as refusal:
            db.session.flush()
            return "refused", refusal.reasons, told(shift, wang, known, None)
        own = select(Signup.id).where(Signup.person_id == wang.person_id)
        number = max(db.session.scalars(own.where(Signup.shift_id == shift.id)))
        return answer, rows(shift), told(shift, wang, known, number)
    finally:
        db.session.rollback()
        reading.reset(token)


def rows(shift):
    """All sign-ups and all counts of the shift, as the database has them."""
    tables = Signup.__table__, shift.needs[0].__table__
    found = []
    for table in tables:
        query = select(table).where(table.c.shift_id == shift.id)
        found += [
            dict(row._mapping) | {"id": 0} for row in db.session.execute(query.order_by(table.c.id))
        ]
    return found


def told(shift, wang, known, number):
    """Traces and letters since, with the number of the sign-up left out."""
    found = []
    for model, last in zip(WRITTEN, known, strict=True):
        table = model.__table__
        query = select(table).where(table.c.id > last).order_by(table.c.id)
        for row in db.session.execute(query):
            one = {name: value for name, value in row._mapping.items() if name != "id"}
            found.append({name: without(value, number) for name, value in one.items()})
    return found


def without(value, number):
    if isinstance(value, dict):
        return {name: without(each, number) for name, each in value.items()}
    if isinstance(value, str):
        return value.replace(f":{number}:", ":N:").replace(f"signup:{number}", "signup:N")
    return "N" if value == number and type(value) is int else value


def test_both_ways_to_a_place_answer_and_write_the_same(app):
    if db.engine.dialect.name == "postgresql":  # no other number is that of a sign-up
        with writing():
            db.session.execute(select(func.setval("signup_id_seq", 100_000)))
    given = {}
    for number, (name, happens) in enumerate(SITUATIONS.items()):
        office = make.office(f"第{number}社区")
        shift, wang = plan.shift(plan.project(office), places=2), make.volunteer(office)
        happens(shift, wang)
        for risks_read in (False, True):
            by_long, by_short = (done(way, shift, wang, risks_read) for way in (long, short))
            assert by_short == by_long, name
            assert bool(by_long[2]) is (by_long[0] == SignupState.CONFIRMED), name
        given[name] = by_long[0]
    seated = {name for name, state in given.items() if state == SignupState.CONFIRMED}
    assert seated == SEATED


def test_where_others_have_a_turn_the_short_way_gives_way(shift, wang):
    chen = another(shift.project.office)
    needs(shift, places=1)
    one = plan.place(shift, chen, state=SignupState.WAITING)
    assert short_answer(shift, wang) is None
    change(one, state=SignupState.OFFERED, answer_by=make.NOW)
    assert short_answer(shift, wang) is None
    with writing():
        state = signups.sign_up(
            shift.id, shift.needs[0].id, actor=actor(wang), now=make.NOW, risks_read=True
        )
    assert state is SignupState.CONFIRMED
    assert plan.states(shift) == {"cancelled": 1, "confirmed": 1}


def short_answer(shift, wang):
    with writing():
        return short(shift, wang, True)


def test_whoever_is_on_the_shift_already_keeps_what_he_has(shift, wang):
    plan.place(shift, wang.person, state=SignupState.WAITING)
    assert short_answer(shift, wang) is SignupState.WAITING
    assert plan.states(shift) == {"waiting": 1}


def test_a_position_of_another_shift_and_a_shift_that_is_none_are_left_to_the_long_way(shift, wang):
    other = plan.shift(plan.project(shift.project.office, "清洁"))
    with writing():
        for shift_id, need_id in ((shift.id, other.needs[0].id), (10**9, 1)):
            state = seating.sit(shift_id, need_id, actor=actor(wang), now=make.NOW, risks_read=True)
            assert state is None


def asked_of(browser, shift, status=303, **fields):
    """The statements of a sign-up."""
    url = plan.signup_url(shift)
    db.session.rollback()
    with queries() as sent:
        browser.send(url, status=status, **fields)
    return [one for one in sent if not one.startswith("BEGIN")]


def test_a_sign_up_asks_the_database_so_often_and_no_more(browser, shift, wang):
    sent = asked_of(browser.sign_in(wang), shift)
    assert len(sent) <= STATEMENTS, sent
    held = next(n for n, one in enumerate(sent) if one.startswith("SELECT shift.id \n"))
    assert len(sent) - held <= HOLDING, sent[held:]
    assert plan.states(shift) == {"confirmed": 1}


def test_a_form_that_is_done_once_asks_a_little_more(browser, shift, wang):
    sent = asked_of(browser.sign_in(wang), shift, form_key="abc")
    assert len(sent) <= STATEMENTS + WITH_A_KEY, sent


def test_who_finds_it_full_holds_nothing_and_writes_nothing(browser, shift, wang):
    full(shift, wang)
    sent = asked_of(browser.sign_in(wang), shift, status=409)
    assert not [one for one in sent if "FOR UPDATE" in one or not one.startswith("SELECT")]


def test_what_is_seen_is_the_same_for_one_shift_and_for_a_list(app):
    """Every state of shift and project, for every role at every office."""
    district = make.office("东城区", kind=OfficeKind.DISTRICT)
    below = [make.office(name, parent=district) for name in ("甲社区", "乙社区")]
    tree = [district, *below]
    for office in tree:
        for audience in tree:
            for project_state in ProjectState:
                project = plan.project(office, audience=audience, state=project_state)
                for state in ShiftState:
                    plan.shift(project, state=state)
    query = select(Shift).join(Shift.project)
    shifts = db.session.scalars(query.order_by(Shift.id)).all()
    for role in (Role.VOLUNTEER, Role.LEADER, Role.COORDINATOR, Role.AUDITOR, None):
        for office in tree:
            held = (Held(role, office.id, office.path),) if role else ()
            who = Actor(account_id=1, held=held)
            listed = set(db.session.scalars(query.where(eligibility.visible(who))))
            one_by_one = {
                shift
                for shift in shifts
                if eligibility.sees(
                    who, shift.state, shift.project.state, shift.project.office.path,
                    shift.project.audience.path,
                )
            }  # fmt: skip
            assert one_by_one == listed


def test_facts_of_one_person_and_of_many_are_the_same(office, wang):
    shift = plan.shift(plan.project(office))
    plan.place(shift, wang.person)
    chen = another(office)
    since = clock.now() - timedelta(days=1)
    alone = {
        **eligibility.facts_of([wang.person_id], since=since),
        **eligibility.facts_of([chen.id], since=since),
    }
    assert eligibility.facts_of([chen.id, wang.person_id], since=since) == alone
    assert eligibility.facts_of([], since=since) == {}
    assert alone[wang.person_id].live == {shift.id}

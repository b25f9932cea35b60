"""What an office asks of one person: refused on every path, passed over with a reason, shown."""

from datetime import date, timedelta

import make
import plan
import pytest
from counting import queries

from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.offices.models import OfficeKind, Setting
from talent.rules.signup import SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import AttendanceState, Signup
from talent.shifts.ways.models import TravelTime

pytestmark = pytest.mark.usefixtures("clock")

# The shift that is asked for is on Wednesday, 3 June, from 9:00 to 12:00.
RULES = [
    (
        Setting.REST_MINUTES, 660, {"starts": 36, "hours": 2}, "REST",
        "There would be 10 h between this one and “Cleaning”, from 2 Jun 2026, 21:00 to 2 Jun",
    ),
    (
        Setting.TRAVEL_MINUTES, 30, {"starts": 51.25, "place": "活动室"}, "TRAVEL",
        "The way between 社区食堂 and 活动室 takes 30 min. There would be 15 min between",
    ),
    (
        Setting.DAY_MINUTES, 330, {"starts": 53}, "DAY_MINUTES",
        "On Wed 3 Jun 2026 it would be 6 h of service. At most it is 5 h 30 min a day.",
    ),
    (
        Setting.WEEK_MINUTES, 330, {"starts": 144}, "WEEK_MINUTES",
        "from Mon 1 Jun 2026 to Sun 7 Jun 2026 it would be 6 h of service. At most it is 5 h 30",
    ),
    (
        Setting.DAYS_IN_ROW, 1, {"starts": 72}, "DAYS_IN_ROW",
        "It would be 2 days of service in a row, from Wed 3 Jun 2026 to Thu 4 Jun 2026.",
    ),
    (
        Setting.AHEAD_SHIFTS, 1, {"starts": 480}, "AHEAD",
        "One person holds at most 1 coming shifts, and 1 are held already.",
    ),
]  # fmt: skip
each_rule = pytest.mark.parametrize(
    ("setting", "value", "other", "code", "sentence"), RULES, ids=[r[3] for r in RULES]
)


def busy(office, person, **when):
    """A place on another shift."""
    return plan.place(plan.shift(plan.project(office, "清洁", name_en="Cleaning"), **when), person)


@each_rule
def test_a_volunteer_reads_why_and_can_neither_take_nor_wait_for_the_place(
    browser, office, wang, setting, value, other, code, sentence
):
    busy(office, wang.person, **other)
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang)
    assert sentence not in browser.visit(f"/shifts/{shift.id}").words
    make.let(office, **{setting: value})
    assert sentence in browser.visit(f"/shifts/{shift.id}").words
    assert sentence in browser.send(plan.signup_url(shift), status=409).words
    page = browser.send(plan.signup_url(shift, way="waiting"), status=409)
    assert sentence in page.words
    assert plan.states(shift) == {}
    make.let(office, since=make.TODAY, **{setting: 0})
    browser.send(plan.signup_url(shift))


@each_rule
def test_a_coordinator_passes_over_it_with_a_reason_and_everybody_concerned_sees_it(
    browser, office, wang, setting, value, other, code, sentence
):
    make.let(office, **{setting: value})
    busy(office, wang.person, **other)
    shift = plan.shift(plan.project(office))
    url = f"/shifts/{shift.id}/assignment?need={shift.needs[0].id}&person={wang.person_id}"
    browser.sign_in(plan.coordinator(office))
    assert sentence in browser.send(url, status=409).words
    assert sentence in browser.send(url, status=409, reason="   ").words
    browser.send(url, reason="她自己要求的")
    db.session.rollback()
    one = db.session.query(Signup).filter_by(shift_id=shift.id).one()
    assert (one.override_reason, one.overridden) == ("她自己要求的", code)
    entry = db.session.query(AuditEntry).filter_by(act=Act.SIGNUP_OVERRIDDEN).one()
    assert entry.facts["overridden"] == code
    shown = [
        browser.visit(f"/shifts/{shift.id}/roster"),
        browser.visit(f"/shifts/person/{wang.person_id}"),
    ]
    browser.sign_in(wang)
    for page in [*shown, browser.visit(f"/shifts/{shift.id}")]:
        assert sentence in page.words
        assert "她自己要求的" in page.words
        assert code not in page.words


@each_rule
def test_a_leader_has_no_right_to_pass_over_it(
    browser, office, wang, clock, setting, value, other, code, sentence
):
    if setting is Setting.AHEAD_SHIFTS:
        return  # who walks in holds nothing ahead
    make.let(office, **{setting: value})
    busy(office, wang.person, **other)
    shift = plan.shift(plan.project(office))
    clock.move_to(make.hours_later(48.5))
    url = f"/shifts/{shift.id}/walk-ins?need={shift.needs[0].id}&person={wang.person_id}"
    browser.sign_in(plan.leader(office))
    assert sentence in browser.send(url, status=409, reason="请放行").words
    assert plan.states(shift) == {}


@each_rule
def test_nobody_is_moved_up_into_what_is_too_much(
    browser, office, wang, setting, value, other, code, sentence
):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, wang.person)
    tired, fresh = make.person("甲", at=office), make.person("乙", at=office)
    plan.place(shift, tired, state=SignupState.WAITING)
    plan.place(shift, fresh, state=SignupState.WAITING, at=make.NOW + timedelta(seconds=1))
    busy(office, tired, **other)
    make.let(office, **{setting: value})
    browser.sign_in(wang).send(f"/shifts/{shift.id}/cancellation")
    db.session.rollback()
    signups = db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id)
    stands = {s.person.name: s.state for s in signups}
    assert stands["甲"] is SignupState.WAITING
    assert stands["乙"] is SignupState.CONFIRMED


@pytest.mark.parametrize(("since", "status"), [(date(2026, 6, 3), 409), (date(2026, 6, 4), 303)])
def test_what_is_asked_of_the_service_is_what_holds_on_the_day_of_the_shift(
    browser, office, wang, since, status
):
    busy(office, wang.person, starts=72)
    make.let(office, since=since, days_in_row=1)
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang).send(plan.signup_url(shift), status=status)


@pytest.mark.parametrize(("since", "status"), [(date(2026, 6, 1), 409), (date(2026, 6, 2), 303)])
def test_what_is_asked_of_signing_up_is_what_holds_today(browser, office, wang, since, status):
    busy(office, wang.person, starts=72)
    make.let(office, since=since, ahead_shifts=1)
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang).send(plan.signup_url(shift), status=status)


def test_a_rule_of_the_office_above_holds_until_the_office_sets_its_own(browser, app):
    street = make.office("春风街道", kind=OfficeKind.STREET)
    office = make.office(parent=street)
    wang = make.volunteer(office)
    make.let(street, days_in_row=1)
    busy(office, wang.person, starts=72)
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang).send(plan.signup_url(shift), status=409)
    make.let(office, days_in_row=3)
    browser.send(plan.signup_url(shift))


@pytest.mark.parametrize(
    ("state", "status"), [(AttendanceState.LEFT, 409), (AttendanceState.ABSENT, 303)]
)
def test_what_was_served_before_counts_and_where_one_did_not_come_does_not(
    browser, office, wang, clock, state, status
):
    make.let(office, week_minutes=300)
    make.let(office, days_in_row=2)
    for starts in (1, 24):
        came = starts if state is AttendanceState.LEFT else None
        one = busy(office, wang.person, starts=starts, hours=2)
        plan.attended(one, came=came, left=came and came + 2, state=state)
    shift = plan.shift(plan.project(office))
    clock.move_to(make.hours_later(47))
    browser.sign_in(wang).send(plan.signup_url(shift), status=status)


def test_who_only_stood_by_did_not_serve(browser, office, wang, clock):
    make.let(office, days_in_row=1)
    one = busy(office, wang.person, starts=24)
    shift = plan.shift(plan.project(office))
    with writing():
        kept = db.session.get(Signup, one.id)
        kept.need.taken, kept.need.reserve, kept.need.reserved = 0, 1, 1
        kept.state = SignupState.RESERVE
    browser.sign_in(wang).send(plan.signup_url(shift), status=409)
    clock.move_to(make.hours_later(28))
    browser.sign_in(wang).send(plan.signup_url(shift))
    assert plan.states(shift) == {"confirmed": 1}


def test_a_hand_over_at_one_place_may_overlap_as_far_as_the_office_tolerates(browser, office, wang):
    busy(office, wang.person, starts=50.75)
    shift, elsewhere = (
        plan.shift(plan.project(office)),
        plan.shift(plan.project(office), place="活动室"),
    )
    browser.sign_in(wang).send(plan.signup_url(shift), status=409)
    make.let(office, tolerance_minutes=14)
    browser.send(plan.signup_url(shift), status=409)
    make.let(office, since=date(2026, 5, 1), tolerance_minutes=15)
    make.let(office, rest_minutes=600)
    browser.send(plan.signup_url(elsewhere), status=409)
    browser.send(plan.signup_url(shift))


@pytest.mark.parametrize("setting", [Setting.CLOSES_MINUTES])
@pytest.mark.parametrize(("second", "status"), [(-1, 303), (0, 409), (1, 409)])
def test_signing_up_closes_at_the_second_that_the_office_set(
    browser, office, wang, clock, setting, second, status
):
    make.let(office, **{setting: 90})
    shift = plan.shift(plan.project(office))
    clock.move_to(make.hours_later(46.5) + timedelta(seconds=second))
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}")
    assert ("Signing up closed at 3 Jun 2026, 07:30." in page.words) is (status == 409)
    browser.send(plan.signup_url(shift), status=status)


def test_today_is_the_day_at_the_office_not_the_one_of_the_server(browser, office, wang, clock):
    make.let(office, since=date(2026, 6, 2), closes_minutes=60 * 24)
    shift = plan.shift(plan.project(office), starts=30)
    clock.move_to(make.hours_later(14.5))  # 23:30 in Shanghai
    assert "Sign up" in browser.sign_in(wang).visit(f"/shifts/{shift.id}").words
    clock.move_to(make.hours_later(15.5))  # 00:30, and 16:30 of the day before in UTC
    browser.send(plan.signup_url(shift), status=409)


# The ways between places


def way_form(office, here="社区食堂", there="活动室", minutes=40):
    return {"office_id": office.id, "place_a": here, "place_b": there, "minutes": minutes}


def test_a_way_that_the_office_writes_down_keeps_shifts_apart(browser, office, wang):
    busy(office, wang.person, starts=51.5, place="活动 室")
    shift = plan.shift(plan.project(office))
    browser.sign_in(make.account(plan.Role.MANAGER, office))
    assert "No way is listed yet" in browser.visit("/shifts/ways").words
    assert browser.visit(f"/offices/{office.id}/rules").all("a", href="/shifts/ways")
    page = browser.send("/shifts/ways/new", status=422, **way_form(office, there="社区 食堂"))
    assert "These are one and the same place." in page.words
    page = browser.send("/shifts/ways/new", status=422, **way_form(office, minutes="much"))
    assert page.all("input", name="place_b", value="活动室")
    browser.send("/shifts/ways/new", **way_form(office))
    assert "社区食堂 – 活动室" in browser.visit("/shifts/ways").words
    assert "40 min" in browser.visit("/shifts/ways").words
    page = browser.send("/shifts/ways/new", status=422, **way_form(office, "活动室", "社区食堂"))
    assert "is in the list already" in page.words
    browser.sign_in(wang)
    page = browser.send(plan.signup_url(shift), status=409)
    assert "The way between 社区食堂 and 活动 室 takes 40 min. There would be 30 min" in page.words
    browser.sign_in(make.account(plan.Role.MANAGER, office))
    id_ = db.session.query(TravelTime).one().id
    browser.send(f"/shifts/ways/{id_}/edit", **way_form(office, "活动室", "社区食堂", 30))
    browser.sign_in(wang).send(plan.signup_url(shift))


def test_a_way_that_is_taken_out_leaves_the_usual_time(browser, office, wang):
    busy(office, wang.person, starts=51.25, place="活动室")
    shift = plan.shift(plan.project(office))
    make.let(office, travel_minutes=30)
    boss = make.account(plan.Role.MANAGER, office)
    browser.sign_in(boss).send("/shifts/ways/new", **way_form(office, minutes=0))
    id_ = db.session.query(TravelTime).one().id
    assert wang_may(shift, wang)
    browser.send(f"/shifts/ways/{id_}/removal")
    assert not wang_may(shift, wang)
    browser.send(f"/shifts/ways/{id_}/removal", status=404)


def wang_may(shift, wang):
    db.session.rollback()
    shift = db.session.get(type(shift), shift.id)
    told = eligibility.settings_for([shift], make.NOW)[shift.project.office_id]
    facts = eligibility.facts_of([wang.person_id], since=shift.starts_at)[wang.person_id]
    return not eligibility.reasons(shift.needs[0], shift, facts, told, make.NOW).to_take


def test_the_way_of_the_nearest_office_counts(app):
    street = make.office("春风街道", kind=OfficeKind.STREET)
    office = make.office(parent=street)
    wang = make.volunteer(office)
    busy(office, wang.person, starts=51.25, place="活动室")
    shift = plan.shift(plan.project(office))

    def way(at, minutes):
        ends = {"place_a": "社区食堂", "place_b": "活动室", "pair": "活动室|社区食堂"}
        make.saved(TravelTime(office_id=at.id, minutes=minutes, **ends))

    way(make.office("别的社区", parent=street), 60)
    assert wang_may(shift, wang)
    way(street, 60)
    assert not wang_may(shift, wang)
    way(office, 10)
    assert wang_may(shift, wang)


def test_a_way_of_another_office_answers_as_if_there_were_none(browser, office):
    elsewhere = make.office("别的社区")
    ends = {"place_a": "甲", "place_b": "乙", "pair": "乙|甲"}
    way = make.saved(TravelTime(office_id=elsewhere.id, minutes=5, **ends))
    browser.sign_in(make.account(plan.Role.MANAGER, office))
    browser.visit(f"/shifts/ways/{way.id}/edit", status=404)
    browser.send(f"/shifts/ways/{way.id}/removal", status=404)
    assert "甲" not in browser.visit("/shifts/ways").words
    browser.send("/shifts/ways/new", status=422, **way_form(elsewhere))
    browser.sign_in(plan.coordinator(office)).visit("/shifts/ways/new", status=403)


def test_the_law_asks_the_database_as_often_for_many_as_for_one(office):
    shifts = [plan.shift(plan.project(office), starts=48 + 24 * n) for n in range(4)]
    people = [make.person(f"甲{n}", at=office) for n in range(4)]
    ids = [person.id for person in people]
    for person in people:
        for starts in (2, 30, 60):
            busy(office, person, starts=starts, hours=1)
    make.let(office, since=date(2026, 6, 4), days_in_row=3)
    counted = []
    for some in (1, 4):
        db.session.rollback()
        found = [db.session.get(type(s), s.id) for s in shifts[:some]]
        _ = [s.project.office.ancestor_ids for s in found]
        with queries() as asked:
            eligibility.settings_for(found, make.NOW)
            eligibility.facts_of(ids[:some], since=make.NOW)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 9

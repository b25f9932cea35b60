"""A volunteer looks for a shift, takes a place, waits for one, gives it up."""

from datetime import date, timedelta

import make
import plan
import pytest
from sqlalchemy import event, update

from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeKind
from talent.people.models import Consent, RegistrationState
from talent.rules.consent import ConsentKind
from talent.rules.signup import SignupState
from talent.shifts.models import Position, Requirement, Shift, ShiftState, Signup
from talent.training.models import Credential, CredentialKind

pytestmark = pytest.mark.usefixtures("clock")


def told(kind):
    db.session.rollback()
    messages = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [m.person.name for m in messages]


def test_a_volunteer_finds_a_shift_takes_a_place_and_is_told_so(browser, office, wang):
    shift = plan.shift(plan.project(office, bring="水杯"))
    page = browser.sign_in(wang).visit("/shifts/")
    assert "Wed 3 Jun 2026 09:00" in page.words
    assert "5 of 5 places free" in page.words
    page = browser.visit(page.all("a", href=f"/shifts/{shift.id}")[0].get("href"))
    assert "Bring: 水杯" in page.words
    fragment = browser.send(plan.signup_url(shift), htmx=True, status=200)
    assert "You have a place." in fragment.words
    assert "Has a place" in browser.visit(f"/shifts/{shift.id}").words
    assert "Meals for neighbours" in browser.visit("/shifts/mine").words
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 1}, [1])
    assert told(MessageKind.SIGNED_UP) == ["王秀兰"]


def test_a_second_click_shows_the_same_and_makes_no_second_sign_up(browser, office, wang):
    shift = plan.shift(plan.project(office))
    browser.sign_in(wang)
    for _ in range(2):
        assert "Has a place" in browser.send(plan.signup_url(shift), htmx=True, status=200).words
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 1}, [1])
    assert told(MessageKind.SIGNED_UP) == ["王秀兰"]
    browser.send(f"/shifts/{shift.id}/cancellation")
    browser.send(f"/shifts/{shift.id}/cancellation")
    assert (plan.states(shift), plan.taken(shift)) == ({"cancelled": 1}, [0])


def test_a_full_shift_refuses_and_offers_the_waiting_list_with_its_turn(browser, office, wang):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, make.person("陈静", at=office))
    plan.place(shift, make.person("赵云", at=office), state=SignupState.WAITING)
    browser.sign_in(wang)
    assert (
        "Every place on this shift is taken."
        in browser.send(plan.signup_url(shift), status=409).words
    )
    assert plan.states(shift) == {"confirmed": 1, "waiting": 1}
    assert "Every place is taken" in browser.visit("/shifts/").words
    assert "Join the waiting list" in browser.visit(f"/shifts/{shift.id}").words
    page = browser.send(plan.signup_url(shift, way="waiting"), htmx=True, status=200)
    assert "Number 2 on the waiting list" in page.words
    assert "Number 2 on the waiting list" in browser.visit("/shifts/mine").words
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 1, "waiting": 2}, [1])


def test_who_comes_too_late_is_told_so_at_once_while_somebody_else_writes(browser, office, wang):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, make.person("陈静", at=office))
    browser.sign_in(wang)
    with db.engine.connect() as other:
        other.execute(update(Shift).where(Shift.id == shift.id).values(note="held"))
        page = browser.send(plan.signup_url(shift), status=409)
    assert "Every place on this shift is taken." in page.words
    assert plan.states(shift) == {"confirmed": 1}


def test_a_full_shift_that_one_does_not_see_answers_as_if_there_were_none(browser, office, wang):
    other = make.office("别处", name_en="Elsewhere")
    shift = plan.shift(plan.project(other), places=1)
    plan.place(shift, make.person("陈静", at=other))
    seen = plan.shift(plan.project(office), places=1)
    browser.sign_in(wang)
    browser.send(plan.signup_url(shift), status=404)
    browser.send(plan.signup_url(seen, shift.needs[0]), status=404)


def test_one_place_given_up_moves_one_person_up_and_two_wait_on(browser, office, wang):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, wang.person)
    for number, name in enumerate(("甲", "乙", "丙")):
        one = make.person(name, at=office)
        plan.place(shift, one, state=SignupState.WAITING, at=make.NOW + timedelta(seconds=number))
    browser.sign_in(wang).send(f"/shifts/{shift.id}/cancellation")
    assert (plan.states(shift), plan.taken(shift)) == (
        {"cancelled": 1, "confirmed": 1, "waiting": 2},
        [1],
    )
    assert told(MessageKind.PROMOTED) == ["甲"]


def test_who_may_no_longer_take_the_place_is_passed_over(browser, office, wang):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, wang.person)
    busy = make.person("甲", at=office)
    plan.place(shift, busy, state=SignupState.WAITING)
    plan.place(
        shift,
        make.person("乙", at=office),
        state=SignupState.WAITING,
        at=make.NOW + timedelta(seconds=1),
    )
    plan.place(plan.shift(plan.project(office)), busy)
    browser.sign_in(wang).send(f"/shifts/{shift.id}/cancellation")
    assert told(MessageKind.PROMOTED) == ["乙"]


def test_nobody_moves_up_into_a_shift_that_has_begun(browser, office, clock):
    shift = plan.shift(plan.project(office), starts=1, places=1)
    plan.place(shift, make.person("甲", at=office), state=SignupState.WAITING)
    clock.move_to(make.hours_later(2))
    browser.sign_in(plan.coordinator(office)).send(
        f"/shifts/{shift.id}/edit",
        starts_at="2026-06-01T10:00", ends_at="2026-06-01T13:00", place="社区食堂",
        **{f"places_{shift.needs[0].position_id}": 3},
    )  # fmt: skip
    assert plan.states(shift) == {"waiting": 1}


@pytest.mark.parametrize(
    ("starts", "hours", "status"),
    [
        (48, 3, 409),  # equal
        (49, 1, 409),  # contained
        (47, 6, 409),  # containing
        (50.5, 3, 409),  # half an hour of it
        (45.5, 3, 409),
        (50.99, 1, 409),  # less than a minute of it
        (51, 2, 303),  # touching at the end
        (46, 2, 303),  # touching at the start
    ],
)
def test_overlapping_shifts_are_refused_and_touching_ones_are_not(
    browser, office, wang, starts, hours, status
):
    plan.place(plan.shift(plan.project(office, "清洁", name_en="Cleaning")), wang.person)
    other = plan.shift(plan.project(office), starts=starts, hours=hours)
    browser.sign_in(wang)
    shown = browser.visit(f"/shifts/{other.id}").words
    assert ("It overlaps “Cleaning”" in shown) == (status == 409)
    page = browser.send(plan.signup_url(other), status=status)
    assert (page.tree is not None and "It overlaps “Cleaning”" in page.words) == (status == 409)
    assert plan.states(other) == ({} if status == 409 else {"confirmed": 1})


@pytest.mark.parametrize(("second", "status"), [(-1, 409), (0, 303), (1, 303)])
def test_signing_up_opens_at_the_second_that_the_office_set(
    browser, office, wang, clock, second, status
):
    make.let(office, opens_days=1)
    shift = plan.shift(plan.project(office), starts=48)
    clock.move_to(make.hours_later(24) + timedelta(seconds=second))
    browser.sign_in(wang).send(plan.signup_url(shift), status=status)


@pytest.mark.parametrize(("second", "status"), [(-1, 303), (0, 303), (1, 409)])
def test_giving_up_is_possible_until_the_second_of_the_deadline_across_midnight(
    browser, office, wang, clock, second, status
):
    make.let(office, cancel_minutes=10 * 60)  # 23:00 the day before
    shift = plan.shift(plan.project(office))
    plan.place(shift, wang.person)
    clock.move_to(make.hours_later(38) + timedelta(seconds=second))
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}")
    assert ("Possible until 2 Jun 2026, 23:00" in page.words) == (status == 303)
    browser.send(f"/shifts/{shift.id}/cancellation", status=status)
    assert plan.states(shift) == {"cancelled" if status == 303 else "confirmed": 1}


def test_the_risks_of_a_risky_shift_must_be_ticked_on_the_server_too(browser, office, wang):
    shift = plan.shift(
        plan.project(
            office, risky=True, risks="高空作业", insurance_no="P1",
            insured_from=date(2026, 1, 1), insured_to=date(2026, 12, 31),
        )
    )  # fmt: skip
    browser.sign_in(wang)
    page = browser.visit(f"/shifts/{shift.id}")
    assert "risks_read" in page.fields()
    # what was forgotten is said in our words, not by the browser in a bubble
    assert page.all("form", class_="act", novalidate="")
    page = browser.send(plan.signup_url(shift), status=409)
    assert "Please confirm that you have read the risks and the protection." in page.words
    assert plan.states(shift) == {}
    browser.send(plan.signup_url(shift), risks_read="1")
    assert db.session.query(Signup).one().risks_read_at == make.NOW


def test_a_minor_needs_the_consent_of_the_guardian_on_the_day(browser, office):
    shift = plan.shift(plan.project(office))
    girl = make.volunteer(office, "小雨", birth_date=date(2010, 6, 3))
    browser.sign_in(girl)
    page = browser.send(plan.signup_url(shift), status=409)
    assert "Under 18 the consent of the guardian is needed." in page.words
    given = Consent(
        person_id=girl.person_id, kind=ConsentKind.GUARDIAN, version="1", given_at=make.NOW,
        given_by="guardian",
    )  # fmt: skip
    make.saved(given)
    browser.send(plan.signup_url(shift))


def test_the_age_counts_on_the_day_of_the_shift(browser, office):
    project = plan.project(office, positions=[Position(name="司机", minimum_age=40)])
    today, tomorrow = plan.shift(project, starts=48), plan.shift(project, starts=72)
    browser.sign_in(make.volunteer(office, birth_date=date(1986, 6, 4)))
    page = browser.send(plan.signup_url(today), status=409)
    assert "That is from Thu 4 Jun 2026 on." in page.words
    browser.send(plan.signup_url(tomorrow))


def test_a_credential_must_hold_on_the_day_of_the_shift(browser, office, wang):
    kind = make.saved(CredentialKind(code="aid", name_zh="急救证", name_en="First aid"))
    project = plan.project(
        office,
        positions=[Position(name="急救员", requirements=[Requirement(credential_kind_id=kind.id)])],
    )
    on_its_last_day, a_day_later = plan.shift(project), plan.shift(project, starts=72)
    browser.sign_in(wang)
    assert (
        "The credential “First aid” is needed." in browser.visit(f"/shifts/{a_day_later.id}").words
    )
    held = Credential(
        person_id=wang.person_id, kind_id=kind.id, issued_on=date(2024, 6, 3),
        valid_until=date(2026, 6, 3), made_at=make.NOW,
    )  # fmt: skip
    make.saved(held)
    browser.send(plan.signup_url(on_its_last_day), status=409)  # nobody has verified it
    with writing():
        held.verified_at = make.NOW
    browser.send(plan.signup_url(on_its_last_day))
    page = browser.send(plan.signup_url(a_day_later), status=409)
    assert "is valid until Wed 3 Jun 2026, but the shift is on Thu 4 Jun 2026" in page.words


def test_who_is_paused_sees_the_shift_and_the_reason(browser, office):
    shift = plan.shift(plan.project(office))
    browser.sign_in(make.volunteer(office, state=RegistrationState.PAUSED))
    assert "Meals for neighbours" in browser.visit("/shifts/").words
    assert (
        "Only an active volunteer can take a place." in browser.visit(f"/shifts/{shift.id}").words
    )
    browser.send(plan.signup_url(shift), status=409)


def test_a_shift_of_another_office_and_a_draft_answer_as_if_there_were_none(browser, office, wang):
    far = plan.shift(plan.project(make.office("秋水社区"), "秘密项目", name_en="Hidden"))
    draft = plan.shift(plan.project(office, "草稿", name_en="Sketch"), state=ShiftState.DRAFT)
    browser.sign_in(wang)
    words = browser.visit("/shifts/").words
    assert "Hidden" not in words
    assert "Sketch" not in words
    for shift in (far, draft):
        browser.visit(f"/shifts/{shift.id}", status=404)
        browser.send(plan.signup_url(shift), status=404)
        browser.send(f"/shifts/{shift.id}/cancellation", status=404)


def test_a_project_reaches_the_volunteers_below_and_above_its_audience(browser, app):
    street = make.office("长安街道", kind=OfficeKind.STREET)
    community = make.office("春风社区", parent=street)
    sister = make.office("秋水社区", parent=street)
    plan.shift(plan.project(street, name_en="Whole street"))
    plan.shift(plan.project(community, name_en="Only here"))
    for office, seen in ((community, True), (sister, False), (street, True)):
        words = browser.sign_in(make.volunteer(office)).visit("/shifts/").words
        assert "Whole street" in words
        assert ("Only here" in words) == seen


@pytest.fixture
def count(app):
    """How many questions the database is asked while a page is made."""

    def counted(browser, url):
        asked = []

        def listen(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        browser.visit(url)
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(asked)

    return counted


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(browser, office, wang, count):
    project = plan.project(office, positions=("甲岗", "乙岗"))
    boss = plan.coordinator(office)

    def fill(number):
        shift = plan.shift(project, starts=24 * number, places=(3, 3))
        plan.place(shift, wang.person)
        gone = plan.shift(project, starts=-24 * number, places=(3, 3))
        plan.attended(plan.place(gone, wang.person), came=-24 * number, left=-24 * number + 2)
        plan.place(busy, make.person(at=office))
        plan.place(busy, make.person(at=office), state=SignupState.WAITING)
        plan.project(office)
        return shift

    busy = plan.shift(project, starts=500, places=(9, 9))
    urls = {
        "/shifts/": wang, "/shifts/?may=1": wang, "/shifts/mine": wang,
        f"/shifts/person/{wang.person_id}": boss, f"/shifts/{busy.id}/roster": boss,
        f"/shifts/{busy.id}/roster?q=%E7%8E%8B": boss, "/shifts/projects": boss,
        f"/shifts/projects/{project.id}": boss, "/shifts/new": boss,
    }  # fmt: skip
    fill(1)
    once = {url: count(browser.sign_in(who), url) for url, who in urls.items()}
    fill(2)
    fill(3)
    thrice = {url: count(browser.sign_in(who), url) for url, who in urls.items()}
    assert thrice == once

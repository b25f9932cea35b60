"""The page of the shifts that suit a volunteer: what to take, and what would open the rest."""

from datetime import date, time, timedelta

import make
import plan
import pytest
from counting import queries

from talent.access import SYSTEM
from talent.db import db, writing
from talent.offices.models import OfficeKind
from talent.people.models import FreeTime, Person, RegistrationState, Skill
from talent.rules.signup import SignupState
from talent.shifts.fitting import service
from talent.shifts.models import Need, Position, Requirement
from talent.training.courses import service as courses
from talent.training.models import CredentialKind, Seat
from talent.training.sessions import service as sessions

pytestmark = pytest.mark.usefixtures("clock")


def named(office, name, starts=48, **more):
    return plan.shift(plan.project(office, name, name_en=name), starts, **more)


def course(office, name="First aid"):
    with writing():
        syllabus = courses.Syllabus(
            name_zh=name, name_en=name, content="x", minutes=60, valid_months=None
        )
        return courses.add(office, syllabus, actor=SYSTEM, now=make.NOW)


def session(course, office, hours, places=5):
    start = make.hours_later(hours)
    held = sessions.Plan(
        starts_at=start, ends_at=start + timedelta(hours=2), place="二楼", places=places
    )
    with writing():
        return sessions.plan(course, office, held, actor=SYSTEM, now=make.NOW)


def asking(office, name, *, starts=48, **thing):
    """A shift whose position asks for a credential, course or skill."""
    position = Position(name="送餐员", requirements=[Requirement(**thing)])
    return plan.shift(plan.project(office, name, name_en=name, positions=(position,)), starts)


def titles(page):
    """The names of the proposed shifts, in their order."""
    return [
        " ".join("".join(name.itertext()).split())
        for each in page.all("ul", class_="suggested")
        for name in each.iter("strong")
    ]


def test_what_fits_best_stands_first_and_says_why(browser, office, wang):
    named(office, "Plain", 24, places=1)
    named(office, "Timely", 48)  # Wednesday, nine o'clock
    short = named(office, "Short", 7 * 24 + 3)
    make.saved(FreeTime(person_id=wang.person_id, weekday=2, starts=time(8), ends=time(13)))
    with writing():
        db.session.query(Need).filter_by(shift_id=short.id).update({"least": 2})
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert titles(page) == ["Short", "Timely", "Plain"]
    assert "2 more people are needed." in page.words
    assert "It fits the times that you gave." in page.words
    assert "It is at your own office." in page.words


def test_skills_kinds_of_service_and_the_tree_of_offices_count(browser, office, app):
    street = make.office("梨园街道", kind=OfficeKind.STREET)
    near, far = make.office("近社区", parent=street), make.office("远社区", parent=street)
    wang = make.volunteer(near)
    skill = make.saved(Skill(name_zh="理发", name_en="Hairdressing"))
    kind = make.category()
    with writing():
        person = db.session.get(Person, wang.person_id)
        person.known_skills.append(skill)
        person.categories.append(kind)
    position = Position(name="理发师", requirements=[Requirement(skill_id=skill.id)])
    plan.shift(
        plan.project(far, "Hair", name_en="Hair", positions=(position,), audience=street), 24
    )
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert "Your skill “Hairdressing” is wanted." in page.words
    assert "It is a kind of service that you chose." in page.words
    assert f"It is near you, in {street.name_en}." in page.words


def test_a_full_shift_comes_after_those_with_a_place_and_what_one_has_or_gave_up_is_left_out(
    browser, office, wang
):
    full = named(office, "Full", 24, places=1)
    plan.place(full, make.person("陈静", at=office))
    make.saved(FreeTime(person_id=wang.person_id, weekday=1, starts=time(8), ends=time(13)))
    named(office, "Free", 96)  # fits less, but has a place
    plan.place(named(office, "Mine", 120), wang.person)
    gone = named(office, "Declined", 144)
    browser.sign_in(wang).send(plan.signup_url(gone))
    browser.send(f"/shifts/{gone.id}/cancellation")
    page = browser.visit("/shifts/for-me")
    assert titles(page) == ["Free", "Full"]
    assert "Every place is taken" in page.words


def test_what_is_missing_leads_to_the_next_session_of_the_course_in_one_tap(browser, office, wang):
    wanted = course(office)
    asking(office, "Ambulance", course_id=wanted.id, starts=200)
    session(wanted, office, 20, places=0)
    session(wanted, office, 48)
    next_one = session(wanted, office, 30)
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert "The training “First aid” is needed first." in page.words
    assert "Possible from Tue 2 Jun 2026 on" in page.words
    assert "Sign up for “First aid”, 2 Jun 2026, 15:00" in page.said("button")
    url = next(f.get("action") for f in page.all("form") if "/training/" in f.get("action", ""))
    browser.send(url)
    assert db.session.query(Seat).one().session_id == next_one.id
    words = browser.visit("/shifts/for-me").words
    assert "You are signed up for the session on 2 Jun 2026, 15:00." in words


def test_without_a_session_that_is_said_and_no_day_is_promised(browser, office, wang):
    asking(office, "Ambulance", course_id=course(office).id)
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert "No session of this course with a free place is planned." in page.words
    assert "Possible from" not in page.words


def test_a_credential_a_skill_and_an_overlap_lead_where_they_are_put_right(browser, office, wang):
    kind = make.saved(CredentialKind(code="x", name_zh="救护员证", name_en="Rescue", place=1))
    skill = make.saved(Skill(name_zh="理发", name_en="Hairdressing"))
    asking(office, "Rescuers", credential_kind_id=kind.id, starts=24)
    asking(office, "Hair", skill_id=skill.id, starts=72)
    mine = named(office, "Mine", 48)
    plan.place(mine, wang.person)
    named(office, "Clashing", 49)
    page = browser.sign_in(wang).visit("/shifts/for-me")
    links = {a.get("href") for a in page.all("a")}
    assert {"/training/mine/credentials/new", "/people/me/change", f"/shifts/{mine.id}"} <= links
    assert {"The credential “Rescue” is needed.", "The skill “Hairdressing” is needed."} <= set(
        page.said("span")
    )


def test_who_is_too_young_reads_from_which_day_on(browser, office):
    position = Position(name="司机", minimum_age=18)
    plan.shift(plan.project(office, positions=(position,)))
    young = make.volunteer(office, "小明", birth_date=date(2008, 9, 1))
    page = browser.sign_in(young).visit("/shifts/for-me")
    assert "Possible from Tue 1 Sep 2026 on" not in page.words  # the guardian's word is missing too
    assert "This position is for those of 18 and over. That is from" in page.words


def test_somebody_without_a_registration_is_told_so(browser, office):
    applicant = make.account(person=make.person("申", at=office, state=RegistrationState.APPLIED))
    named(office, "Any")
    assert "No shifts for you yet" in browser.sign_in(applicant).visit("/shifts/for-me").words


def test_shifts_of_another_office_are_on_neither_list(browser, office, wang):
    named(make.office("别处"), "Elsewhere")
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert "Elsewhere" not in page.words
    assert "No shift that you may take now" in page.words


def test_both_lists_go_on_page_by_page_without_losing_or_repeating_a_shift(browser, office, wang):
    project = plan.project(office, "Fits", name_en="Fits")
    young = plan.project(
        office, "Barred", name_en="Barred", positions=(Position(name="司机", minimum_age=70),)
    )
    free = {plan.shift(project, 24 + 5 * n).id for n in range(25)}
    barred = {plan.shift(young, 24 + 5 * n).id for n in range(25)}
    browser.sign_in(wang)
    for start, expected, prefix in (
        ("/shifts/for-me", free, "Fits"),
        ("/shifts/for-me?later=0", barred, "Barred"),
    ):
        seen, url = [], start
        while url:
            page = browser.visit(url)
            seen += [
                int(a.get("href").rsplit("/", 1)[1])
                for a in page.all("a")
                if prefix in "".join(a.itertext())
            ]
            url = next((a.get("href") for a in page.all("a", rel="next")), None)
        assert (len(seen), set(seen)) == (25, expected)
    page = browser.visit("/shifts/for-me")
    assert "All that I may not take yet" in page.said("a")


def test_the_page_asks_as_often_for_many_shifts_as_for_few(browser, office, wang):
    wanted = course(office)
    browser.sign_in(wang)
    counts = []
    for rounds in (range(1), range(1, 4)):
        for number in rounds:
            named(office, f"Fits{number}", 24 + number * 5)
            asking(office, f"Asks{number}", course_id=wanted.id, starts=24 + number * 5)
            session(wanted, office, 10 + number * 3)
        with queries() as sent:
            browser.visit("/shifts/for-me")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_all_shifts_and_those_for_me_are_two_tabs_of_one_subject(browser, office, wang):
    browser.sign_in(wang)
    for url, current in (("/shifts/", "All shifts"), ("/shifts/for-me", "For me")):
        page = browser.visit(url)
        tabs = [a for a in page.all("a", aria_current="page") if "".join(a.itertext()) == current]
        assert len(tabs) == 1


def test_a_turn_on_another_list_does_not_bar_a_shift_at_the_same_time(browser, office, wang):
    plan.place(named(office, "Waited for"), wang.person, state=SignupState.WAITING)
    named(office, "Other")
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert titles(page) == ["Other"]


def test_when_all_that_fit_best_are_barred_the_others_are_looked_at_too(browser, office, wang):
    make.saved(FreeTime(person_id=wang.person_id, weekday=2, starts=time(0), ends=time(23)))
    barred = plan.project(office, positions=(Position(name="司机", minimum_age=90),))
    for number in range(service.FIRST + 1):
        plan.shift(barred, 48 + number % 3)  # Wednesday
    named(office, "Plain", 96)
    page = browser.sign_in(wang).visit("/shifts/for-me")
    assert titles(page) == ["Plain"]
    assert len(page.all("ul", id="barred")[0].findall("li")) == 5

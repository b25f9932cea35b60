"""What training is asked of whom, inherited down the tree; who has done it; what would close it."""

from datetime import date, timedelta

import make
import making
import pytest
from asking import ask
from counting import queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent.access import SYSTEM, Role
from talent.db import db, one, writing
from talent.people.models import Person
from talent.renewals.requirements import standings
from talent.renewals.requirements.models import TrainingRequirement
from talent.renewals.requirements.standings import Shown
from talent.rules.requirements import Period, Whom
from talent.rules.social_workers import Grade
from talent.staffing.models import Appointment, AppointmentKind
from talent.training.models import Seat
from talent.training.social_work import service as social_work

FIELDS = {
    "name_zh": "志愿者年度培训",
    "name_en": "Yearly training",
    "whom": "volunteer",
    "times": "1",
    "hours": "4",
    "period": "year",
    "valid_from": "2026-06-01",
    "source": "街道2026年培训通知",
    "sure": "own",
}


def people_of(row, account, shown=Shown.ALL):
    found = standings.concerned(row, account.actor, now=make.NOW, shown=shown)
    return {each.person.name for each in found}


def test_an_office_asks_something_and_it_is_listed_with_its_source(browser, cast):
    browser.sign_in(cast.coordinator)
    browser.send("/renewals/requirements/new", office_id=cast.office.id, **FIELDS)
    row = db.session.query(TrainingRequirement).one()
    assert (row.times, row.minutes, row.valid_to) == (1, 240, None)
    page = browser.visit("/renewals/requirements")
    assert "街道2026年培训通知" in page.words
    assert "1 time · 4 h" in page.words
    shown = browser.visit(f"/renewals/requirements/{row.id}")
    assert "王秀兰" in shown.words
    assert "1 time · 4 h open" in shown.words


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"times": "", "hours": ""}, "Say how many times or how many hours."),
        ({"period": "months"}, "Say within how many months."),
        ({"whom": "staff"}, "Choose at least one kind of appointment."),
        ({"whom": "position"}, "Choose the position."),
        ({"last_day": "2026-05-31"}, "It would end before it begins."),
        ({"source": " "}, "Please fill in this field."),
        ({"times": "many"}, "Not a valid integer value."),
    ],
)
def test_what_says_too_little_is_refused_beside_its_field(browser, cast, changed, said):
    browser.sign_in(cast.coordinator)
    fields = FIELDS | {"office_id": cast.office.id} | changed
    page = browser.send("/renewals/requirements/new", 422, **fields)
    assert said in page.words
    assert page.all("input", name="name_zh", value="志愿者年度培训")
    assert db.session.query(TrainingRequirement).count() == 0


def test_it_holds_below_the_office_and_not_beside_it(cast):
    other = make.volunteer(cast.neighbour, "钱邻居").person
    street = make.account(Role.COORDINATOR, cast.street)
    above, own = ask(cast.street), ask(cast.office)
    assert people_of(above, street) == {"王秀兰", "钱邻居"}
    assert people_of(own, street) == {"王秀兰"}
    assert people_of(above, cast.coordinator) == {"王秀兰"}
    names = {s.requirement.id for s in standings.of_person(other, now=make.NOW)}
    assert names == {above.id}


def test_only_the_active_are_asked_as_volunteers(cast):
    make.person("孙已退", at=cast.office, state="left")
    make.person("李申请", at=cast.office, state="applied")
    assert people_of(ask(cast.office), cast.coordinator) == {"王秀兰"}


def test_shift_leaders_and_staff_are_asked_by_role_and_appointment(cast):
    leader = make.person("周领队", at=cast.office)
    make.account(Role.LEADER, cast.office, person=leader)
    staff = [make.person(name, at=cast.office) for name in ("吴专职", "郑网格", "冯离任")]
    kinds = (AppointmentKind.FULL_TIME, AppointmentKind.GRID, AppointmentKind.FULL_TIME)
    for person, kind, end in zip(staff, kinds, (None, None, make.TODAY), strict=True):
        make.saved(
            Appointment(
                person_id=person.id, office_id=cast.office.id, kind=kind,
                starts_on=date(2024, 1, 1), ends_on=end,
            )
        )  # fmt: skip
    assert people_of(ask(cast.office, whom=Whom.LEADER), cast.coordinator) == {"周领队"}
    of_staff = ask(cast.office, whom=Whom.STAFF, appointment_kinds=["full_time"])
    assert people_of(of_staff, cast.coordinator) == {"吴专职"}


def test_who_serves_in_a_position_is_asked_for_it(cast):
    project = make.project(cast.office)
    cook = make.position(project, "掌勺")
    shift = make.shift(project, position=cook, start=48)
    make.signup(shift, cast.person)
    make.person("不掌勺", at=cast.office)
    row = ask(cast.office, whom=Whom.POSITION, position_id=cook.id)
    assert people_of(row, cast.coordinator) == {"王秀兰"}


def test_a_term_of_registration_is_each_persons_own(cast):
    registered, other = (make.person(n, at=cast.office) for n in ("甲登记", "乙没有"))
    with writing():
        social_work.register(
            registered, grade=Grade.ASSISTANT, starts_on=date(2025, 1, 1), number=None,
            degree_on=None, actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
    making.learned(registered, cast.office, held_on=date(2024, 12, 31), minutes=600)
    making.learned(registered, cast.office, held_on=date(2025, 1, 1), minutes=60)
    row = ask(cast.office, period=Period.REGISTRATION, minutes=120)
    (line,) = standings.concerned(row, cast.coordinator.actor, now=make.NOW, shown=Shown.OPEN)
    assert (line.person.name, line.standing.minutes_open) == ("甲登记", 60)
    assert line.standing.window.last == date(2027, 12, 31)
    assert other.id


def test_only_the_course_that_is_asked_counts(cast):
    course, another = making.course(cast.office), making.course(cast.office, "别的")
    row = ask(cast.office, course_id=course.id, minutes=None, times=1)
    making.learned(cast.person, cast.office, course=another)
    assert people_of(row, cast.coordinator, Shown.OPEN) == {"王秀兰"}
    making.learned(cast.person, cast.office, course=course)
    assert people_of(row, cast.coordinator, Shown.OPEN) == set()
    assert people_of(row, cast.coordinator, Shown.MET) == {"王秀兰"}


def test_what_waits_for_a_second_person_does_not_count(cast):
    row = ask(cast.office, minutes=60)
    record = making.learned(cast.person, cast.office, minutes=60)
    assert people_of(row, cast.coordinator, Shown.MET) == {"王秀兰"}
    with writing():
        db.session.merge(record).waits = True
    assert people_of(row, cast.coordinator, Shown.OPEN) == {"王秀兰"}


def test_the_next_sessions_that_would_close_it_are_offered_and_booked(browser, cast):
    course = making.course(cast.street, minutes=150)
    for begins in (24, 48, 72):
        making.session(course, cast.street, begins=begins)
    row = ask(cast.office, minutes=240)
    (line,) = standings.concerned(row, cast.coordinator.actor, now=make.NOW, shown=Shown.OPEN)
    assert len(line.sessions) == 2
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/renewals/requirements/{row.id}")
    assert "Sign up" not in page.said("button")  # these are the street's own
    browser.sign_in(make.account(Role.COORDINATOR, cast.street))
    page = browser.visit(f"/renewals/requirements/{row.id}")
    (form, _) = page.all("form", class_="act")
    browser.send(form.get("action"), person_id=cast.person.id)
    assert db.session.query(Seat).one().person_id == cast.person.id
    browser.sign_in(cast.volunteer)
    mine = browser.visit("/renewals/mine")
    assert "4 h open" in mine.words


def test_it_is_ended_on_a_day_and_what_has_begun_is_not_changed(browser, cast):
    row = ask(cast.office)
    browser.sign_in(cast.coordinator)
    fields = FIELDS | {"valid_from": "2020-01-01"}
    said = browser.send(f"/renewals/requirements/{row.id}/edit", 422, **fields).words
    assert "What has begun is ended on a day" in said
    url = f"/renewals/requirements/{row.id}/end"
    assert "not on an earlier day" in browser.send(url, 422, last_day="2026-05-30").words
    browser.send(url, last_day="2026-06-30")
    assert one(TrainingRequirement, row.id).valid_to == date(2026, 7, 1)
    assert standings.of_person(one(Person, cast.person.id), now=make.NOW)
    later = make.NOW + timedelta(days=30)
    assert standings.of_person(one(Person, cast.person.id), now=later) == []


def test_what_has_not_begun_can_be_put_right(browser, cast):
    row = ask(cast.office, valid_from=date(2026, 7, 1))
    browser.sign_in(cast.coordinator)
    page = browser.visit(f"/renewals/requirements/{row.id}/edit")
    assert page.all("input", name="hours", value="4")
    browser.send(f"/renewals/requirements/{row.id}/edit", **(FIELDS | {"hours": "6"}))
    assert one(TrainingRequirement, row.id).minutes == 360


def test_another_office_neither_sees_nor_changes_it(browser, cast):
    row = ask(cast.office)
    browser.sign_in(cast.stranger)
    for url in ("", "/edit", "/end"):
        browser.visit(f"/renewals/requirements/{row.id}{url}", 404)
    assert "年度培训" not in browser.visit("/renewals/requirements").words
    browser.visit(f"/renewals/people/{cast.person.id}", 404)


def test_the_counts_of_the_list_equal_the_people_of_each_page(browser, cast):
    make.volunteer(cast.office, "钱学完")
    done = db.session.query(Person).filter_by(name="钱学完").one()
    making.learned(done, cast.office, minutes=240)
    row = ask(cast.office)
    (summary,) = standings.summaries(cast.coordinator.actor, day=make.TODAY)
    assert (summary.concerned, summary.open, summary.met) == (2, 1, 1)
    assert people_of(row, cast.coordinator, Shown.OPEN) == {"王秀兰"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 800), st.integers(1, 300)), max_size=6),
    st.sampled_from([Period.YEAR, Period.MONTHS]),
    st.integers(1, 4),
    st.integers(1, 600),
)
def test_the_database_counts_as_the_law_does(cast, records, period, times, minutes):
    person = make.person(at=cast.office)
    for back, length in records:
        held = make.TODAY - timedelta(days=back)
        making.learned(person, cast.office, held_on=held, minutes=length)
    row = ask(cast.office, period=period, months=14, times=times, minutes=minutes)
    open_ = standings.concerned(row, cast.coordinator.actor, now=make.NOW, shown=Shown.OPEN)
    met = standings.concerned(row, cast.coordinator.actor, now=make.NOW, shown=Shown.MET)
    assert not any(line.standing.met for line in open_)
    assert all(line.standing.met for line in met)
    assert person.id in {line.person.id for line in (*open_, *met)}


def test_the_lists_ask_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    course = making.course(cast.office)
    counted = {}
    for new in (1, 2):
        for turn in range(new):
            making.session(course, cast.office, begins=24 * (turn + 1))
            make.volunteer(cast.office)
            row = ask(cast.office)
        for url in (
            "/renewals/requirements",
            f"/renewals/requirements/{row.id}",
            f"/renewals/people/{cast.person.id}",
        ):
            browser.visit(url)
            with queries() as sent:
                browser.visit(url)
            counted.setdefault(url.rstrip("0123456789"), []).append(len(sent))
    assert all(few == many for few, many in counted.values()), counted

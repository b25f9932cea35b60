"""Series: planned as they were shown, grown, changed while people stay, kept or dropped."""

from datetime import UTC, date, datetime, timedelta

import bulk
import make
import plan
import pytest
from counting import queries

from talent.db import db, writing
from talent.messages.jobs import write
from talent.messages.models import Message, MessageKind
from talent.offices.models import CalendarDay
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Shift, ShiftState, Signup
from talent.shifts.signups import service as signups

pytestmark = pytest.mark.usefixtures("clock")
JUNE = ["2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29"]


def told(kind):
    db.session.rollback()
    query = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [m.person.name for m in query]


def started(boss, project, *, publish=True, **more):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project, **more))
    if publish:
        boss.send(f"/shifts/projects/{project.id}/publication")
    return bulk.shifts()


def revision(shift, **more):
    key = shift.needs[0].position_id
    return {
        "scope": "later", "starts": "09:00", "ends": "12:00", "place": "社区食堂",
        "note": "带水杯", f"places_{key}": 3, f"least_{key}": 1, f"reserve_{key}": 1,
    } | more  # fmt: skip


def test_a_series_is_shown_before_it_is_planned_and_planned_as_it_was_shown(boss, project):
    url, fields = bulk.series_url(project), bulk.series_fields(project)
    page = bulk.look(boss, url, **fields)
    assert "4 shifts" in page.words
    assert "Mon 8 Jun 2026" in page.words
    assert bulk.shifts() == []
    boss.send(url, agreed=bulk.stamp(page), **fields)
    assert bulk.days() == JUNE
    shifts = bulk.shifts()
    assert {s.state for s in shifts} == {ShiftState.DRAFT}
    assert [s.starts_at.hour for s in shifts] == [1] * 4
    need = shifts[0].needs[0]
    assert (need.places, need.least, need.reserve) == (3, 1, 1)
    assert [str(s.series_day) for s in shifts] == JUNE


def test_what_changed_since_it_was_shown_is_shown_again_and_not_done(boss, project):
    url, fields = bulk.series_url(project), bulk.series_fields(project)
    page = bulk.look(boss, url, **fields)
    plan.shift(project, 7 * 24, place="社区食堂")
    again = boss.send(url, status=409, agreed=bulk.stamp(page), **fields)
    assert "Something has changed since you looked." in again.words
    assert "The project has a shift at this very time already." in again.words
    assert len(bulk.shifts()) == 1
    boss.send(url, agreed=bulk.stamp(again), **fields)
    assert len(bulk.shifts()) == 5


def test_a_mark_is_good_for_what_was_shown_alone(boss, project):
    url = bulk.series_url(project)
    page = bulk.look(boss, url, **bulk.series_fields(project))
    boss.send(url, status=409, agreed=bulk.stamp(page), **bulk.series_fields(project, count=5))
    boss.send(url, status=409, agreed="x", **bulk.series_fields(project))
    assert bulk.shifts() == []


def test_sent_twice_a_series_is_planned_once(boss, project):
    url, fields = bulk.series_url(project), bulk.series_fields(project)
    page = bulk.look(boss, url, **fields)
    boss.send(url, agreed=bulk.stamp(page), **fields)
    boss.send(url, status=409, agreed=bulk.stamp(page), **fields)
    assert bulk.days() == JUNE


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"count": None}, "Say when the series ends"),
        ({"until": "2026-06-30"}, "Give a last day or a number of times, not both."),
        ({"count": None, "until": "2026-06-01"}, "is before the first"),
        ({"count": None, "until": "2030-01-01"}, "A series ends within two years"),
        ({"count": 401}, "Give a number from 1 to 400."),
        ({"every": 0}, "Give a number from 1 to 52."),
        ({"every": 30, "count": 9}, "A series ends within two years"),
        ({"ends": "08:00"}, "A shift ends after it begins"),
        ({"without": "2026-06-31"}, "“2026-06-31” is not a day."),
        ({"starts": ""}, "Please fill in this field."),
        ({"rhythm": "daily"}, "Not a valid choice."),
        ({"without": "2026-06-08 2026-06-15 2026-06-22 2026-06-29"}, "There is nothing to do"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(boss, project, fields, said):
    page = bulk.look(
        boss, bulk.series_url(project), status=422, **bulk.series_fields(project, **fields)
    )
    assert said in page.words
    assert bulk.stamp(page) is None


def test_nobody_asked_for_is_no_series(boss, project):
    fields = bulk.series_fields(project)
    for position in project.positions:
        fields |= {f"{name}_{position.id}": 0 for name in ("places", "least", "reserve")}
    page = bulk.look(boss, bulk.series_url(project), status=422, **fields)
    assert "Ask for at least one place." in page.words


def test_days_that_are_left_out_are_named(boss, project):
    make.saved(CalendarDay(day=date(2026, 6, 22), works=False, name="端午节"))
    fields = bulk.series_fields(project, without="2026-06-15", without_holidays="y")
    page = bulk.look(boss, bulk.series_url(project), **fields)
    assert "Mon 15 Jun 2026 is left out, as was asked." in page.words
    assert "Mon 22 Jun 2026 is left out: 端午节." in page.words
    bulk.do(boss, bulk.series_url(project), **fields)
    assert bulk.days() == [JUNE[0], JUNE[3]]


def test_months_without_the_date_are_named(boss, project):
    fields = bulk.series_fields(project, first_day="2026-08-31", rhythm="date", count=3)
    page = bulk.look(boss, bulk.series_url(project), **fields)
    assert "2026-09 has no 31. day, so it is left out." in page.words
    assert "2026-11 has no 31. day, so it is left out." in page.words
    bulk.do(boss, bulk.series_url(project), **fields)
    assert bulk.days() == ["2026-08-31", "2026-10-31", "2026-12-31"]


def test_holidays_overlaps_and_missing_insurance_are_shown(boss, office):
    risky = plan.project(
        office, "上门", name_en="Visits", risky=True, insurance_no="P",
        insured_from=date(2026, 6, 1), insured_to=date(2026, 6, 20),
    )  # fmt: skip
    other = plan.project(office, "别的", name_en="Other")
    plan.shift(other, 7 * 24 + 1)
    make.saved(CalendarDay(day=date(2026, 6, 15), works=False, name="端午节"))
    page = bulk.look(boss, bulk.series_url(risky), **bulk.series_fields(risky))
    assert "At the same place: Other, 8 Jun 2026, 10:00 to 8 Jun 2026, 13:00." in page.words
    assert "On a public holiday: 端午节." in page.words
    assert "but the shift is on Mon 22 Jun 2026" in page.words
    assert bulk.stamp(page)


@pytest.mark.parametrize(
    ("zone", "first", "hours"),
    [
        ("Europe/Berlin", "2026-10-24", [(23, 150), (23, 210), (0, 150)]),
        ("Europe/Berlin", "2027-03-27", [(0, 150), (0, 90), (23, 150)]),
        ("Australia/Lord_Howe", "2026-10-03", [(15, 150), (15, 120), (14, 150)]),
        ("Australia/Lord_Howe", "2027-04-03", [(14, 150), (14, 180), (15, 150)]),
    ],
)
def test_a_series_keeps_its_time_across_the_change_of_the_clock(browser, zone, first, hours):
    office = make.office("远方", zone=zone)
    boss = browser.sign_in(plan.coordinator(office))
    project = plan.project(office)
    fields = bulk.series_fields(
        project, first_day=first, starts="01:30", ends="04:00", count=3,
        weekdays=[0, 1, 2, 3, 4, 5, 6],
    )  # fmt: skip
    assert (
        "The clock changes: it lasts" in bulk.look(boss, bulk.series_url(project), **fields).words
    )
    bulk.do(boss, bulk.series_url(project), **fields)
    assert [(s.starts_at.hour, s.span.minutes) for s in bulk.shifts()] == hours


def test_a_longer_series_makes_what_is_missing_and_nothing_twice(boss, project):
    shifts = started(boss, project)
    url = f"/shifts/series/{shifts[0].series_id}/extension"
    page = bulk.look(boss, url, status=422, until="2026-06-29")
    assert "There is nothing to do" in page.words
    bulk.do(boss, url, until="2026-07-06")
    assert bulk.days() == [*JUNE, "2026-07-06"]
    assert bulk.shifts()[-1].needs[0].least == 1


def test_a_shift_that_moved_or_was_called_off_is_not_made_again(boss, project):
    first, second, *_ = started(boss, project)
    key = first.needs[0].position_id
    numbers = {f"places_{key}": 3, f"least_{key}": 1, f"reserve_{key}": 1}
    boss.send(
        f"/shifts/{first.id}/edit", starts_at="2026-06-09T09:00", ends_at="2026-06-09T12:00",
        place="社区食堂", **numbers,
    )  # fmt: skip
    boss.send(f"/shifts/{second.id}/calling-off", reason="台风")
    url = f"/shifts/series/{first.series_id}/extension"
    bulk.look(boss, url, status=422, until="2026-06-29")
    assert bulk.days() == ["2026-06-09", *JUNE[1:]]
    assert bulk.the_series()[0].without == [JUNE[1]]
    assert [str(s.series_day) for s in bulk.shifts()] == JUNE


def test_a_draft_that_was_removed_is_not_made_again(boss, project):
    shifts = started(boss, project, publish=False)
    boss.send(f"/shifts/{shifts[1].id}/calling-off", reason="x")
    page = bulk.look(
        boss, f"/shifts/series/{shifts[0].series_id}/extension", status=422, until="2026-06-29"
    )
    assert "There is nothing to do" in page.words
    assert bulk.days() == [JUNE[0], *JUNE[2:]]


def test_this_and_later_parts_the_series_and_tells_who_is_on_it(boss, project, office):
    shifts = started(boss, project)
    for number, name in enumerate("甲乙丙"):
        plan.place(shifts[number], make.person(name, at=office))
    url = f"/shifts/{shifts[1].id}/series"
    page = bulk.look(boss, url, **revision(shifts[1], starts="14:00", ends="16:30"))
    assert "3 shifts" in page.words
    assert "2 messages" in page.words
    bulk.do(boss, url, **revision(shifts[1], starts="14:00", ends="16:30"))
    shifts = bulk.shifts()
    assert [s.starts_at.hour for s in shifts] == [1, 6, 6, 6]
    assert told(MessageKind.SHIFT_CHANGED) == ["乙", "丙"]
    assert [s.version for s in shifts] == [1, 2, 2, 2]
    earlier, later = bulk.the_series()
    assert [s.series_id for s in shifts] == [earlier.id] + [later.id] * 3
    assert ("UNTIL=20260614" in earlier.rule, "UNTIL=20260629" in later.rule) == (True, True)
    assert (earlier.starts.hour, later.starts.hour, str(later.first_day)) == (9, 14, JUNE[1])
    bulk.look(boss, f"/shifts/series/{earlier.id}/extension", status=422, until="2026-06-14")
    bulk.do(boss, f"/shifts/series/{later.id}/extension", until="2026-07-06")
    assert [s.starts_at.hour for s in bulk.shifts()] == [1, 6, 6, 6, 6]


def test_this_one_alone_changes_and_the_series_does_not(boss, project):
    shifts = started(boss, project)
    fields = revision(shifts[1], scope="this", starts="14:00", ends="16:00")
    bulk.do(boss, f"/shifts/{shifts[1].id}/series", **fields)
    assert [s.starts_at.hour for s in bulk.shifts()] == [1, 6, 1, 1]
    (series,) = bulk.the_series()
    assert series.starts.hour == 9
    bulk.undo(boss)
    assert [s.starts_at.hour for s in bulk.shifts()] == [1] * 4


def test_all_that_are_to_come_change_and_what_has_begun_stays(boss, project, clock):
    shifts = started(boss, project)
    clock.move_to(datetime(2026, 6, 15, 2, tzinfo=UTC))
    boss.sign_in(plan.coordinator(project.office))
    url, fields = f"/shifts/{shifts[2].id}/series", revision(shifts[2], scope="all", place="礼堂")
    page = bulk.look(boss, url, **fields)
    assert "Mon 15 Jun 2026 stays: the shift has begun." in page.words
    bulk.do(boss, url, **fields)
    assert [s.place for s in bulk.shifts()] == ["社区食堂", "社区食堂", "礼堂", "礼堂"]
    assert len(bulk.the_series()) == 1


def test_what_was_changed_for_one_shift_alone_stays_its_own(boss, project):
    shifts = started(boss, project)
    key = shifts[2].needs[0].position_id
    boss.send(
        f"/shifts/{shifts[2].id}/edit", starts_at="2026-06-23T10:00", ends_at="2026-06-23T12:00",
        place="花园", note="带水杯", **{f"places_{key}": 7, f"least_{key}": 1, f"reserve_{key}": 1},
    )  # fmt: skip
    fields = revision(
        shifts[0], scope="all", starts="14:00", ends="16:00", place="礼堂", note="带伞",
        **{f"places_{key}": 4},
    )  # fmt: skip
    bulk.do(boss, f"/shifts/{shifts[0].id}/series", **fields)
    shifts = bulk.shifts()
    assert [s.starts_at.hour for s in shifts] == [6, 6, 2, 6]
    assert [s.place for s in shifts] == ["礼堂", "礼堂", "花园", "礼堂"]
    assert [s.note for s in shifts] == ["带伞"] * 4
    assert [s.needs[0].places for s in shifts] == [4, 4, 7, 4]


def test_a_series_does_not_shrink_below_the_places_that_are_taken(boss, project, office):
    shifts = started(boss, project)
    for name in "甲乙":
        plan.place(shifts[3], make.person(name, at=office))
    key = shifts[0].needs[0].position_id
    fields = revision(shifts[0], scope="all", **{f"places_{key}": 1})
    page = bulk.look(boss, f"/shifts/{shifts[0].id}/series", status=422, **fields)
    assert "2 places are taken. There cannot be fewer." in page.words
    assert {s.needs[0].places for s in bulk.shifts()} == {3}


def test_a_change_that_was_undone_asks_nobody_again(boss, project, office):
    shifts = started(boss, project)
    plan.place(shifts[1], make.person("甲", at=office))
    fields = revision(shifts[1], starts="14:00", ends="16:00")
    bulk.do(boss, f"/shifts/{shifts[1].id}/series", **fields)
    one = db.session.query(Signup).one()
    assert one.is_asked
    bulk.undo(boss)
    assert [s.starts_at.hour for s in bulk.shifts()] == [1] * 4
    (series,) = bulk.the_series()
    assert ({s.series_id for s in bulk.shifts()}, series.starts.hour) == ({series.id}, 9)
    assert "UNTIL=20260629" in series.rule
    assert not db.session.query(Signup).one().is_asked
    assert told(MessageKind.SHIFT_CHANGED) == ["甲", "甲"]


def test_a_change_that_somebody_answered_is_not_undone(boss, project, office, clock):
    shifts = started(boss, project)
    wang = make.volunteer(office)
    plan.place(shifts[1], wang.person)
    bulk.do(boss, f"/shifts/{shifts[1].id}/series", **revision(shifts[1], starts="08:00"))
    with writing():
        signups.keep(shifts[1].id, wang.person_id)
    page = bulk.undo(boss, status=409)
    assert "People have answered since: 1." in page.words


def moved(boss, shift, day="2026-06-04"):
    key = shift.needs[0].position_id
    boss.send(
        f"/shifts/{shift.id}/edit", starts_at=f"{day}T09:00", ends_at=f"{day}T12:00",
        place=shift.place, **{f"places_{key}": 5},
    )  # fmt: skip


def test_who_is_on_a_moved_shift_keeps_the_place_with_one_tap(browser, boss, project, office):
    shift, wang = plan.shift(project), make.volunteer(office)
    one = plan.place(shift, wang.person)
    moved(boss, shift)
    browser.sign_in(wang)
    for url in (f"/shifts/{shift.id}", "/shifts/mine"):
        assert "This shift was moved. Do you keep your place?" in browser.visit(url).words
    browser.send(f"/shifts/{shift.id}/keeping")
    browser.send(f"/shifts/{shift.id}/keeping")
    db.session.rollback()
    assert (one.agreed_version, one.state) == (2, SignupState.CONFIRMED)
    for url in (f"/shifts/{shift.id}", "/shifts/mine"):
        assert "This shift was moved." not in browser.visit(url).words


def test_who_is_on_a_moved_shift_may_drop_it_until_it_begins(browser, boss, project, office, clock):
    shift, wang = plan.shift(project), make.volunteer(office)
    one = plan.place(shift, wang.person)
    moved(boss, shift)
    clock.move_to(datetime(2026, 6, 4, 0, 59, 59, tzinfo=UTC))  # long after the deadline
    browser.sign_in(wang).send(f"/shifts/{shift.id}/cancellation")
    db.session.rollback()
    assert one.state is SignupState.CANCELLED


def test_who_has_kept_the_place_is_bound_by_the_deadline_again(
    browser, boss, project, office, clock
):
    shift, wang = plan.shift(project), make.volunteer(office)
    plan.place(shift, wang.person)
    moved(boss, shift)
    clock.move_to(datetime(2026, 6, 4, 0, 59, 59, tzinfo=UTC))
    browser.sign_in(wang).send(f"/shifts/{shift.id}/keeping")
    browser.send(f"/shifts/{shift.id}/cancellation", status=409)


@pytest.mark.parametrize(("answer", "state"), [("keep", "confirmed"), ("drop", "cancelled")])
def test_the_link_in_the_mail_asks_first_and_answers_without_signing_in(
    browser, boss, project, office, answer, state
):
    shift = plan.shift(project)
    one = plan.place(shift, make.person("甲", at=office))
    moved(boss, shift)
    url = plan.answer_url(one)
    with browser.session_transaction() as session:
        session.clear()
    assert "Do you keep your place?" in browser.visit(url).words
    browser.visit(url)
    db.session.rollback()
    assert (one.state, one.agreed_version) == (SignupState.CONFIRMED, 1)
    browser.send(url, status=200, answer=answer)
    assert plan.states(shift) == {state: 1}
    assert "Do you keep your place?" not in browser.visit(url).words


def test_a_link_to_an_older_time_or_of_nobody_leads_nowhere(browser, boss, project, office):
    shift = plan.shift(project)
    one = plan.place(shift, make.person("甲", at=office))
    moved(boss, shift)
    moved(boss, shift, "2026-06-05")
    browser.visit(plan.answer_url(one), status=404)
    browser.visit("/shifts/answers/none-such", status=404)


def test_the_mail_about_a_moved_shift_carries_the_link(app, boss, project, office):
    shift = plan.shift(project)
    one = plan.place(shift, make.person("甲", at=office))
    plan.place(shift, make.person("乙", at=office), state=SignupState.WAITING)
    moved(boss, shift)
    url = plan.answer_url(one)
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=MessageKind.SHIFT_CHANGED).order_by("id")
    texts = [write(message, make.NOW).mail.get_body(("plain",)) for message in found]
    assert [url in text.get_content() for text in texts] == [True, False]


def test_series_of_another_office_are_not_there(boss, project):
    far = make.office("秋水社区")
    other = plan.project(far)
    plan_there = bulk.series_fields(other)
    boss.send(bulk.series_url(other), status=404, **plan_there)
    shifts = started(boss, project)
    boss.sign_in(plan.coordinator(far))
    for url in (
        f"/shifts/{shifts[0].id}/series",
        f"/shifts/series/{shifts[0].series_id}/extension",
    ):
        boss.visit(url, status=404)
    assert boss.visit(f"/shifts/{plan.shift(other).id}/series", status=404)


def test_a_long_series_asks_no_more_of_the_database_than_a_short_one(boss, project, office):
    counts = []
    for count in (2, 40):
        with queries() as sent:
            bulk.look(boss, bulk.series_url(project), **bulk.series_fields(project, count=count))
        counts.append(len(sent))
    assert counts[0] == counts[1]
    shifts = started(boss, project, count=30)
    for shift in shifts:
        plan.place(shift, make.person(at=office))
    urls = [f"/shifts/{shifts[number].id}/series" for number in (0, 28)]
    fields, counts = revision(shifts[0], starts="08:00"), []
    for url in [urls[0], *urls]:
        with queries() as sent:
            bulk.look(boss, url, **fields)
        counts.append(len(sent))
    assert counts[1] == counts[2]


def test_one_day_of_a_series_has_one_shift_says_the_database(boss, project):
    shifts = started(boss, project)
    twin = Shift(
        project_id=project.id, starts_at=make.NOW, ends_at=make.NOW + timedelta(hours=1),
        series_id=shifts[0].series_id, series_day=shifts[0].series_day, made_at=make.NOW,
    )  # fmt: skip
    with pytest.raises(Exception, match=r"(?i)unique"), writing():
        db.session.add(twin)
    assert db.session.query(Need).count() == 4

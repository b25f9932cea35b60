"""What clumsy and hostile people do to plans: slips of the pen, old links, acts out of order."""

import base64
import io
from datetime import date, timedelta

import bulk
import make
import plan
import pytest

from talent import clock as times
from talent import schedule
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, MessageState
from talent.people.models import Person
from talent.rules.signup import SignupState
from talent.shifts.models import Shift, ShiftState, Signup
from talent.shifts.places import service as places

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAIAAAUAAeImvDMAAAAASUVORK5CYII="
)
pytestmark = pytest.mark.usefixtures("clock")


def edited(shift, **more):
    db.session.rollback()
    shift, zone = db.session.get(Shift, shift.id), timedelta(hours=8)
    given = {
        "starts_at": (shift.starts_at + zone).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (shift.ends_at + zone).strftime("%Y-%m-%dT%H:%M"),
        "place": shift.where,
    }
    for need in shift.needs:
        given |= numbers(need.position, need.places, need.least, need.reserve)
    return given | more


def numbers(position, places=3, least=1, reserve=1):
    key = position.id
    return {f"places_{key}": places, f"least_{key}": least, f"reserve_{key}": reserve}


def run(name):
    [job] = [job for job in schedule.SCHEDULE if job.name == name]
    assert schedule.run(job, times.now())


def test_a_position_for_which_somebody_was_looked_for_stays(boss, office):
    project = plan.project(office, positions=("送餐员", "司机"))
    shift = plan.shift(project, places=[2, 2])
    make.volunteer(office)
    boss.send(f"/shifts/{shift.id}/substitutes/search?need={shift.needs[1].id}")
    none = numbers(project.positions[1], 0, 0, 0)
    page = boss.send(f"/shifts/{shift.id}/edit", status=422, **edited(shift, **none))
    assert "A shift has at least one place." in page.words


def test_a_position_that_comes_back_by_undoing_asks_for_what_it_asked_for(boss, office):
    project = plan.project(office, positions=("送餐员", "司机"))
    driver = project.positions[1]
    fields = bulk.series_fields(project, **numbers(driver, 2, 0, 0))
    bulk.do(boss, bulk.series_url(project), **fields)
    with writing():
        need = db.session.get(Shift, bulk.shifts()[1].id).needs[1]
        need.minimum_age, need.own_requirements = 60, True
    second = bulk.shifts()[1]
    bulk.do(
        boss, f"/shifts/{second.id}/series", scope="all", starts="09:00", ends="12:00",
        place="社区食堂", note="带水杯",
        **numbers(project.positions[0]), **numbers(driver, 0, 0, 0),
    )  # fmt: skip
    assert len(bulk.shifts()[1].needs) == 1
    bulk.undo(boss)
    again = [need for need in bulk.shifts()[1].needs if need.position_id == driver.id]
    assert [(n.places, n.minimum_age, n.own_requirements) for n in again] == [(2, 60, True)]


def parted(boss, project):
    """A series of four, from the third on an hour later."""
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    third = bulk.shifts()[2]
    bulk.do(
        boss, f"/shifts/{third.id}/series", scope="later", starts="10:00", ends="12:00",
        place="社区食堂", note="带水杯", **numbers(project.positions[0]),
    )  # fmt: skip
    return bulk.last_act().id, bulk.the_series()[-1].id


def test_acts_on_one_series_are_undone_in_their_order(boss, office):
    parting, later = parted(boss, plan.project(office))
    bulk.do(boss, f"/shifts/series/{later}/extension", until="2026-07-20")
    page = boss.send(f"/shifts/acts/{parting}/undoing", status=409)
    assert "Undo the later act first." in page.words
    bulk.undo(boss)
    boss.send(f"/shifts/acts/{parting}/undoing")
    assert [series.starts.hour for series in bulk.the_series()] == [9]
    assert {shift.series_id for shift in bulk.shifts()} == {bulk.the_series()[0].id}


def test_a_day_that_was_left_out_stays_so_when_an_act_is_undone(boss, office):
    parting, _ = parted(boss, plan.project(office))
    boss.send(f"/shifts/{bulk.shifts()[3].id}/calling-off", reason="放假")
    boss.send(f"/shifts/acts/{parting}/undoing")
    [series] = bulk.the_series()
    assert series.without == ["2026-06-29"]
    page = bulk.look(boss, f"/shifts/series/{series.id}/extension", until="2026-07-06")
    assert "Mon 29 Jun" not in " ".join(page.said("tr"))
    bulk.do(boss, f"/shifts/series/{series.id}/extension", until="2026-07-06")
    assert bulk.days() == ["2026-06-08", "2026-06-15", "2026-06-22", "2026-07-06"]


def test_a_shift_whose_list_is_closed_is_not_published_again(boss, office):
    shift = plan.shift(plan.project(office), starts=-1, state=ShiftState.CLOSED)
    boss.send(f"/shifts/{shift.id}/publication", status=409)
    db.session.rollback()
    assert shift.state is ShiftState.CLOSED


def test_an_old_link_answers_for_no_place_that_came_after_it(browser, office):
    wang = make.volunteer(office)
    shift = plan.shift(plan.project(office), version=2)
    one = plan.place(shift, wang.person)
    url = plan.answer_url(one)
    browser.send(url, status=200, answer="drop")
    browser.sign_in(wang).send(plan.signup_url(shift))
    browser.send(url, status=200, answer="drop")
    assert plan.states(shift) == {"cancelled": 1, "confirmed": 1}


def test_an_answer_that_says_nothing_gives_up_nothing(browser, office):
    shift = plan.shift(plan.project(office), version=2)
    one = plan.place(shift, make.volunteer(office).person)
    url = plan.answer_url(one)
    browser.send(url, status=422)
    browser.send(url, status=422, answer="yes")
    assert plan.states(shift) == {"confirmed": 1}


@pytest.mark.parametrize(
    ("born", "kept"), [(date(2008, 6, 1), False), (date(2008, 6, 2), True), (None, True)]
)
def test_from_18_on_nobody_else_speaks_for_a_person(browser, office, born, kept):
    parent = make.volunteer(office)
    child = make.person("王小明", at=office, birth_date=born, guardian_id=parent.person_id)
    shift = plan.shift(plan.project(office))
    one = plan.place(shift, child)
    run("guardians.release_grown")
    assert bool(db.session.get(Person, child.id).guardian_id) is kept
    status = 303 if kept else 404
    browser.sign_in(parent).send(f"/shifts/signups/{one.id}/giving-up", status=status)
    assert plan.states(shift) == {"cancelled" if kept else "confirmed": 1}


EARLY, LATE = "0001-01-01", "9999-12-31"
FIRST, LAST = f"{EARLY}T00:00", f"{LATE}T23:59"


def slips(project, shift, office):
    """Addresses and forms with days that no calendar has."""
    plan_, split = numbers(project.positions[0]), f"/shifts/projects/{project.id}/split"
    template, new = (
        f"/shifts/projects/{project.id}/templates/new",
        f"/shifts/new?project={project.id}",
    )
    pieces = {"way": "pieces", "minutes": 60, "place": "食堂"} | plan_
    changes = {"way": "times", "times": "08:00 12:00 02:00", "place": "食堂"} | plan_
    yield new, {"starts_at": FIRST, "ends_at": f"{EARLY}T03:00", "place": "食堂"} | plan_
    yield new, {"starts_at": f"{LATE}T22:00", "ends_at": LAST, "place": "食堂"} | plan_
    yield f"/shifts/{shift.id}/edit", edited(shift, starts_at=FIRST)
    yield f"/shifts/{shift.id}/edit", edited(shift, ends_at=LAST)
    for day in (EARLY, LATE):
        yield "/shifts/closures/new", {"office": office.id, "first": day, "reason": "放假"}
        yield bulk.series_url(project), bulk.series_fields(project, first_day=day)
        yield split, changes | {"first": day}
        yield template, {"name": "一周", "extent": "week", "day": day}
    yield split, pieces | {"starts_at": FIRST, "ends_at": f"{EARLY}T08:00"}
    yield split, pieces | {"starts_at": "2026-06-08T08:00", "ends_at": LAST}
    yield split, changes | {"first": EARLY, "last": LATE}


def test_a_day_that_nobody_can_mean_is_a_slip_beside_its_field(boss, office):
    project = plan.project(office)
    shift = plan.shift(project)
    for url, fields in slips(project, shift, office):
        page = boss.send(url, status=422, **fields)
        assert "Give a year from 1900 to 2199." in page.words, (url, fields)


@pytest.mark.parametrize("day", [EARLY, LATE])
def test_the_list_of_such_a_day_is_the_list(browser, office, day):
    browser.sign_in(make.volunteer(office)).visit(f"/shifts/?day={day}")


def test_a_draft_has_no_signed_sheet_and_goes_without_a_trace(boss, office):
    shift = plan.shift(plan.project(office), state=ShiftState.DRAFT)
    url = f"/shifts/{shift.id}/sheet/pictures"
    page = boss.send(url, status=422, files_=True, picture=(io.BytesIO(PNG), "签到表.png"))
    assert "This shift is not published yet." in page.words
    boss.send(f"/shifts/{shift.id}/calling-off", reason="不办了")
    assert bulk.shifts() == []


def test_who_changes_to_another_line_stands_last_in_it(browser, office):
    project = plan.project(office, positions=("送餐员", "司机"))
    shift = plan.shift(project, places=[1, 1])
    first, then = (make.volunteer(office, name) for name in ("王秀兰", "陈静"))
    meals, driver = shift.needs
    for need in (meals, driver):
        plan.place(shift, make.person("李建国", at=office), need=need)
    plan.place(shift, first.person, state=SignupState.WAITING, at=make.hours_later(-3))
    plan.place(shift, then.person, state=SignupState.WAITING, need=driver, at=make.hours_later(-1))
    browser.sign_in(first).send(
        f"/shifts/{shift.id}/party?group=family", way="wait", need=driver.id, who=first.person_id
    )
    db.session.rollback()
    line = db.session.query(Signup).filter_by(need_id=driver.id, state=SignupState.WAITING)
    assert [one.person.name for one in line.order_by(Signup.queued_at)] == ["陈静", "王秀兰"]


def test_an_offer_on_a_shift_that_takes_place_after_all_is_made_again(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    one = plan.place(shift, make.person("陈静", at=office), state=SignupState.OFFERED)
    with writing():
        one = db.session.get(Signup, one.id)
        one.answer_by = make.hours_later(10)
        places.tell_offer(one, make.NOW)
    day = {"office": office.id, "first": str(shift.day), "reason": "台风"}
    bulk.do(boss, "/shifts/closures/new", **day)
    bulk.undo(boss)
    mails = db.session.query(Message).filter_by(kind=MessageKind.PLACE_OFFERED)
    assert [m.state for m in mails.order_by(Message.id)] == [
        MessageState.DROPPED, MessageState.WAITING,
    ]  # fmt: skip

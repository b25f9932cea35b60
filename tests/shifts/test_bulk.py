"""Many shifts at once: divided, copied, planned from a template, cancelled, and undone."""

from datetime import UTC, date, datetime, timedelta

import bulk
import make
import plan
import pytest
from counting import queries

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, MessageState
from talent.offices.models import CalendarDay
from talent.rules.signup import SignupState
from talent.shifts.models import Need, Position, Requirement, Shift, ShiftState, Signup
from talent.shifts.templates.models import Template
from talent.training.models import Course

pytestmark = pytest.mark.usefixtures("clock")
CLOSE, COPY = "/shifts/closures/new", "/shifts/copying"


def local(shifts):
    """From when to when, on the wall clock of Shanghai."""
    eight = timedelta(hours=8)
    return [f"{s.starts_at + eight:%d %H:%M}-{s.ends_at + eight:%d %H:%M}" for s in shifts]


def told(kind, state=None):
    db.session.rollback()
    query = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [m.person.name for m in query if state is None or m.state is state]


def split_fields(project, **more):
    key = project.positions[0].id
    given = {
        "way": "pieces", "starts_at": "2026-06-08T08:00", "ends_at": "2026-06-08T14:00",
        "minutes": 120, "changeover": 0, "place": "礼堂", f"places_{key}": 2,
    }  # fmt: skip
    return given | more


def split_url(project):
    return f"/shifts/projects/{project.id}/split"


def test_a_span_is_divided_into_shifts(boss, project):
    page = bulk.look(boss, split_url(project), **split_fields(project))
    assert "3 shifts" in page.words
    assert bulk.shifts() == []
    bulk.do(boss, split_url(project), **split_fields(project))
    assert local(bulk.shifts()) == [
        "08 08:00-08 10:00", "08 10:00-08 12:00", "08 12:00-08 14:00"
    ]  # fmt: skip
    assert {(s.place, s.needs[0].places) for s in bulk.shifts()} == {("礼堂", 2)}


def test_a_span_is_divided_evenly_with_a_changeover(boss, project):
    bulk.do(boss, split_url(project), **split_fields(project, changeover=15, even="y", minutes=100))
    assert local(bulk.shifts()) == [
        "08 08:00-08 09:50", "08 10:05-08 11:55", "08 12:10-08 14:00"
    ]  # fmt: skip


def test_a_list_of_changes_goes_past_midnight_on_each_day(boss, project):
    fields = split_fields(
        project, way="times", times="08:00 18:00 02:00", first="2026-06-08", last="2026-06-09"
    )
    bulk.do(boss, split_url(project), **fields)
    assert local(bulk.shifts()) == [
        "08 08:00-08 18:00", "08 18:00-09 02:00", "09 08:00-09 18:00", "09 18:00-10 02:00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": "2026-06-08T07:00"}, "The end must be later than the start."),
        ({"ends_at": ""}, "Please fill in this field."),
        ({"minutes": 400}, "The span is shorter than one shift."),
        ({"minutes": 3}, "A shift lasts at least 5 minutes."),
        ({"minutes": 0}, "Give a number from 1 to 1440."),
        ({"minutes": 30, "changeover": -30}, "Shifts overlap by less than their length."),
        ({"minutes": 5, "ends_at": "2026-06-30T08:00"}, "At most 400 shifts at once."),
        ({"way": "times", "first": "2026-06-08", "times": "08:00"}, "Give at least two times"),
        ({"way": "times", "first": "2026-06-08", "times": "8-12"}, "“8-12” is not a time."),
        ({"way": "times", "times": "8:00 9:00"}, "Please fill in this field."),
        (
            {"way": "times", "first": "2026-06-08", "last": "2026-06-07", "times": "8:00 9:00"},
            "The last day is before the first.",
        ),
    ],
)
def test_a_division_that_makes_no_sense_is_refused(boss, project, fields, said):
    page = bulk.look(boss, split_url(project), status=422, **split_fields(project, **fields))
    assert said in page.words
    assert bulk.stamp(page) is None
    assert bulk.shifts() == []


def copy_fields(office, project=None, **more):
    given = {
        "office": office.id, "project": project.id if project else "", "extent": "day",
        "day": "2026-06-03", "targets": "2026-06-10 2026-06-17",
    }  # fmt: skip
    return given | more


def test_a_day_of_an_office_is_copied_with_its_needs(boss, office, project):
    shift = plan.shift(project, 48, places=4, note="带伞")
    own = plan.project(office, "另一个", name_en="Another")
    plan.shift(own, 50)
    plan.shift(project, 72)  # on the next day
    plan.shift(project, 51, state=ShiftState.CANCELLED)
    with writing():
        need = db.session.get(Need, shift.needs[0].id)
        need.least, need.reserve, need.minimum_age = 2, 1, 16
    bulk.do(boss, COPY, **copy_fields(office))
    made = [s for s in bulk.shifts() if s.batch_id]
    assert [str(s.day) for s in made] == ["2026-06-10"] * 2 + ["2026-06-17"] * 2
    assert {s.state for s in made} == {ShiftState.DRAFT}
    copy = made[0]
    assert (copy.note, copy.place, copy.starts_at.hour) == ("带伞", "社区食堂", 1)
    need = copy.needs[0]
    assert (need.places, need.least, need.reserve, need.minimum_age) == (4, 2, 1, 16)


def test_a_week_is_copied_onto_the_week_of_any_of_its_days(boss, office, project):
    for hours in (0, 48, 6 * 24, 7 * 24):
        plan.shift(project, hours)
    fields = copy_fields(office, project, extent="week", targets="2026-06-24")
    bulk.do(boss, COPY, **fields)
    made = [str(s.day) for s in bulk.shifts() if s.batch_id]
    assert made == ["2026-06-22", "2026-06-24", "2026-06-28"]


def test_a_project_is_copied_from_its_first_shift_on(boss, office, project):
    for hours in (48, 20 * 24):
        plan.shift(project, hours)
    fields = copy_fields(office, project, extent="project", day="2026-06-01", targets="2026-08-03")
    bulk.do(boss, COPY, **fields)
    assert [str(s.day) for s in bulk.shifts() if s.batch_id] == ["2026-08-03", "2026-08-21"]
    page = bulk.look(boss, COPY, status=422, **copy_fields(office, extent="project"))
    assert "Choose the project whose shifts are copied." in page.words


def test_a_copy_keeps_the_time_on_the_wall_across_the_change_of_the_clock(browser):
    berlin = make.office("柏林", zone="Europe/Berlin")
    boss = browser.sign_in(plan.coordinator(berlin))
    project = plan.project(berlin)
    plan.shift(project, datetime(2026, 10, 24, 7, tzinfo=UTC).timestamp() / 3600
               - make.NOW.timestamp() / 3600, zone="Europe/Berlin")  # fmt: skip
    bulk.do(boss, COPY, **copy_fields(berlin, day="2026-10-24", targets="2026-10-26"))
    assert [s.starts_at.hour for s in bulk.shifts()] == [7, 8]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"targets": "morgen"}, "“morgen” is not a day."),
        ({"targets": ""}, "Please fill in this field."),
        ({"day": "2026-07-01"}, "There is nothing to do"),
        ({"extent": "year"}, "Not a valid choice."),
    ],
)
def test_a_copy_that_makes_no_sense_is_refused(boss, office, project, fields, said):
    plan.shift(project, 48)
    page = bulk.look(boss, COPY, status=422, **copy_fields(office, **fields))
    assert said in page.words


def test_nothing_of_another_office_is_copied_or_cancelled(boss, office):
    far = make.office("秋水社区")
    other = plan.project(far)
    plan.shift(other, 48)
    bulk.look(boss, COPY, status=422, **copy_fields(far))
    bulk.look(boss, COPY, status=422, **copy_fields(office, other))
    fields = {"office": far.id, "project": "", "first": "2026-06-03", "reason": "x"}
    bulk.look(boss, CLOSE, status=422, **fields)
    bulk.look(boss, CLOSE, status=422, **fields | {"office": office.id})
    boss.visit(f"/shifts/copying?project={other.id}", status=404)
    boss.visit(f"/shifts/projects/{other.id}/split", status=404)
    boss.visit(f"/shifts/projects/{other.id}/templates/new", status=404)


def kept(boss, project, **more):
    fields = {"name": "一周", "extent": "week", "day": "2026-06-03"} | more
    boss.send(f"/shifts/projects/{project.id}/templates/new", **fields)
    db.session.rollback()
    return db.session.query(Template).order_by(Template.id.desc()).first()


def test_a_template_brings_positions_gates_and_needs_into_another_project(boss, office):
    source = plan.project(office, positions=("送餐员", "组长"))
    with writing():
        lead = db.session.get(Position, source.positions[1].id)
        lead.leads, lead.minimum_age = True, 18
    plan.shift(source, 48, places=(3, 1), place="花园")
    plan.shift(source, 72, places=(2,))
    template = kept(boss, source)
    assert "送餐员、组长" in boss.speak("zh").visit("/shifts/templates").words
    boss.speak("en")
    target = plan.project(office, "新项目", name_en="New", place="礼堂")
    url = f"/shifts/templates/{template.id}/use"
    fields = {"project": target.id, "first": "2026-07-06"}
    page = bulk.look(boss, url, **fields)
    assert "The project gets the position “组长” from the template." in page.words
    bulk.do(boss, url, **fields)
    made = [s for s in bulk.shifts() if s.project_id == target.id]
    assert [str(s.day) for s in made] == ["2026-07-08", "2026-07-09"]
    assert [s.place for s in made] == ["花园", "礼堂"]  # its own, the project's
    assert [n.places for n in made[0].needs] == [3, 1]
    db.session.rollback()
    added = db.session.query(Position).filter_by(project_id=target.id, name="组长").one()
    assert (added.leads, added.minimum_age) == (True, 18)
    bulk.do(boss, url, **fields | {"first": "2026-07-13"})
    assert db.session.query(Position).filter_by(project_id=target.id).count() == 2


def test_a_template_keeps_what_a_position_asks_for(boss, office):
    source = plan.project(office)
    course = make.saved(
        Course(office_id=office.id, name_zh="急救", content="x", minutes=60)
    )  # fmt: skip
    make.saved(Requirement(position_id=source.positions[0].id, course_id=course.id))
    plan.shift(source, 48)
    template = kept(boss, source)
    target = plan.project(office, "新项目", positions=("别的",))
    bulk.do(boss, f"/shifts/templates/{template.id}/use", project=target.id, first="2026-07-06")
    db.session.rollback()
    added = db.session.query(Position).filter_by(project_id=target.id, name="送餐员").one()
    assert [r.course_id for r in added.requirements] == [course.id]


def test_a_template_has_a_name_of_its_own_and_shifts(boss, project):
    url = f"/shifts/projects/{project.id}/templates/new"
    fields = {"name": "一周", "extent": "week", "day": "2026-06-03"}
    page = boss.send(url, status=422, **fields)
    assert "The project has no shifts on these days." in page.words
    plan.shift(project, 48)
    template = kept(boss, project)
    assert "a template of this name already" in boss.send(url, status=422, **fields).words
    boss.send(f"/shifts/templates/{template.id}/removal")
    kept(boss, project)


def test_a_template_of_another_office_is_not_there(boss, office):
    far = make.office("秋水社区")
    other = plan.project(far)
    plan.shift(other, 48)
    boss.sign_in(plan.coordinator(far))
    template = kept(boss, other)
    boss.sign_in(plan.coordinator(office))
    assert "一周" not in boss.visit("/shifts/templates").words
    boss.visit(f"/shifts/templates/{template.id}/use", status=404)
    boss.send(f"/shifts/templates/{template.id}/removal", status=404)


def close_fields(office, **more):
    return {
        "office": office.id, "project": "", "first": "2026-06-03", "last": "", "reason": "台风",
    } | more  # fmt: skip


@pytest.fixture
def day(office, project):
    """A day with two shifts, people on one, a draft, and a shift on the day after."""
    first, second = plan.shift(project, 48, places=1), plan.shift(project, 52)
    plan.place(first, make.person("甲", at=office))
    plan.place(first, make.person("乙", at=office), state=SignupState.WAITING)
    draft = plan.shift(project, 56, state=ShiftState.DRAFT, note="草稿")
    after = plan.shift(project, 72)
    return first, second, draft, after


def test_a_day_is_cancelled_at_once_and_everybody_is_told(boss, office, day, clock):
    clock.move_to(make.NOW + timedelta(minutes=1))
    page = bulk.look(boss, CLOSE, **close_fields(office))
    assert "3 shifts" in page.words
    assert "2 messages" in page.words
    assert [s.state.value for s in bulk.shifts()] == [
        "published", "published", "draft", "published",
    ]  # fmt: skip
    bulk.do(boss, CLOSE, **close_fields(office))
    assert [s.state.value for s in bulk.shifts()] == ["cancelled", "cancelled", "published"]
    assert told(MessageKind.SHIFT_CANCELLED) == ["甲", "乙"]
    assert db.session.query(AuditEntry).filter_by(act=Act.BATCH_DONE).count() == 1
    assert "台风" in boss.visit("/shifts/acts").words


def test_what_was_cancelled_is_restored_with_its_people_and_nobody_is_told_twice(
    boss, office, day, clock
):
    clock.move_to(make.NOW + timedelta(minutes=1))
    bulk.do(boss, CLOSE, **close_fields(office))
    with writing():  # the mail to 甲 is out, that to 乙 is not
        one = next(
            m for m in db.session.query(Message).order_by(Message.id) if m.person.name == "甲"
        )
        one.state = MessageState.SENT
    bulk.undo(boss)
    assert [s.state.value for s in bulk.shifts()] == [
        "published", "published", "draft", "published",
    ]  # fmt: skip
    assert bulk.shifts()[2].note == "草稿"
    assert plan.states(day[0]) == {"confirmed": 1, "waiting": 1}
    assert told(MessageKind.SHIFT_RESTORED) == ["甲"]
    assert told(MessageKind.SHIFT_CANCELLED, MessageState.DROPPED) == ["乙"]
    assert [s.version for s in bulk.shifts()] == [2, 2, 1, 1]
    page = bulk.undo(boss, status=409)
    assert "It was undone already." in page.words


def test_a_restored_shift_can_be_cancelled_once_more_and_is_told_again(boss, office, day, clock):
    for minute in (1, 2):
        clock.move_to(make.NOW + timedelta(minutes=minute))
        bulk.do(boss, CLOSE, **close_fields(office))
        with writing():
            db.session.query(Message).update({Message.state: MessageState.SENT})
        if minute == 1:
            bulk.undo(boss)
    assert told(MessageKind.SHIFT_CANCELLED) == ["甲", "乙", "甲", "乙"]


def test_undo_is_refused_when_somebody_has_another_shift_by_now(boss, office, day, clock):
    clock.move_to(make.NOW + timedelta(minutes=1))
    bulk.do(boss, CLOSE, **close_fields(office))
    other = plan.shift(plan.project(office, "别的"), 49)
    one = db.session.query(Shift).filter_by(id=day[0].id).one()
    person = next(s.person for s in plan_signups(one) if s.person.name == "甲")
    plan.place(other, person, at=make.NOW + timedelta(minutes=2))
    page = bulk.undo(boss, status=409)
    assert "People have another shift at that time by now: 1." in page.words
    assert "by now: 1." in boss.visit("/shifts/acts").words


def plan_signups(shift):
    return db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id).all()


def test_what_has_been_served_already_is_not_cancelled_with_the_day(boss, office, project, clock):
    shift = plan.shift(project, 1)
    plan.attended(plan.place(shift, make.person("甲", at=office)), came=1)
    plan.shift(project, 5)
    clock.move_to(make.NOW + timedelta(hours=2))
    page = bulk.look(boss, CLOSE, **close_fields(office, first="2026-06-01"))
    assert "People have signed in already: 1." in page.words
    bulk.do(boss, CLOSE, **close_fields(office, first="2026-06-01"))
    assert [s.state.value for s in bulk.shifts()] == ["published", "cancelled"]


def test_a_holiday_is_offered_and_cancelled_with_all_offices_below(browser, office):
    district = make.office("区")
    below = make.office("下级", parent=district)
    boss = browser.sign_in(make.account(Role.MANAGER, district))
    for day in (date(2026, 6, 19), date(2026, 6, 20), date(2026, 6, 21)):
        make.saved(CalendarDay(day=day, works=False, name="端午节"))
    page = boss.visit(CLOSE)
    assert "端午节" in page.words
    (link,) = [a for a in page.all("a") if (a.text or "") == "端午节"]
    assert "first=2026-06-19&last=2026-06-21" in link.get("href").replace("&amp;", "&")
    project = plan.project(below)
    for hours in (18 * 24, 20 * 24, 22 * 24):
        plan.shift(project, hours)
    fields = close_fields(district, first="2026-06-19", last="2026-06-21")
    bulk.do(boss, CLOSE, **fields)
    assert [s.state.value for s in bulk.shifts()] == ["cancelled", "cancelled", "published"]


def test_the_rest_of_a_series_is_cancelled_and_not_made_again(boss, office, project):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    boss.send(f"/shifts/projects/{project.id}/publication")
    shifts = bulk.shifts()
    link = next(
        a.get("href") for a in boss.visit(f"/shifts/{shifts[2].id}").all("a")
        if "series=" in (a.get("href") or "")
    )  # fmt: skip
    page = boss.visit(link)
    fields = {
        f.get("name"): f.get("value") for f in page.all("input") if f.get("name") in
        {"series", "first", "last"}
    } | {"office": office.id, "project": "", "reason": "结束"}  # fmt: skip
    bulk.do(boss, CLOSE, **fields)
    assert [s.state.value for s in bulk.shifts()] == ["published"] * 2 + ["cancelled"] * 2
    assert bulk.the_series()[0].without == ["2026-06-22", "2026-06-29"]
    bulk.undo(boss)
    assert {s.state.value for s in bulk.shifts()} == {"published"}
    assert bulk.the_series()[0].without == []


def test_a_series_that_nobody_saw_is_undone_within_a_day_to_the_second(boss, project, clock):
    account = plan.coordinator(project.office)
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    clock.move_to(make.NOW + timedelta(hours=24))
    boss.sign_in(account)
    bulk.undo(boss)
    assert (bulk.shifts(), bulk.the_series()) == ([], [])
    assert db.session.query(Need).count() == 0
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    clock.move_to(make.NOW + timedelta(hours=48, seconds=1))
    boss.sign_in(account)
    page = bulk.undo(boss, status=409)
    assert "It could be undone until" in page.words
    assert len(bulk.shifts()) == 4


def test_growing_a_series_is_undone_alone(boss, project):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    series = bulk.the_series()[0]
    bulk.do(boss, f"/shifts/series/{series.id}/extension", until="2026-07-13")
    assert len(bulk.shifts()) == 6
    bulk.undo(boss)
    assert len(bulk.shifts()) == 4
    series = bulk.the_series()[0]
    assert ("UNTIL=20260629" in series.rule, series.without) == (True, [])
    bulk.do(boss, f"/shifts/series/{series.id}/extension", until="2026-07-13")
    assert len(bulk.shifts()) == 6


def test_undo_is_refused_after_a_sign_up_a_publication_or_an_edit(boss, office, project):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    key = project.positions[0].id
    first = bulk.shifts()[0]
    boss.send(
        f"/shifts/{first.id}/edit", starts_at="2026-06-08T10:00", ends_at="2026-06-08T12:00",
        place="社区食堂", **{f"places_{key}": 3},
    )  # fmt: skip
    assert "Shifts were changed since: 1." in bulk.undo(boss, status=409).words
    boss.send(f"/shifts/projects/{project.id}/publication")
    assert "Shifts were published since: 4." in bulk.undo(boss, status=409).words
    plan.place(first, make.person("甲", at=office))
    page = bulk.undo(boss, status=409)
    assert "People have signed up since: 1." in page.words
    assert len(bulk.shifts()) == 4


def test_acts_of_another_office_are_neither_seen_nor_undone(boss, project):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    far = make.office("秋水社区")
    boss.sign_in(plan.coordinator(far))
    assert "A series" not in boss.visit("/shifts/acts").words
    bulk.undo(boss, status=404)


def test_who_only_leads_plans_nothing_at_once(browser, office, project):
    browser.sign_in(plan.leader(office))
    for url in (bulk.series_url(project), COPY, CLOSE, "/shifts/acts", "/shifts/templates"):
        browser.visit(url, status=403)


def test_lists_and_previews_ask_no_more_for_more_shifts(boss, office, project):
    counts = {}
    boss.visit("/shifts/acts")
    for number, minutes in ((3, 120), (30, 12)):
        fields = split_fields(project, minutes=minutes)
        with queries() as sent:
            bulk.look(boss, split_url(project), **fields)
        counts.setdefault("split", set()).add(len(sent))
        bulk.do(boss, split_url(project), **fields)
        with queries() as sent:
            boss.visit("/shifts/acts")
        counts.setdefault("acts", set()).add(len(sent))
        with queries() as sent:
            bulk.look(boss, CLOSE, **close_fields(office, first="2026-06-08"))
        counts.setdefault("close", set()).add(len(sent))
        with queries() as sent:
            bulk.look(boss, COPY, **copy_fields(office, day="2026-06-08"))
        counts.setdefault("copy", set()).add(len(sent))
        assert number
    assert {name: len(found) for name, found in counts.items()} == dict.fromkeys(counts, 1)


def test_the_pages_speak_chinese(boss, project):
    boss.speak("zh")
    for url in (bulk.series_url(project), split_url(project), COPY, CLOSE, "/shifts/acts",
                "/shifts/templates", f"/shifts/projects/{project.id}/templates/new"):  # fmt: skip
        boss.visit(url)

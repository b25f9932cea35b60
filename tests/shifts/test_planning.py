"""An office plans: projects with what the law asks for, shifts, changes, calling off."""

from datetime import UTC, date, datetime, timedelta

import make
import plan
import pytest

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, MessageState
from talent.people.models import Registration, RegistrationState
from talent.rules.signup import SignupState
from talent.shifts import jobs
from talent.shifts.models import Need, Project, ProjectState, Shift, ShiftState, Signup

pytestmark = pytest.mark.usefixtures("clock")


def told(kind):
    db.session.rollback()
    query = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(m.person.name, m.state) for m in query]


def edited(shift, **fields):
    zone = timedelta(hours=8)
    given = {
        "starts_at": (shift.starts_at + zone).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (shift.ends_at + zone).strftime("%Y-%m-%dT%H:%M"),
        "place": shift.place,
        **{f"places_{n.position_id}": n.places for n in shift.needs},
    }
    return given | fields


def test_a_project_is_written_down_completed_and_opened(boss, office):
    category = make.category()
    page = boss.send(
        "/shifts/projects/new", office_id=office.id, audience_id=office.id,
        category_id=category.id, name="送餐", place="食堂",
    )  # fmt: skip
    page = boss.visit(page.location)
    for missing in ("Name the person in charge.", "Say what the service consists of.",
                    "Say which risks may arise", "Say which protection is offered.",
                    "Add at least one position."):  # fmt: skip
        assert missing in page.words
    project = db.session.query(Project).one()
    refused = boss.send(f"/shifts/projects/{project.id}/opening", status=409)
    assert "Name the person in charge." in refused.words
    assert "Add at least one position." in refused.words
    boss.send(f"/shifts/projects/{project.id}/positions/new", name="送餐员", minimum_age="16",
              )  # fmt: skip
    boss.send(
        f"/shifts/projects/{project.id}/edit", office_id=office.id, audience_id=office.id,
        category_id=category.id, name="送餐", place="食堂", content="送午餐",
        person_in_charge="李主任", risks="无", safeguards="两人一组",
    )  # fmt: skip
    assert "16 years or older" in boss.visit(f"/shifts/projects/{project.id}").words
    boss.send(f"/shifts/projects/{project.id}/opening")
    db.session.rollback()
    assert project.state is ProjectState.OPEN


def test_an_open_project_stays_complete_and_keeps_what_was_typed(boss, office):
    project = plan.project(office)
    page = boss.send(
        f"/shifts/projects/{project.id}/edit", status=422, office_id=office.id,
        audience_id=office.id, category_id=project.category_id, name="新名字", place="",
        content="x", person_in_charge="李", risks="无", safeguards="有",
    )  # fmt: skip
    assert "Say where it takes place." in page.words
    assert page.all("input", name="name")[0].get("value") == "新名字"
    db.session.rollback()
    assert project.name == "长者食堂送餐"


def test_the_second_of_two_who_change_a_project_is_told_and_nothing_is_lost(boss, office):
    project = plan.project(office)
    seen = (
        boss.visit(f"/shifts/projects/{project.id}/edit").all("input", name="seen")[0].get("value")
    )
    with writing():
        project.place = "南门"
    fields = {
        "office_id": office.id, "audience_id": office.id, "category_id": project.category_id,
        "name": "新名字", "place": "北门", "content": "x", "person_in_charge": "李",
        "risks": "无", "safeguards": "有",
    }  # fmt: skip
    url = f"/shifts/projects/{project.id}/edit"
    page = boss.send(url, status=422, seen=seen, **fields)
    assert "Somebody else changed this meanwhile." in page.words
    db.session.rollback()
    assert project.place == "南门"
    boss.send(url, seen=page.all("input", name="seen")[0].get("value"), **fields)
    db.session.rollback()
    assert project.place == "北门"


def test_a_shift_is_planned_as_a_draft_on_the_clock_of_its_office(boss):
    berlin = make.office("柏林", zone="Europe/Berlin")
    boss.sign_in(plan.coordinator(berlin))
    project = plan.project(berlin)
    boss.send(
        f"/shifts/new?project={project.id}", starts_at="2026-10-22T09:00",
        ends_at="2026-10-22T12:00", place="食堂", **{f"places_{project.positions[0].id}": 4},
    )  # fmt: skip
    shift = db.session.query(Shift).one()
    assert shift.starts_at == datetime(2026, 10, 22, 7, tzinfo=UTC)
    assert shift.state is ShiftState.DRAFT
    assert [n.places for n in shift.needs] == [4]
    boss.send(f"/shifts/projects/{project.id}/publication")
    db.session.rollback()
    assert shift.state is ShiftState.PUBLISHED


def test_a_shift_is_published_with_the_same_press_or_not_kept_at_all(boss, office):
    project = plan.project(office)
    page = boss.visit("/shifts/new")  # the only project is not asked for
    assert "Publish" in page.words
    fields = {"ends_at": "2026-06-03T12:00", "place": "食堂", "publish": "1"}
    fields[f"places_{project.positions[0].id}"] = 4
    past, soon = {"starts_at": "2026-05-03T09:00"}, {"starts_at": "2026-06-03T09:00"}
    boss.send("/shifts/new", status=422, **fields | past | {"ends_at": "2026-05-03T12:00"})
    assert db.session.query(Shift).count() == 0
    boss.send("/shifts/new", **fields | soon)
    assert db.session.query(Shift).one().state is ShiftState.PUBLISHED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": "2026-06-03T08:00"}, "The end must be later than the start."),
        ({"ends_at": ""}, "Give a day and a time."),
        ({"places": "0"}, "Ask for at least one place."),
        ({"place": ""}, "Please fill in this field."),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused_beside_its_field(boss, office, fields, said):
    project = plan.project(office)
    places = fields.pop("places", "4")
    given = {
        "starts_at": "2026-06-03T09:00", "ends_at": "2026-06-03T12:00", "place": "食堂",
        f"places_{project.positions[0].id}": places,
    }  # fmt: skip
    page = boss.send(f"/shifts/new?project={project.id}", status=422, **given | fields)
    assert said in page.words
    assert db.session.query(Shift).count() == 0


def test_a_risky_shift_is_published_only_when_its_day_is_insured(boss, office):
    project = plan.project(
        office, risky=True, insurance_no="P1",
        insured_from=date(2026, 6, 1), insured_to=date(2026, 6, 2),
    )  # fmt: skip
    shift = plan.shift(project, state=ShiftState.DRAFT)
    page = boss.send(f"/shifts/{shift.id}/publication", status=409)
    assert "but the shift is on Wed 3 Jun 2026" in page.words
    with writing():
        project.insured_to = date(2026, 6, 3)
    boss.send(f"/shifts/{shift.id}/publication")
    boss.send(f"/shifts/{shift.id}/publication")
    page = boss.send(
        f"/shifts/{shift.id}/edit", status=422,
        **edited(shift, starts_at="2026-06-04T09:00", ends_at="2026-06-04T12:00"),
    )  # fmt: skip
    assert "but the shift is on Thu 4 Jun 2026" in page.words


def test_a_shift_of_a_draft_project_is_not_published(boss, office):
    shift = plan.shift(plan.project(office, state=ProjectState.DRAFT), state=ShiftState.DRAFT)
    page = boss.send(f"/shifts/{shift.id}/publication", status=409)
    assert "Open the project first" in page.words


def test_another_time_keeps_the_people_and_tells_them_once(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, make.person("甲", at=office))
    plan.place(shift, make.person("乙", at=office), state=SignupState.WAITING)
    given = edited(shift, starts_at="2026-06-04T09:00", ends_at="2026-06-04T12:00")
    boss.send(f"/shifts/{shift.id}/edit", **given)
    assert plan.states(shift) == {"confirmed": 1, "waiting": 1}
    waiting = MessageState.WAITING
    assert told(MessageKind.SHIFT_CHANGED) == [("甲", waiting), ("乙", waiting)]
    assert shift.version == 2
    boss.send(f"/shifts/{shift.id}/edit", **given | {"note": "带伞"})  # no other time or place
    assert len(told(MessageKind.SHIFT_CHANGED)) == 2


def test_a_shift_never_shrinks_below_the_places_that_are_taken(boss, office):
    shift = plan.shift(plan.project(office), places=3)
    for name in "甲乙":
        plan.place(shift, make.person(name, at=office))
    key = f"places_{shift.needs[0].position_id}"
    page = boss.send(f"/shifts/{shift.id}/edit", status=422, **edited(shift, **{key: 1}))
    assert "2 places are taken. There cannot be fewer." in page.words
    boss.send(f"/shifts/{shift.id}/edit", **edited(shift, **{key: 2}))
    db.session.rollback()
    assert (shift.needs[0].places, shift.needs[0].taken) == (2, 2)


def test_more_places_are_filled_from_the_waiting_list_in_order(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    plan.place(shift, make.person("甲", at=office))
    for number, name in enumerate("乙丙丁"):
        at = make.NOW + timedelta(seconds=number)
        plan.place(shift, make.person(name, at=office), state=SignupState.WAITING, at=at)
    key = f"places_{shift.needs[0].position_id}"
    boss.send(f"/shifts/{shift.id}/edit", **edited(shift, **{key: 3}))
    assert [name for name, _ in told(MessageKind.PROMOTED)] == ["乙", "丙"]
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 3, "waiting": 1}, [3])


def test_a_position_may_be_added_to_a_shift_and_one_nobody_asked_for_taken_away(boss, office):
    project = plan.project(office, positions=("甲岗", "乙岗"))
    shift = plan.shift(project, places=2)
    ids = [p.id for p in project.positions]
    first, second = (f"places_{id_}" for id_ in ids)
    boss.send(f"/shifts/{shift.id}/edit", **edited(shift, **{second: 3}))
    assert plan.taken(shift) == [0, 0]
    boss.send(f"/shifts/{shift.id}/edit", **edited(shift, **{first: 0, second: 3}))
    assert plan.taken(shift) == [0]
    boss.send(f"/shifts/positions/{ids[0]}/removal")
    page = boss.send(f"/shifts/positions/{ids[1]}/removal", status=409)
    assert "Shifts ask for this position already" in page.words


def test_a_shift_that_is_called_off_tells_everybody_and_stays_to_be_seen(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    wang = make.volunteer(office)
    plan.place(shift, wang.person)
    plan.place(shift, make.person("乙", at=office), state=SignupState.WAITING)
    with writing():
        jobs.remind(make.hours_later(25))
    assert told(MessageKind.SHIFT_REMINDER) == [("王秀兰", MessageState.WAITING)]
    assert (
        "Please fill in this field."
        in boss.send(f"/shifts/{shift.id}/calling-off", status=422).words
    )
    for _ in range(2):
        boss.send(f"/shifts/{shift.id}/calling-off", reason="台风")
    waiting = MessageState.WAITING
    assert told(MessageKind.SHIFT_CANCELLED) == [("王秀兰", waiting), ("乙", waiting)]
    assert told(MessageKind.SHIFT_REMINDER) == [("王秀兰", MessageState.DROPPED)]
    assert plan.states(shift) == {"confirmed": 1, "waiting": 1}
    for url in ("/shifts/", f"/shifts/{shift.id}", "/shifts/mine"):
        assert "Cancelled" in boss.sign_in(wang).visit(url).words
    other = plan.shift(plan.project(office))  # at the same time: one is free again
    boss.send(plan.signup_url(other))


def test_a_published_shift_that_is_over_is_said_to_be_over(boss, office, clock):
    shift = make.shift(make.project(office))
    pages = (
        f"/shifts/{shift.id}",
        f"/shifts/{shift.id}/roster",
        f"/shifts/projects/{shift.project_id}",
    )
    told = {url: boss.visit(url).said("span", class_="state") for url in pages}
    clock.move_to(shift.ends_at)
    for url in pages:
        assert "Published" in told[url]
        now = boss.visit(url).said("span", class_="state")
        assert "Over" in now
        assert "Published" not in now


def test_the_menu_marks_the_page_and_the_part_that_a_page_belongs_to(boss, office):
    shift = make.shift(make.project(office))
    (page,) = boss.visit("/shifts/projects").said("a", aria_current="page")[:1]
    (part,) = boss.visit(f"/shifts/{shift.id}/roster").said("a", aria_current="true")
    assert page == part == "Projects"


def test_a_draft_nobody_saw_is_removed(boss, office):
    shift = plan.shift(plan.project(office), state=ShiftState.DRAFT)
    boss.send(f"/shifts/{shift.id}/calling-off", reason="错了")
    assert (db.session.query(Shift).count(), db.session.query(Need).count()) == (0, 0)


def test_a_project_closes_when_nothing_is_promised_any_more(boss, office):
    project = plan.project(office)
    shift = plan.shift(project)
    page = boss.send(f"/shifts/projects/{project.id}/closing", status=409)
    assert "Published shifts are still to come: 1." in page.words
    boss.send(f"/shifts/{shift.id}/calling-off", reason="无")
    boss.send(f"/shifts/projects/{project.id}/closing")


def test_projects_and_shifts_of_another_office_are_not_there(boss, office):
    far = make.office("秋水社区")
    project = plan.project(far, "秘密", name_en="Hidden")
    shift = plan.shift(project)
    one = plan.place(shift, make.person(at=far))
    assert "Hidden" not in boss.visit("/shifts/projects").words
    assert "Hidden" not in boss.visit("/shifts/new").words
    for url in (f"/shifts/projects/{project.id}", f"/shifts/projects/{project.id}/edit",
                f"/shifts/new?project={project.id}", f"/shifts/{shift.id}/edit",
                f"/shifts/positions/{project.positions[0].id}/edit", f"/shifts/{shift.id}/roster",
                f"/shifts/{shift.id}/poster", f"/shifts/{shift.id}/calling-off",
                f"/shifts/signups/{one.id}/removal", f"/shifts/signups/{one.id}/times",
                f"/shifts/person/{one.person_id}"):  # fmt: skip
        boss.visit(url, status=404)
    for url in (f"/shifts/projects/{project.id}/opening", f"/shifts/projects/{project.id}/closing",
                f"/shifts/{shift.id}/publication", f"/shifts/{shift.id}/assignment",
                f"/shifts/{shift.id}/walk-ins", f"/shifts/signups/{one.id}/arrival",
                f"/shifts/signups/{one.id}/departure",
                f"/shifts/signups/{one.id}/absence"):  # fmt: skip
        boss.send(url, status=404)


def assign_url(shift, person, way="assignment"):
    return f"/shifts/{shift.id}/{way}?need={shift.needs[0].id}&person={person.id}"


def test_the_office_gives_a_place_and_passes_over_an_overlap_only_with_a_reason(boss, office):
    shift, other = plan.shift(plan.project(office)), plan.shift(plan.project(office))
    wang = make.person(at=office)
    plan.place(other, wang)
    page = boss.visit(f"/shifts/{shift.id}/roster?q={wang.volunteer_no}")
    assert "It overlaps" in page.words
    boss.send(assign_url(shift, wang), status=409)
    boss.send(assign_url(shift, wang), reason="只有她认识路")
    boss.send(assign_url(shift, wang), reason="再点一次")
    db.session.rollback()
    one = db.session.query(Signup).filter_by(shift_id=shift.id).one()
    assert (one.override_reason, one.overridden) == ("只有她认识路", "OVERLAP")
    entry = db.session.query(AuditEntry).filter_by(act=Act.SIGNUP_OVERRIDDEN).one()
    assert (entry.facts["overridden"], entry.facts["person"]) == ("OVERLAP", wang.id)


def test_no_reason_passes_over_a_full_shift_or_a_lapsed_registration(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    paused = make.person("甲", at=office, state=RegistrationState.PAUSED)
    page = boss.send(assign_url(shift, paused), status=409, reason="请放行")
    assert "Only an active volunteer can take a place." in page.words
    plan.place(shift, make.person("乙", at=office))
    page = boss.send(assign_url(shift, make.person("丙", at=office)), status=409, reason="请放行")
    assert "Every place on this shift is taken." in page.words
    assert plan.taken(shift) == [1]


def test_nobody_unknown_to_the_office_is_given_a_place_or_found(boss, office):
    shift = plan.shift(plan.project(office))
    stranger = make.person("远客", at=make.office("秋水社区"))
    boss.send(assign_url(shift, stranger), status=404)
    page = boss.visit(f"/shifts/{shift.id}/roster?q={stranger.volunteer_no}")
    assert "远客" not in page.words


def test_who_waits_can_be_given_a_place_by_the_office(boss, office):
    shift = plan.shift(plan.project(office), places=2)
    wang = make.person(at=office)
    plan.place(shift, wang, state=SignupState.WAITING)
    boss.send(assign_url(shift, wang))
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 1}, [1])


def test_who_is_removed_is_told_why_and_the_next_moves_up(boss, office):
    shift = plan.shift(plan.project(office), places=1)
    one = plan.place(shift, make.person("甲", at=office))
    plan.place(shift, make.person("乙", at=office), state=SignupState.WAITING)
    boss.send(f"/shifts/signups/{one.id}/removal", status=422)
    boss.send(f"/shifts/signups/{one.id}/removal", reason="人手已够")
    assert [name for name, _ in told(MessageKind.REMOVED)] == ["甲"]
    assert [name for name, _ in told(MessageKind.PROMOTED)] == ["乙"]
    assert (plan.states(shift), plan.taken(shift)) == ({"removed": 1, "confirmed": 1}, [1])


def test_an_auditor_reads_everything_and_taps_nothing(browser, office):
    shift = plan.shift(plan.project(office))
    one = plan.place(shift, make.person("甲", at=office))
    browser.sign_in(make.account(Role.AUDITOR, office))
    page = browser.visit(f"/shifts/{shift.id}/roster")
    assert "甲" in page.words
    assert [f for f in page.all("form", method="post") if "/shifts/" in f.get("action")] == []
    browser.send(f"/shifts/signups/{one.id}/arrival", status=403)


def run(job, hours):
    with writing():
        return job(make.hours_later(hours))


def reminders():
    db.session.rollback()
    query = db.session.query(Message).filter_by(kind=MessageKind.SHIFT_REMINDER)
    return sorted(m.person.name for m in query)


def test_only_who_has_a_place_is_reminded_once_for_each_lead_time(office):
    shift = plan.shift(plan.project(office), places=2)
    plan.place(shift, make.person("甲", at=office))
    plan.place(shift, make.person("乙", at=office), state=SignupState.WAITING)
    for state in (SignupState.CANCELLED, SignupState.REMOVED):
        one = plan.place(shift, make.person(state.value, at=office), state=SignupState.WAITING)
        with writing():
            db.session.get(Signup, one.id).state = state
    assert run(jobs.remind, 23.9) == "0 reminded"
    assert run(jobs.remind, 24) == "1 reminded"
    assert run(jobs.remind, 24) == "0 reminded"
    assert run(jobs.remind, 40) == "0 reminded"
    assert run(jobs.remind, 46.9) == "0 reminded"  # the night ends at eight
    assert run(jobs.remind, 47) == "1 reminded"
    assert run(jobs.remind, 49) == "0 reminded"
    assert reminders() == ["甲", "甲"]


def test_who_joins_after_the_reminders_went_out_is_reminded_too(office):
    shift = plan.shift(plan.project(office))
    plan.place(shift, make.person("甲", at=office))
    run(jobs.remind, 30)
    plan.place(shift, make.person("乙", at=office), at=make.hours_later(31))
    run(jobs.remind, 31)
    assert reminders() == ["乙", "甲"]


def test_a_shift_at_another_time_is_reminded_of_anew_and_a_cancelled_one_not(boss, office, clock):
    shift, off = plan.shift(plan.project(office)), plan.shift(plan.project(office), starts=60)
    plan.place(shift, make.person("甲", at=office))
    plan.place(off, make.person("乙", at=office))
    run(jobs.remind, 24)
    boss.send(f"/shifts/{off.id}/calling-off", reason="台风")
    given = edited(shift, starts_at="2026-06-05T09:00", ends_at="2026-06-05T12:00")
    boss.send(f"/shifts/{shift.id}/edit", **given)
    assert run(jobs.remind, 71) == "0 reminded"
    assert run(jobs.remind, 72) == "1 reminded"
    assert reminders() == ["甲", "甲"]


def test_places_of_those_who_left_or_were_paused_go_to_the_next(office):
    shift = plan.shift(plan.project(office), places=2)
    gone, paused = make.person("甲", at=office), make.person("乙", at=office)
    waits = make.person("丁", at=office)
    for one in (gone, paused):
        plan.place(shift, one)
    plan.place(shift, make.person("丙", at=office), state=SignupState.WAITING)
    plan.place(shift, waits, state=SignupState.WAITING, at=make.NOW + timedelta(seconds=1))
    assert run(jobs.release, 1) == "0 released"
    with writing():
        for one, state in ((gone, RegistrationState.LEFT), (paused, RegistrationState.PAUSED),
                           (waits, RegistrationState.LEFT)):  # fmt: skip
            db.session.query(Registration).filter_by(person_id=one.id).one().state = state
    assert run(jobs.release, 1) == "3 released"
    assert run(jobs.release, 1) == "0 released"
    assert (plan.states(shift), plan.taken(shift)) == ({"removed": 3, "confirmed": 1}, [1])
    assert [name for name, _ in told(MessageKind.PROMOTED)] == ["丙"]
    assert len(told(MessageKind.REMOVED)) == 3

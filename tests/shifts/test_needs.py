"""What shifts ask for: numbers, requirements and ages, inherited from project to shift."""

import make
import plan
import pytest

from talent.db import db, writing
from talent.people.models import Skill
from talent.rules.changes import refusals_to_reserve
from talent.rules.planning import refusals_to_locate, refusals_to_need
from talent.shifts.models import Need, Position, Project, Requirement, Shift, ShiftState
from talent.shifts.needs.service import needs_as_given, needs_for
from talent.training.models import Course

pytestmark = pytest.mark.usefixtures("clock")


def skill(name="手语", english="Sign language"):
    return make.saved(Skill(name_zh=name, name_en=english))


def course(office, name="心肺复苏", **more):
    return make.saved(
        Course(office_id=office.id, name_zh=name, content="急救", minutes=120, **more)
    )


def given(project, **fields):
    return {
        "office_id": project.office_id, "audience_id": project.audience_id,
        "category_id": project.category_id, "name": project.name, "place": project.place,
        "content": project.content, "person_in_charge": project.person_in_charge,
        "risks": project.risks, "safeguards": project.safeguards, "mode": "in_out",
    } | fields  # fmt: skip


def typed(page, name):
    (field,) = page.all("input", name=name)
    return field.get("value")


def only_need(shift):
    db.session.rollback()
    return db.session.query(Need).filter_by(shift_id=shift.id).one()


def test_what_the_project_asks_of_all_is_asked_in_each_position_and_on_each_shift(boss, office):
    project, signs = plan.project(office), skill()
    boss.send(f"/shifts/projects/{project.id}/edit", **given(project, minimum_age="18"),
              skill_ids=[signs.id])  # fmt: skip
    position = project.positions[0].id
    lessons = course(office)
    boss.send(f"/shifts/positions/{position}/edit", name="送餐员", places="4", least="2",
              reserve="1", course_ids=[lessons.id], skill_ids=[signs.id])  # fmt: skip
    page = boss.visit(f"/shifts/projects/{project.id}")
    assert "18 years or older · Sign language · 心肺复苏" in page.words
    shift = plan.shift(db.session.get(Project, project.id), places=4)
    need = only_need(shift)
    assert need.least_years == 18
    assert [each.thing.name_zh for each in need.required] == ["手语", "心肺复苏"]
    assert "18 years or older · Sign language · 心肺复苏" in boss.visit(f"/shifts/{shift.id}").words


def test_one_shift_may_ask_for_less_and_go_back_to_what_it_inherits(boss, office):
    project, signs = plan.project(office, minimum_age=18), skill()
    make.saved(Requirement(position_id=project.positions[0].id, skill_id=signs.id))
    shift = plan.shift(project)
    need = shift.needs[0].id
    page = boss.visit(f"/shifts/needs/{need}")
    assert "18 years or older · Sign language" in page.words
    boss.send(f"/shifts/needs/{need}", minimum_age="16", own_requirements="y")
    assert "16 years or older" in boss.visit(f"/shifts/{shift.id}").words
    assert only_need(shift).required == []
    boss.send(f"/shifts/needs/{need}", minimum_age="")
    assert [each.thing.name_zh for each in only_need(shift).required] == ["手语"]
    assert only_need(shift).least_years == 18


def test_a_need_of_another_office_is_not_there(boss):
    elsewhere = plan.shift(plan.project(make.office("夏荷社区")))
    boss.visit(f"/shifts/needs/{elsewhere.needs[0].id}", status=404)


def test_a_new_shift_takes_its_numbers_from_the_positions(boss, office):
    cook = Position(name="厨师", places=3, least=2, reserve=1)
    project = plan.project(office, positions=[cook])
    page = boss.visit(f"/shifts/new?project={project.id}")
    id_ = project.positions[0].id
    shown = {name: typed(page, f"{name}_{id_}") for name in ("places", "least", "reserve")}
    assert shown == {"places": "3", "least": "2", "reserve": "1"}
    boss.send(f"/shifts/new?project={project.id}", starts_at="2026-06-05T09:00",
              ends_at="2026-06-05T11:00", place="食堂", repeats="1",
              **{f"{name}_{id_}": value for name, value in shown.items()})  # fmt: skip
    need = db.session.query(Need).one()
    assert (need.places, need.least, need.reserve) == (3, 2, 1)


@pytest.mark.parametrize("path", ["new", "edit"])
def test_more_than_there_are_places_cannot_be_needed_at_least(boss, office, path):
    project = plan.project(office)
    shift, id_ = plan.shift(project, places=2), project.positions[0].id
    address = f"/shifts/new?project={project.id}" if path == "new" else f"/shifts/{shift.id}/edit"
    page = boss.send(address, status=422, starts_at="2026-06-05T09:00", repeats="1",
                     ends_at="2026-06-05T11:00", place="食堂",
                     **{f"places_{id_}": 2, f"least_{id_}": 3})  # fmt: skip
    assert "At least 3 are needed, but there are only 2 places." in page.words
    assert typed(page, f"least_{id_}") == "3"
    boss.send(f"/shifts/positions/{id_}/edit", status=422, name="送餐员", places=1, least=2)
    boss.send(f"/shifts/projects/{project.id}/positions/new", status=422, name="司机", places=1,
              least=2)  # fmt: skip
    assert len(db.session.get(Project, project.id).positions) == 1


def test_the_reserve_never_shrinks_below_those_who_stand_by(boss, office):
    shift = plan.shift(plan.project(office))
    with writing():
        need = db.session.get(Need, shift.needs[0].id)
        need.reserve, need.reserved = 2, 2
    id_ = shift.needs[0].position_id
    sent = {"starts_at": "2026-06-03T09:00", "ends_at": "2026-06-03T12:00", "place": "食堂",
            f"places_{id_}": 5}  # fmt: skip
    page = boss.send(f"/shifts/{shift.id}/edit", status=422, **sent, **{f"reserve_{id_}": 1})
    assert "2 people stand by. The reserve cannot be smaller." in page.words
    boss.send(f"/shifts/{shift.id}/edit", **sent, **{f"reserve_{id_}": 3})
    assert only_need(shift).reserve == 3


def test_needs_are_made_again_from_their_json(office):
    project, signs = plan.project(office, positions=("送餐员", "司机")), skill()
    shift = plan.shift(project, places=(3, 2))
    with writing():
        first = db.session.get(Need, shift.needs[0].id)
        first.least, first.reserve, first.minimum_age, first.own_requirements = 2, 1, 20, True
        first.requirements.append(Requirement(skill_id=signs.id))
    told = needs_as_given(db.session.get(Shift, shift.id))
    made = needs_for(db.session.get(Project, project.id), told)
    assert [(n.places, n.least, n.reserve, n.minimum_age) for n in made] == [
        (3, 2, 1, 20), (2, 0, 0, None),
    ]  # fmt: skip
    assert [r.skill_id for r in made[0].requirements] == [signs.id]
    assert [n.own_requirements for n in made] == [True, False]
    db.session.rollback()


def test_a_need_that_is_not_told_its_numbers_takes_those_of_the_position(office):
    project = plan.project(office, positions=[Position(name="厨师", places=3, least=2, reserve=1)])
    made = needs_for(project, {str(project.positions[0].id): {}, "999": {"places": 2}})
    assert [(n.places, n.least, n.reserve) for n in made] == [(3, 2, 1)]
    assert needs_for(project, {project.positions[0].id: {"places": 0}}) == []
    db.session.rollback()


def test_publishing_names_all_that_is_missing_at_once(boss, office):
    lead, help_ = Position(name="组长", leads=True), Position(name="送餐员")
    project = plan.project(office, positions=[lead, help_], risky=True)
    lessons = course(office, open=False)
    make.saved(Requirement(position_id=help_.id, course_id=lessons.id))
    with writing():
        db.session.get(Project, project.id).person_in_charge = ""
    shift = plan.shift(project, places=(0, 2), state=ShiftState.DRAFT)
    with writing():
        db.session.delete(db.session.get(Need, shift.needs[0].id))
    said = (
        "Name the person in charge.",
        "Enter the number of the accident insurance policy.",
        "The position “送餐员” asks for “心肺复苏”, which is closed",
        "Nobody leads: ask for at least one place of “组长”.",
    )
    words = boss.visit(f"/shifts/{shift.id}").words
    refused = boss.send(f"/shifts/{shift.id}/publication", status=409).words
    for each in said:
        assert each in words
        assert each in refused


def test_many_drafts_are_published_at_once_or_each_says_what_it_lacks(boss, office):
    project = plan.project(office, positions=[Position(name="组长", leads=True), "送餐员"])
    fine = plan.shift(project, places=(1, 2), state=ShiftState.DRAFT)
    poor = plan.shift(project, 96, places=(1, 2), state=ShiftState.DRAFT)
    with writing():
        db.session.delete(db.session.get(Need, poor.needs[0].id))
    page = boss.send(f"/shifts/projects/{project.id}/publication", status=409)
    assert page.words.count("Nobody leads") == 1
    db.session.rollback()
    assert db.session.get(Shift, fine.id).state is ShiftState.DRAFT
    leader, id_ = project.positions[0].id, project.positions[1].id
    boss.send(
        f"/shifts/{poor.id}/edit", starts_at="2026-06-05T09:00", ends_at="2026-06-05T11:00",
        place="食堂", **{f"places_{leader}": 1, f"places_{id_}": 2},
    )  # fmt: skip
    boss.send(f"/shifts/projects/{project.id}/publication")
    db.session.rollback()
    assert db.session.get(Shift, poor.id).state is ShiftState.PUBLISHED


def test_the_card_says_how_many_are_needed_at_least_and_who_leads(browser, office):
    project = plan.project(office, positions=[Position(name="组长", leads=True)])
    shift = plan.shift(project, places=4)
    with writing():
        db.session.get(Need, shift.needs[0].id).least = 2
    words = browser.sign_in(make.volunteer(office)).visit(f"/shifts/{shift.id}").words
    assert "4 of 4 places free, at least 2 needed" in words
    assert "Leads the shift" in words


def test_a_point_on_the_map_is_whole_or_none(boss, office):
    project = plan.project(office)
    page = boss.send(f"/shifts/projects/{project.id}/edit", status=422,
                     **given(project, latitude="31.2304"))  # fmt: skip
    assert "Give latitude, longitude and distance together, or none of them." in page.words
    point = {"latitude": "31.2304", "longitude": "121.4737", "radius_m": "150"}
    boss.send(f"/shifts/projects/{project.id}/edit", **given(project, **point))
    db.session.rollback()
    assert db.session.get(Project, project.id).radius_m == 150


@pytest.mark.parametrize(("places", "least", "refused"), [(0, 0, 0), (2, 2, 0), (2, 3, 1)])
def test_the_least_lies_within_the_places(places, least, refused):
    assert len(refusals_to_need(places, least)) == refused


@pytest.mark.parametrize(("reserve", "reserved", "refused"), [(0, 0, 0), (2, 2, 0), (1, 2, 1)])
def test_the_reserve_holds_those_who_stand_by(reserve, reserved, refused):
    assert len(refusals_to_reserve(reserve, reserved)) == refused


@pytest.mark.parametrize(
    ("parts", "refused"),
    [((None, None, None), 0), ((0, 0, 50), 0), ((31, 121, None), 1), ((None, None, 50), 1)],
)
def test_a_point_has_three_parts(parts, refused):
    assert len(refusals_to_locate(*parts)) == refused

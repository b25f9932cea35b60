"""A template keeps what was planned, for another project."""

import bulk
import make
import plan
import pytest

from talent.db import db, writing
from talent.shifts.models import Position, Requirement
from talent.shifts.templates.models import Template
from talent.training.models import Course

pytestmark = pytest.mark.usefixtures("clock")


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

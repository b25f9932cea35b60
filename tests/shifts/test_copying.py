"""A day, a week or a project is copied with its needs."""

from datetime import UTC, datetime

import bulk
import make
import plan
import pytest

from talent.db import db, writing
from talent.shifts.models import Need, ShiftState

pytestmark = pytest.mark.usefixtures("clock")


def test_a_day_of_an_office_is_copied_with_its_needs(boss, office, project):
    shift = plan.shift(project, 48, places=4, note="带伞")
    own = plan.project(office, "另一个", name_en="Another")
    plan.shift(own, 50)
    plan.shift(project, 72)  # on the next day
    plan.shift(project, 51, state=ShiftState.CANCELLED)
    with writing():
        need = db.session.get(Need, shift.needs[0].id)
        need.least, need.reserve, need.minimum_age = 2, 1, 16
    bulk.do(boss, bulk.COPY, **bulk.copy_fields(office))
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
    fields = bulk.copy_fields(office, project, extent="week", targets="2026-06-24")
    bulk.do(boss, bulk.COPY, **fields)
    made = [str(s.day) for s in bulk.shifts() if s.batch_id]
    assert made == ["2026-06-22", "2026-06-24", "2026-06-28"]


def test_a_project_is_copied_from_its_first_shift_on(boss, office, project):
    for hours in (48, 20 * 24):
        plan.shift(project, hours)
    fields = bulk.copy_fields(
        office, project, extent="project", day="2026-06-01", targets="2026-08-03"
    )
    bulk.do(boss, bulk.COPY, **fields)
    assert [str(s.day) for s in bulk.shifts() if s.batch_id] == ["2026-08-03", "2026-08-21"]
    page = bulk.look(boss, bulk.COPY, status=422, **bulk.copy_fields(office, extent="project"))
    assert "Choose the project whose shifts are copied." in page.words


def test_a_copy_keeps_the_time_on_the_wall_across_the_change_of_the_clock(browser):
    berlin = make.office("柏林", zone="Europe/Berlin")
    boss = browser.sign_in(plan.coordinator(berlin))
    project = plan.project(berlin)
    plan.shift(project, datetime(2026, 10, 24, 7, tzinfo=UTC).timestamp() / 3600
               - make.NOW.timestamp() / 3600, zone="Europe/Berlin")  # fmt: skip
    bulk.do(boss, bulk.COPY, **bulk.copy_fields(berlin, day="2026-10-24", targets="2026-10-26"))
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
    page = bulk.look(boss, bulk.COPY, status=422, **bulk.copy_fields(office, **fields))
    assert said in page.words

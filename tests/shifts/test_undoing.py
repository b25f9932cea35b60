"""What was planned at once is undone for a day, unless somebody relied on it."""

from datetime import timedelta

import bulk
import make
import plan
import pytest

from talent.db import db
from talent.shifts.models import Need

pytestmark = pytest.mark.usefixtures("clock")


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

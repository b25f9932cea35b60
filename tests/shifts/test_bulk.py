"""Many shifts at once: who may, what it asks of the database, in both languages."""

import bulk
import make
import plan
import pytest
from counting import queries

pytestmark = pytest.mark.usefixtures("clock")


def test_nothing_of_another_office_is_copied_or_cancelled(boss, office):
    far = make.office("秋水社区")
    other = plan.project(far)
    plan.shift(other, 48)
    bulk.look(boss, bulk.COPY, status=422, **bulk.copy_fields(far))
    bulk.look(boss, bulk.COPY, status=422, **bulk.copy_fields(office, other))
    fields = {"office": far.id, "project": "", "first": "2026-06-03", "reason": "x"}
    bulk.look(boss, bulk.CLOSE, status=422, **fields)
    bulk.look(boss, bulk.CLOSE, status=422, **fields | {"office": office.id})
    boss.visit(f"/shifts/copying?project={other.id}", status=404)
    boss.visit(f"/shifts/projects/{other.id}/split", status=404)
    boss.visit(f"/shifts/projects/{other.id}/templates/new", status=404)


def test_who_only_leads_plans_nothing_at_once(browser, office, project):
    browser.sign_in(plan.leader(office))
    for url in (
        bulk.series_url(project),
        bulk.COPY,
        bulk.CLOSE,
        "/shifts/acts",
        "/shifts/templates",
    ):
        browser.visit(url, status=403)


def test_lists_and_previews_ask_no_more_for_more_shifts(boss, office, project):
    counts = {}
    boss.visit("/shifts/acts")
    for number, minutes in ((3, 120), (30, 12)):
        fields = bulk.split_fields(project, minutes=minutes)
        with queries() as sent:
            bulk.look(boss, bulk.split_url(project), **fields)
        counts.setdefault("split", set()).add(len(sent))
        bulk.do(boss, bulk.split_url(project), **fields)
        with queries() as sent:
            boss.visit("/shifts/acts")
        counts.setdefault("acts", set()).add(len(sent))
        with queries() as sent:
            bulk.look(boss, bulk.CLOSE, **bulk.close_fields(office, first="2026-06-08"))
        counts.setdefault("close", set()).add(len(sent))
        with queries() as sent:
            bulk.look(boss, bulk.COPY, **bulk.copy_fields(office, day="2026-06-08"))
        counts.setdefault("copy", set()).add(len(sent))
        assert number
    assert {name: len(found) for name, found in counts.items()} == dict.fromkeys(counts, 1)


def test_the_pages_speak_chinese(boss, project):
    boss.speak("zh")
    of_project = (bulk.series_url(project), bulk.split_url(project))
    for url in (*of_project, bulk.COPY, bulk.CLOSE, "/shifts/acts", "/shifts/templates",
                f"/shifts/projects/{project.id}/templates/new"):  # fmt: skip
        boss.visit(url)

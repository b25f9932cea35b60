"""The office's list, the mean that everybody sees, and what happens when nobody answers."""

from datetime import date, timedelta

import make
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.ratings import jobs
from talent.ratings.models import Rating, Side


@pytest.fixture
def street(clock, app):
    return make.office("清河街道")


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def project(community):
    return make.project(community)


def rated(project, *steps, due_on=None, **more):
    shift = make.shift(project, start=-5)
    start = db.session.query(Rating).count()
    return make.saved(
        *(
            Rating(
                shift_id=shift.id, project_id=project.id, office_id=project.office_id,
                side=Side.RESIDENT, device_index=f"d{start}-{place}", steps=each,
                made_at=make.NOW, due_on=due_on, **more,
            )
            for place, each in enumerate(steps)
        )
    )  # fmt: skip


def test_everybody_sees_the_mean_from_five_answers_on_and_nothing_below(browser, project):
    url = f"/ratings/projects/{project.id}"
    rated(project, 4, 4, 4, 5)
    page = browser.visit(url)
    assert "There are too few ratings" in page.words
    assert "4." not in page.words
    rated(project, 5, text="很满意，谢谢小王")
    page = browser.visit(url)
    assert page.said("section", id="panel")[0].startswith("Average of 5 steps 4.4 5 answers")
    assert "小王" not in page.text


def test_the_office_sets_the_least_number_of_answers(browser, community, project):
    make.let(community, since=make.TODAY, rating_least=2)
    rated(project, 4, 5)
    assert "4.5" in browser.visit(f"/ratings/projects/{project.id}").words


def test_a_draft_has_no_page(browser, community):
    draft = make.project(community, state="draft")
    browser.visit(f"/ratings/projects/{draft.id}", status=404)


def test_lists_are_narrowed_by_project_and_part_and_scoped(browser, street, community, project):
    other = make.project(community, name="环保清洁")
    elsewhere = make.project(make.office("秋水社区", parent=street), name="别处的项目")
    rated(project, 5, text="第一条")
    rated(other, 1, due_on=date(2026, 6, 8), text="第二条")
    rated(other, 2, due_on=date(2026, 5, 29), text="第三条")
    rated(elsewhere, 1, due_on=date(2026, 5, 29), text="第四条")
    browser.sign_in(make.account(Role.COORDINATOR, community))
    seen = {
        part: [w for w in ("第一条", "第二条", "第三条", "第四条") if w in browser.visit(url).words]
        for part, url in {
            "all": "/ratings/",
            "open": "/ratings/?part=open",
            "overdue": "/ratings/?part=overdue",
            "project": f"/ratings/?project={project.id}",
            "nonsense": "/ratings/?part=x&project=y&before=z",
        }.items()
    }
    assert seen == {
        "all": ["第一条", "第二条", "第三条"],
        "open": ["第二条", "第三条"],
        "overdue": ["第三条"],
        "project": ["第一条"],
        "nonsense": ["第一条", "第二条", "第三条"],
    }
    words = browser.visit("/ratings/").words
    assert "To be answered (2)" in words
    assert "Overdue (1)" in words
    table = browser.visit("/ratings/projects")
    assert "环保清洁" in table.words
    assert "别处的项目" not in table.words
    assert "1.5" in table.words


@pytest.mark.parametrize("url", ["/ratings/", "/ratings/?part=overdue", "/ratings/projects"])
def test_a_list_costs_the_same_with_one_and_with_three(browser, community, url):
    browser.sign_in(make.account(Role.COORDINATOR, community))
    rated(make.project(community), 1, due_on=date(2026, 5, 1))
    browser.visit(url)
    with queries() as one:
        browser.visit(url)
    for name in ("乙", "丙"):
        rated(make.project(community, name=name), 1, due_on=date(2026, 5, 1))
    with queries() as three:
        browser.visit(url)
    assert len(one) == len(three)


def test_pages_go_on_by_key(browser, community, project):
    rated(project, *[5] * 51, text="话")
    browser.sign_in(make.account(Role.COORDINATOR, community))
    page = browser.visit("/ratings/")
    assert len(page.all("article")) == 50
    (link,) = page.all("a", rel="next")
    assert len(browser.visit(link.get("href")).all("article")) == 1


def test_the_level_above_is_told_once_of_what_is_overdue_and_may_answer(
    browser, clock, street, community, project
):
    above = make.account(Role.COORDINATOR, street)
    make.account(Role.COORDINATOR, community)
    make.account(Role.AUDITOR, street)
    make.account(Role.COORDINATOR, make.office("别的街道"))
    rated(project, 1, 2, due_on=date(2026, 6, 5), text="没人来")
    rated(project, 1, due_on=date(2026, 6, 9))

    def remind(moment):
        with writing():
            jobs.remind_overdue(moment)

    remind(make.NOW + timedelta(days=4, hours=14))  # still the fifth of June in Shanghai
    assert db.session.query(Message).count() == 0
    for hour in (16, 17):
        remind(make.NOW + timedelta(days=4, hours=hour))
    message = db.session.query(Message).one()
    assert message.kind is MessageKind.RATINGS_OVERDUE
    assert (message.account_id, message.facts["count"]) == (above.id, 2)
    remind(make.NOW + timedelta(days=9))  # the third one alone is news
    later = db.session.query(Message).order_by(Message.id.desc()).first()
    assert (later.account_id, later.facts["count"]) == (above.id, 1)
    clock.move_to(make.NOW + timedelta(days=5))
    browser.sign_in(above)
    assert "没人来" in browser.visit("/ratings/?part=overdue").words
    late = db.session.query(Rating).order_by(Rating.id).first().id
    browser.send(f"/ratings/{late}/answer", done="已上门道歉")
    assert "Overdue (1)" in browser.visit("/ratings/").words


def test_no_single_rating_is_read_off_the_mean_that_everybody_sees(browser, project):
    url = f"/ratings/projects/{project.id}"
    rated(project, 5, 5, 5, 5, 5)
    before = browser.visit(url).said("section", id="panel")[0]
    rated(project, 1)
    assert browser.visit(url).said("section", id="panel")[0] == before
    rated(project, 1, 1, 1, 1)
    assert "3.0 10 answers" in browser.visit(url).said("section", id="panel")[0]

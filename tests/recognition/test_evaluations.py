"""The office's evaluation of a service, and awards with their evidence."""

import io
from datetime import timedelta

import make
import pytest
from counting import queries
from honours import hours, scheme
from sqlalchemy import select

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.hours.models import RecordState
from talent.recognition.awards import service as awards
from talent.recognition.awards import views as award_views
from talent.recognition.models import Award, AwardState, Evaluation, StarApplication, StarGrant

pytestmark = pytest.mark.usefixtures("clock")
PDF = b"%PDF-1.7 a scan"


@pytest.fixture
def coordinator(community):
    return make.account(Role.COORDINATOR, community)


def said():
    db.session.expire_all()
    return sorted((e.record_id, e.step, e.remark) for e in db.session.query(Evaluation))


def test_a_service_is_evaluated_and_the_volunteer_reads_it(
    browser, community, volunteer, coordinator
):
    row = make.record(volunteer.person, community)
    browser.sign_in(coordinator)
    assert volunteer.person.name in browser.visit("/recognition/evaluations").words
    url = f"/recognition/records/{row.id}/evaluation"
    browser.send(url, **{f"step_{row.id}": "4", f"remark_{row.id}": "耐心细致"})
    assert said() == [(row.id, 4, "耐心细致")]
    assert volunteer.person.name not in browser.visit("/recognition/evaluations").words
    page = browser.sign_in(volunteer).visit("/recognition/")
    assert "耐心细致" in page.words
    assert "4 of 5" in page.words


def test_a_whole_shift_is_evaluated_at_once_and_one_name_apart(browser, community, coordinator):
    shift = make.shift(make.project(community), start=-5)
    rows = [
        make.record(make.person(name, at=community), community, shift_id=shift.id)
        for name in "甲乙丙"
    ]
    browser.sign_in(coordinator)
    url = f"/recognition/shifts/{shift.id}/evaluation"
    browser.send(url, all_step="5", **{f"step_{rows[1].id}": "2"})
    assert said() == [(rows[0].id, 5, None), (rows[1].id, 2, None), (rows[2].id, 5, None)]
    facts = db.session.scalars(select(AuditEntry).filter_by(act=Act.SERVICE_EVALUATED)).all()
    assert sorted(entry.facts["step"] for entry in facts) == [2, 5, 5]


def test_an_evaluation_may_be_changed_and_the_trail_keeps_what_was_said(
    browser, community, volunteer, coordinator
):
    row = make.record(volunteer.person, community)
    browser.sign_in(coordinator)
    for step in ("2", "5"):
        browser.send(f"/recognition/records/{row.id}/evaluation", **{f"step_{row.id}": step})
    assert said() == [(row.id, 5, None)]
    last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (last.facts["was"], last.facts["step"]) == (2, 5)


def test_nobody_evaluates_a_service_of_his_own(browser, community):
    own = make.account(Role.COORDINATOR, community, person=make.person("李四", at=community))
    row = make.record(own.person, community)
    browser.sign_in(own)
    url = f"/recognition/records/{row.id}/evaluation"
    page = browser.send(url, 422, **{f"step_{row.id}": "5"})
    assert "Nobody evaluates a service of his own" in page.words
    assert said() == []


def test_nobody_evaluates_a_service_of_his_child(browser, community):
    own = make.account(Role.COORDINATOR, community, person=make.person("李四", at=community))
    child = make.person("李小", at=community, guardian_id=own.person_id)
    row = make.record(child, community)
    url = f"/recognition/records/{row.id}/evaluation"
    page = browser.sign_in(own).send(url, 422, **{f"step_{row.id}": "5"})
    assert "of a child of his own" in page.words
    assert said() == []


def test_a_step_that_does_not_exist_is_refused(browser, community, volunteer, coordinator):
    row = make.record(volunteer.person, community)
    browser.sign_in(coordinator)
    browser.send(f"/recognition/records/{row.id}/evaluation", 422, **{f"step_{row.id}": "6"})
    assert said() == []


def test_refused_records_and_those_of_other_offices_are_not_evaluated(
    browser, street, community, volunteer, coordinator
):
    other = make.office("秋月社区", parent=street)
    rows = [
        make.record(volunteer.person, community, state=RecordState.REFUSED),
        make.record(volunteer.person, other),
    ]
    browser.sign_in(coordinator)
    for row in rows:
        browser.visit(f"/recognition/records/{row.id}/evaluation", 404)
    assert volunteer.person.name not in browser.visit("/recognition/evaluations").words


def test_what_is_late_says_so(browser, community, volunteer, coordinator):
    make.record(
        volunteer.person, community, due_on=make.TODAY - timedelta(days=1),
        day=make.TODAY - timedelta(days=20),
    )  # fmt: skip
    browser.sign_in(coordinator)
    assert "Overdue" in browser.visit("/recognition/evaluations").words


# ---- awards


def award(browser, person, office, *, rank="own", paper=None, status=303, **more):
    fields = {
        "name": "优秀志愿者", "awarded_on": "2026-05-04", "rank": rank, "office": str(office.id),
        "unit": office.name_zh if rank == "own" else "临江区", **more,
    }  # fmt: skip
    if paper is not None:
        fields["paper"] = (io.BytesIO(paper), "award.pdf")
    page = browser.send(
        f"/recognition/people/{person.id}/awards/new", status, files_=True, **fields
    )
    made = db.session.scalars(select(Award).order_by(Award.id.desc())).first()
    return page if status != 303 else made


def test_an_own_award_stands_at_once_and_the_volunteer_sees_it(
    browser, community, volunteer, coordinator
):
    made = award(browser.sign_in(coordinator), volunteer.person, community)
    assert made.state is AwardState.STANDS
    assert "优秀志愿者" in browser.sign_in(volunteer).visit("/recognition/").words


def test_an_award_of_another_unit_does_not_pass_as_the_office_s_own(
    browser, community, volunteer, coordinator
):
    page = award(
        browser.sign_in(coordinator), volunteer.person, community, unit="临江区", status=422
    )
    assert "names the office that keeps it" in page.words
    assert award(browser, volunteer.person, community, unit="Spring Breeze").verified_by is None


def test_an_award_from_above_needs_a_file(browser, community, volunteer, coordinator):
    browser.sign_in(coordinator)
    page = award(browser, volunteer.person, community, rank="county", status=422)
    assert "needs a file as evidence" in page.words
    page = award(browser, volunteer.person, community, rank="county", paper=b"no", status=422)
    assert "Only PDF, PNG and JPEG" in page.words
    made = award(browser, volunteer.person, community, rank="county", paper=PDF)
    assert made.state is AwardState.STANDS
    answer = browser.get(f"/recognition/awards/{made.id}/evidence")
    assert answer.data == PDF


def test_an_award_of_another_unit_counts_when_a_second_person_has_verified_it(
    browser, community, volunteer, coordinator
):
    made = award(browser.sign_in(coordinator), volunteer.person, community, rank="other", paper=PDF)
    assert made.state is AwardState.UNVERIFIED
    assert "优秀志愿者" not in browser.sign_in(volunteer).visit("/recognition/").words
    url = f"/recognition/awards/{made.id}/verification"
    page = browser.sign_in(coordinator).send(url, 409)
    assert "someone other than who recorded it" in page.words
    second = make.account(Role.COORDINATOR, community)
    page = browser.sign_in(second).visit("/recognition/awards?unverified=1")
    assert "优秀志愿者" in page.words
    browser.send(url)
    db.session.refresh(made)
    assert (made.state, made.verified_by) == (AwardState.STANDS, second.id)
    assert "优秀志愿者" in browser.sign_in(volunteer).visit("/recognition/").words


def test_an_award_is_withdrawn_with_a_reason_and_stays_on_record(
    browser, community, volunteer, coordinator
):
    made = award(browser.sign_in(coordinator), volunteer.person, community)
    browser.send(f"/recognition/awards/{made.id}/withdrawal", 422, why="")
    browser.send(f"/recognition/awards/{made.id}/withdrawal", why="授予单位撤销")
    assert "授予单位撤销" in browser.visit(f"/recognition/awards/{made.id}").words
    assert "优秀志愿者" not in browser.sign_in(volunteer).visit("/recognition/").words


def test_nobody_records_an_award_of_his_own(browser, community):
    own = make.account(Role.COORDINATOR, community, person=make.person("李四", at=community))
    page = award(browser.sign_in(own), own.person, community, status=422)
    assert "Nobody records or verifies an award of his own" in page.words


def test_an_award_of_another_office_is_not_found(
    browser, street, community, volunteer, coordinator
):
    made = award(browser.sign_in(coordinator), volunteer.person, community)
    other = make.office("秋月社区", parent=street)
    browser.sign_in(make.account(Role.COORDINATOR, other))
    for url in ("", "/evidence", "/withdrawal"):
        browser.visit(f"/recognition/awards/{made.id}{url}", 404)
    assert "优秀志愿者" not in browser.visit("/recognition/awards").words


# ---- lists


@pytest.mark.parametrize(
    "url",
    [
        "/recognition/applications",
        "/recognition/stars",
        "/recognition/evaluations",
        "/recognition/awards",
        "/recognition/schemes",
        "/recognition/",
    ],
)
def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(
    browser, community, volunteer, manager, url
):
    level = scheme(community, 1).levels[0]
    number = iter(range(100))

    def fill(name):
        person = volunteer.person if url == "/recognition/" else make.person(name, at=community)
        row, *_ = hours(person, community, 1)
        facts = {"person_id": person.id, "office_id": community.id}
        star = facts | {"level_id": level.id, "decider_id": community.id, "minutes": 60}
        make.saved(
            StarApplication(
                **star, period="all", made_at=make.NOW,
                state="granted" if url == "/recognition/" else "applied",
            )
        )  # fmt: skip
        make.saved(
            StarGrant(
                **star, number=f"XJ{next(number)}", steps=0, count=0, granted_on=make.TODAY,
                granted_at=make.NOW, period=str(next(number)),
            )
        )  # fmt: skip
        make.saved(
            Award(
                **facts, name="优秀", awarded_on=make.TODAY, unit="区", rank="own",
                state="stands", made_at=make.NOW,
            )
        )  # fmt: skip
        if url == "/recognition/":
            make.saved(
                Evaluation(
                    **facts, record_id=row.id, day=make.TODAY, step=5,
                    evaluated_on=make.TODAY, evaluated_at=make.NOW,
                )
            )  # fmt: skip
        if url.endswith("schemes"):
            scheme(community, 1, 2)

    browser.sign_in(volunteer if url == "/recognition/" else manager)
    fill("甲")
    browser.visit(url)
    with queries() as once:
        browser.visit(url)
    fill("乙")
    fill("丙")
    with queries() as thrice:
        browser.visit(url)
    assert len(thrice) == len(once)


def test_a_long_list_goes_on_by_key(browser, community, manager, monkeypatch):
    for module in (awards, award_views):
        monkeypatch.setattr(module, "PAGE", 2)
    for number in range(3):
        make.saved(
            Award(
                person_id=make.person(f"志{number}", at=community).id, office_id=community.id,
                name=f"奖{number}", awarded_on=make.TODAY, unit="区", rank="own",
                state="stands", made_at=make.NOW,
            )
        )  # fmt: skip
    page = browser.sign_in(manager).visit("/recognition/awards")
    assert "奖0" not in page.words
    after = next(a.get("href") for a in page.all("a", rel="next"))
    page = browser.visit(after)
    assert "奖0" in page.words
    assert "奖1" not in page.words

"""A draft that was agreed becomes a plan with posts to fill; surplus moves to shortfall."""

from __future__ import annotations

from datetime import date

import make
import pytest
from counting import queries
from drafting import EN, beside, changed, drafted, planned, post_at, real
from sqlalchemy import func, select
from village import populate, staff

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.offices.models import OfficeKind
from talent.rules.whatif import ChangeKind, DraftState
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments.service import Terms
from talent.staffing.drafts.models import Change, Draft
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind
from talent.staffing.plans.models import Plan, PlannedPost, PostState

pytestmark = pytest.mark.usefixtures("national")


def test_an_agreed_draft_becomes_a_plan_with_posts_to_fill(browser, scene, own, manager):
    key, link = planned(browser, scene, own, manager)
    page = browser.visit(link, headers=EN)
    (post,) = db.session.scalars(select(PlannedPost))
    assert page.all("tr", id=f"post-{post.id}")
    assert "leaves First" in page.words  # the rest is carried out by hand
    assert (post.number, post.office_id, post.starts_on) == (2, scene.two.id, date(2026, 9, 1))
    browser.send(f"/staffing/drafts/{key}/plan", status=409)
    assert db.session.scalar(select(func.count()).select_from(Plan)) == 1
    ahead = browser.visit(f"/staffing/forecast/{scene.two.id}", headers=EN)
    (row,) = ahead.all("tr", id="month-4")
    assert "+2 A planned post is filled" in " ".join("".join(row.itertext()).split())


def test_whom_nobody_stands_above_plans_alone(browser, scene, manager):
    key = drafted(browser.sign_in(manager), scene.district)
    browser.send(f"/staffing/drafts/{key}/plan", status=409)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/plan")
    assert db.session.get(Draft, key, populate_existing=True).state is DraftState.PLANNED


def test_each_post_is_filled_by_an_appointment_and_the_last_one_closes_it(
    browser, scene, own, manager
):
    planned(browser, scene, own, manager)
    (post,) = db.session.scalars(select(PlannedPost.id))
    url = f"/staffing/plans/posts/{post}/filling"
    page = browser.visit(url, headers=EN)
    assert "Nobody was appointed yet" in page.words
    for at in range(2):
        terms, person = Terms(AppointmentKind.FULL_TIME, date(2026, 9, 1)), make.person()
        with writing():
            row = appointing.appoint(person, scene.two, terms, actor=SYSTEM, now=make.NOW)
            key = row.id
        browser.send(url, appointment=key)
        if not at:
            browser.send(url, status=422, appointment=key)  # it fills a post already
    row = db.session.get(PlannedPost, post, populate_existing=True)
    assert (row.state, len(row.fillings), row.open_number) == (PostState.FILLED, 2, 0)
    assert not browser.visit("/staffing/plans").all("tr", id=f"post-{post}")
    assert browser.visit("/staffing/plans?state=filled").all("tr", id=f"post-{post}")


def test_a_post_is_given_up_with_a_reason_and_leaves_the_forecast(browser, scene, own):
    browser.sign_in(own)
    told = {
        "office": scene.two.id, "kind": "full_time", "number": 1, "share": "1",
        "starts_on": "2026-09-01", "certainty": "certain",
    }  # fmt: skip
    browser.send("/staffing/plans/posts/new", **told)
    for wrong in ({"number": 0}, {"number": 101}, {"share": "0"}, {"starts_on": ""}):
        browser.send("/staffing/plans/posts/new", status=422, **{**told, **wrong})
    (post,) = db.session.scalars(select(PlannedPost.id))
    url = f"/staffing/plans/posts/{post}/end"
    assert browser.send(url, status=422).all("p", id="reason-error")
    browser.send(url, reason="编制收回")
    row = db.session.get(PlannedPost, post, populate_existing=True)
    assert (row.state, row.reason) == (PostState.CANCELLED, "编制收回")
    browser.send(url, status=422, reason="再来")
    ahead = browser.visit(f"/staffing/forecast/{scene.two.id}", headers=EN)
    assert "A planned post is filled" not in ahead.words


def test_plans_and_posts_of_other_offices_are_not_there(browser, scene, own, manager):
    _, link = planned(browser, scene, own, manager)
    (post,) = db.session.scalars(select(PlannedPost.id))
    elsewhere = make.account(Role.MANAGER, scene.other)
    browser.sign_in(elsewhere).visit(link, status=404)
    browser.visit(f"/staffing/plans/posts/{post}/filling", status=404)
    assert not browser.visit("/staffing/plans").all("tr", id=f"post-{post}")


# --- from surplus to shortfall --------------------------------------------------------------------


def test_the_fewest_moves_are_proposed_near_ones_first_and_what_remains(browser, scene, manager):
    populate(scene.three, 10_000)
    staff(scene.three, 16)
    page = browser.sign_in(manager).visit(f"/staffing/moves?office={scene.district.id}", headers=EN)
    assert "3 moves" in page.words
    rows = [
        [" ".join("".join(c.itertext()).split()) for c in row.iter("td")][1:]
        for row in page.all("tbody")[0].iter("tr")
    ]
    assert rows == [["First", "Second same street"]] * 2 + [["First", "Third"]]
    assert "1 are missing still" in page.words


def test_the_proposal_becomes_a_draft_that_shows_what_it_does(browser, scene, own):
    before = real()
    browser.sign_in(own)
    link = browser.send("/staffing/moves/draft", office=scene.street.id, measure=OFFICIAL).location
    page = browser.visit(link, headers=EN)
    assert beside(page, scene.one)[0] == ["21 / 18 met", "19 / 18 met"]
    assert beside(page, scene.two)[0] == ["16 / 18 short by 2", "18 / 18 met"]
    assert db.session.query(Change).count() == 2
    assert real() == before


def test_elected_people_those_on_leave_and_those_with_two_posts_stay(browser, place, own):
    populate(place.one, 5_000)  # 9 are needed, 13 are there, and one may move
    staff(place.one, 9, kind=AppointmentKind.COMMITTEE)
    staff(place.one, 1, kind=AppointmentKind.PARTY)
    staff(place.one, 1, on_leave=True)
    both = staff(place.one)
    staff(place.one, kind=AppointmentKind.GRID, person=both)
    staff(place.one, kind=AppointmentKind.PARTY, person=both)
    may = staff(place.one)
    populate(place.two, 5_000)
    page = browser.sign_in(own).visit("/staffing/moves", headers=EN)
    (body, *_) = page.all("tbody")
    people = [a.get("href") for a in body.iter("a")]
    assert people == [f"/staffing/people/{may.id}"]


def test_moves_are_proposed_only_within_ones_own_offices(browser, scene, own):
    browser.sign_in(own)
    page = browser.visit(f"/staffing/moves?office={scene.district.id}")
    chosen = [o.get("value") for o in page.all("option") if o.get("selected") is not None]
    assert str(scene.street.id) in chosen
    told = {"office": scene.district.id, "measure": OFFICIAL}
    browser.send("/staffing/moves/draft", status=404, **told)
    browser.send("/staffing/moves/draft", status=404, **{**told, "measure": "none"})


def test_where_nobody_is_short_there_is_nobody_to_move(browser, place, own):
    populate(place.one, 10_000)
    staff(place.one, 18)
    page = browser.sign_in(own).visit("/staffing/moves", headers=EN)
    assert "No office is short" in page.words
    told = {"office": place.street.id, "measure": OFFICIAL}
    assert "/staffing/moves" in browser.send("/staffing/moves/draft", **told).location


def test_lists_and_drafts_ask_as_often_for_one_row_as_for_many(browser, scene, own, manager):
    key, link = planned(browser, scene, own, manager)
    pages = [
        "/staffing/drafts",
        f"/staffing/drafts/{key}",
        "/staffing/plans",
        link,
        "/staffing/moves",
    ]

    def asked(url):
        browser.visit(url)
        with queries() as sent:
            browser.visit(url)
        return len(sent)

    before = [asked(url) for url in pages]
    for at in range(2):
        more = make.office(f"新{at}", parent=scene.street, kind=OfficeKind.COMMUNITY)
        populate(more, 10_000)
        staff(more, 3)
        planned(browser, scene, own, manager)
        with writing():
            (draft,) = db.session.scalars(select(Draft).where(Draft.id == key))
            (plan,) = db.session.scalars(select(Plan).where(Plan.draft_id == key))
            draft.changes.append(
                Change(
                    kind=ChangeKind.MOVE, starts_on=make.TODAY, office_id=more.id,
                    appointment_id=post_at(more).id,
                )
            )  # fmt: skip
            db.session.add(
                PlannedPost(
                    plan_id=plan.id, office_id=more.id, kind=AppointmentKind.GRID, number=1,
                    starts_on=make.TODAY, certainty="certain", made_at=make.NOW,
                    changed_at=make.NOW,
                )
            )  # fmt: skip
    assert [asked(url) for url in pages] == before


def test_an_appointment_that_is_over_fills_no_post(browser, clock, scene, own, manager):
    planned(browser, scene, own, manager)
    (post,) = db.session.scalars(select(PlannedPost.id))
    gone = staff(scene.two, starts_on=make.TODAY, ends_on=date(2026, 6, 2))
    key = db.session.scalar(select(Appointment.id).where(Appointment.person_id == gone.id))
    clock.move_to(make.hours_later(25))
    browser.sign_in(own)
    browser.send(f"/staffing/plans/posts/{post}/filling", status=422, appointment=key)
    assert db.session.get(PlannedPost, post, populate_existing=True).open_number == 2

"""What if: drafts that change nothing real, shared with the level above, turned into plans."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from counting import queries
from sqlalchemy import func, select
from village import populate, staff

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.messages.models import Message, MessageKind
from talent.offices.models import OfficeKind
from talent.rules.whatif import ChangeKind, DraftState, SaidKind
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments.service import Terms
from talent.staffing.drafts import service
from talent.staffing.drafts.models import Change, Draft
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind, Population, Standard
from talent.staffing.plans.models import Plan, PlannedPost, PostState

pytestmark = pytest.mark.usefixtures("national")
EN = {"Accept-Language": "en"}


@pytest.fixture
def own(place):
    """An account that manages one street."""
    return make.account(Role.MANAGER, place.street, name="街道主管")


@pytest.fixture
def scene(place):
    """One community has three too many, its neighbour two too few."""
    populate(place.one, 10_000)
    staff(place.one, 21)
    populate(place.two, 10_000)
    staff(place.two, 16)
    return place


def drafted(browser, office, **more):
    told = {"office": office.id, "name": "调整方案", "measure": OFFICIAL, **more}
    link = browser.send("/staffing/drafts/new", **told).location
    return int(link.rsplit("/", 1)[1])


def changed(browser, key, kind, status=303, at="", **told):
    url = f"/staffing/drafts/{key}/changes/{kind}{f'?from={at}' if at else ''}"
    return browser.send(url, status=status, **{"starts_on": "2026-06-01", **told})


def post_at(office):
    query = select(Appointment).where(Appointment.office_id == office.id)
    return db.session.scalars(query.order_by(Appointment.id)).first()


def beside(page, office):
    """Before and after of an office: today, in a year, in two."""
    (first,) = page.all("tr", id=f"office-{office.id}")
    rows = list(page.all("tbody")[0].iter("tr"))
    at = rows.index(first)
    return [
        [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td")][1:]
        for row in rows[at : at + 3]
    ]


def look(browser, key):
    return browser.visit(f"/staffing/drafts/{key}", headers=EN)


def real():
    """All that a draft must not touch."""
    tables = (Appointment, Population, Standard, PlannedPost)
    return [
        db.session.execute(select(table.__table__).order_by(table.id)).all() for table in tables
    ]


def test_a_move_is_shown_before_and_after_and_nothing_real_changes(browser, scene, own):
    before = real()
    key = drafted(browser.sign_in(own), scene.street)
    told = {"appointment": post_at(scene.one).id, "office": scene.two.id}
    changed(browser, key, "move", at=scene.one.id, **told)
    page = look(browser, key)
    assert beside(page, scene.one)[0] == ["21 / 18 met", "20 / 18 met"]
    assert beside(page, scene.two) == [["16 / 18 short by 2", "17 / 18 short by 1"]] * 3
    assert beside(page, scene.street)[0] == ["37 / 36 met", "37 / 36 met"]
    assert real() == before


def test_a_move_on_a_day_to_come_is_not_seen_today(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    told = {"appointment": post_at(scene.one).id, "office": scene.two.id}
    changed(browser, key, "move", at=scene.one.id, starts_on="2027-01-01", **told)
    found = beside(look(browser, key), scene.two)
    assert [after for _, after in found] == ["16 / 18 short by 2", *["17 / 18 short by 1"] * 2]


def test_added_posts_ends_and_another_number_are_shown(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    told = {"office": scene.two.id, "appointment_kind": "full_time", "number": 3, "share": "1"}
    changed(browser, key, "add", **told)
    changed(browser, key, "end", at=scene.one.id, appointment=post_at(scene.one).id)
    changed(browser, key, "standard", target="20", starts_on="2026-07-01")
    page = look(browser, key)
    assert [after for _, after in beside(page, scene.two)] == [
        "19 / 18 met",
        *["19 / 20 short by 1"] * 2,
    ]
    assert [after for _, after in beside(page, scene.one)] == ["20 / 18 met", *["20 / 20 met"] * 2]
    assert "3 × Full-time community worker" in page.words


def test_a_merge_adds_people_and_residents_and_the_other_office_is_gone(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    changed(browser, key, "merge", office=scene.one.id, merged=scene.two.id)
    page = look(browser, key)
    assert beside(page, scene.one)[0] == ["21 / 18 met", "37 / 36 met"]
    assert beside(page, scene.two)[0] == ["16 / 18 short by 2", "merged"]
    assert beside(page, scene.street)[0] == ["37 / 36 met", "37 / 36 met"]


def test_two_streets_are_merged_with_all_below_them(browser, scene, manager):
    populate(scene.three, 10_000)
    staff(scene.three, 10)
    key = drafted(browser.sign_in(manager), scene.district)
    changed(browser, key, "merge", office=scene.street.id, merged=scene.other.id)
    page = look(browser, key)
    assert beside(page, scene.street)[0] == ["37 / 36 met", "47 / 54 short by 7"]
    assert beside(page, scene.other)[0] == ["10 / 18 short by 8", "merged"]
    assert beside(page, scene.district)[0] == ["47 / 54 short by 7"] * 2


def test_below_a_merged_street_the_standard_of_the_other_holds(scene):
    populate(scene.three, 10_000)
    for office, target in ((scene.street, 25), (scene.other, 10)):
        make.saved(
            Standard(
                office_id=office.id, name_zh="本地", target=Decimal(target), kinds=["full_time"],
                population_kind="urban_resident", count_mode="headcount", source="街道",
                valid_from=date(2024, 1, 1),
            )
        )  # fmt: skip
    with writing():
        draft = service.make(
            scene.district, name="合并", measure=OFFICIAL, today=make.TODAY, actor=SYSTEM,
            now=make.NOW,
        )  # fmt: skip
        service.add(
            draft,
            service.Wanted(ChangeKind.MERGE, make.TODAY, office=scene.street, merged=scene.other),
            now=make.NOW,
        )
    _, found = service.beside(SYSTEM, draft, today=make.TODAY)
    (three,) = (one for one in found if one.office.id == scene.three.id)
    assert [outcome.required for outcome in (three.before[0], three.after[0])] == [10, 25]


def test_an_empty_draft_is_the_same_before_and_after(scene):
    with writing():
        draft = service.make(
            scene.district, name="空", measure=OFFICIAL, today=make.TODAY, actor=SYSTEM,
            now=make.NOW,
        )  # fmt: skip
    _, found = service.beside(SYSTEM, draft, today=make.TODAY)
    assert len(found) == 6
    assert not any(one.differs for one in found)


@pytest.mark.parametrize(
    ("kind", "told", "field"),
    [
        ("add", {"number": 0}, "number"),
        ("add", {"share": "1.5"}, "share"),
        ("add", {"starts_on": "2026-05-31"}, "starts_on"),
        ("add", {"starts_on": ""}, "starts_on"),
        ("standard", {"target": "0"}, "target"),
        ("standard", {"target": ""}, "target"),
        ("merge", {"merged": "one"}, "merged"),
        ("merge", {"merged": "street"}, "merged"),
    ],
)
def test_a_change_that_cannot_be_is_refused_beside_its_field(
    browser, scene, own, kind, told, field
):
    key = drafted(browser.sign_in(own), scene.street)
    given = {
        "add": {"office": "one", "appointment_kind": "full_time", "number": 1, "share": "1"},
        "standard": {"target": "20"},
        "merge": {"office": "one", "merged": "two"},
    }[kind] | told
    for name in ("office", "merged"):
        if name in given:
            given[name] = getattr(scene, given[name]).id
    page = changed(browser, key, kind, status=422, **given)
    assert page.all("p", id=f"{field}-error")
    assert db.session.query(Change).count() == 0


def test_an_appointment_is_moved_or_ended_once_and_never_to_where_it_is(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    post = post_at(scene.one).id
    here = {"appointment": post, "office": scene.one.id}
    assert changed(browser, key, "move", 422, scene.one.id, **here).all("p", id="office-error")
    changed(browser, key, "end", at=scene.one.id, appointment=post)
    told = {"appointment": post, "office": scene.two.id}
    page = changed(browser, key, "move", 422, scene.one.id, **told)
    assert page.all("p", id="appointment-error")


def test_a_draft_touches_only_offices_below_its_own(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    staff(scene.three)
    browser.visit(f"/staffing/drafts/{key}/changes/none", status=404)
    first = browser.visit(f"/staffing/drafts/{key}/changes/move?from={scene.three.id}")
    assert first.all("select", id="from")  # as if none had been chosen
    told = {"office": scene.three.id, "appointment_kind": "full_time", "number": 1, "share": "1"}
    changed(browser, key, "add", status=422, **told)


def test_a_change_is_taken_out_again(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    changed(browser, key, "standard", target="20")
    (change,) = db.session.scalars(select(Change.id))
    browser.send(f"/staffing/drafts/{key}/changes/{change}/removal")
    assert db.session.query(Change).count() == 0
    browser.send(f"/staffing/drafts/{key}/changes/{change}/removal", status=404)


# --- who sees it, and what is said ----------------------------------------------------------------


def shared(browser, place, own):
    key = drafted(browser.sign_in(own), place.street)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing", words="请审阅")
    return key


def test_a_draft_is_its_owners_until_it_is_shared(browser, scene, own, manager):
    key = drafted(browser.sign_in(own), scene.street)
    changed(browser, key, "standard", target="20")
    neighbour = make.account(Role.MANAGER, scene.street)
    for other in (neighbour, manager):
        browser.sign_in(other).visit(f"/staffing/drafts/{key}", status=404)
        assert not browser.visit("/staffing/drafts").all("tr", id=f"draft-{key}")
    browser.sign_in(own).send(f"/staffing/drafts/{key}/sharing")
    browser.sign_in(manager).visit(f"/staffing/drafts/{key}")
    elsewhere = make.account(Role.MANAGER, scene.other)
    browser.sign_in(elsewhere).visit(f"/staffing/drafts/{key}", status=404)


def test_who_stands_above_reads_and_answers_and_changes_nothing(browser, scene, own, manager):
    key = shared(browser, scene, own)
    page = browser.sign_in(manager).visit(f"/staffing/drafts/{key}", headers=EN)
    assert "Take out" not in page.words
    for url in ("base", "sharing", "end", "plan"):
        browser.send(f"/staffing/drafts/{key}/{url}", status=404)
    changed(browser, key, "standard", status=404, target="30")
    page = browser.send(f"/staffing/drafts/{key}/answer", status=422, answer="send_back")
    assert page.all("p", id="words-error")
    browser.send(f"/staffing/drafts/{key}/answer", answer="send_back", words="依据不足")
    draft = db.session.get(Draft, key, populate_existing=True)
    assert draft.state is DraftState.SENT_BACK
    assert [said.kind for said in draft.said] == [SaidKind.SHARED, SaidKind.SENT_BACK]
    assert "依据不足" in browser.sign_in(own).visit(f"/staffing/drafts/{key}").words
    changed(browser, key, "standard", target="19")  # it is the owner's to mend again
    browser.send(f"/staffing/drafts/{key}/sharing")
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    assert db.session.get(Draft, key, populate_existing=True).state is DraftState.AGREED


def test_a_shared_draft_stays_as_it_is(browser, scene, own):
    key = shared(browser, scene, own)
    changed(browser, key, "standard", status=422, target="30")
    (change,) = db.session.scalars(select(Change.id))
    browser.send(f"/staffing/drafts/{key}/changes/{change}/removal", status=409)
    for url in ("base", "sharing", "end", "plan"):
        browser.send(f"/staffing/drafts/{key}/{url}", status=409)


def test_nobody_answers_his_own_draft_and_a_remark_decides_nothing(browser, scene, manager):
    key = drafted(browser.sign_in(manager), scene.street)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing")
    page = browser.send(f"/staffing/drafts/{key}/answer", status=422, answer="agree")
    assert "draft is yours" in page.words or "本人" in page.words or "您" in page.words
    browser.send(f"/staffing/drafts/{key}/remarks", status=422)
    browser.send(f"/staffing/drafts/{key}/remarks", words="再想想")
    draft = db.session.get(Draft, key, populate_existing=True)
    assert (draft.state, draft.said[-1].words) == (DraftState.SHARED, "再想想")


def test_an_auditor_reads_what_is_shared_and_answers_nothing(browser, scene, own):
    key = shared(browser, scene, own)
    auditor = make.account(Role.AUDITOR, scene.district)
    page = browser.sign_in(auditor).visit(f"/staffing/drafts/{key}", headers=EN)
    assert "Agree" not in page.said("button")
    browser.send(f"/staffing/drafts/{key}/answer", status=403, answer="agree")
    assert "Remark" not in page.said("button")
    browser.send(f"/staffing/drafts/{key}/remarks", status=403, words="不同意")
    assert db.session.get(Draft, key, populate_existing=True).said[-1].words != "不同意"


def told(kind):
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(message.account_id, message.facts["event"]) for message in found]


def test_who_can_answer_hears_of_a_shared_draft_and_its_owner_of_every_word(
    browser, scene, own, manager
):
    make.account(Role.COORDINATOR, scene.district)
    make.account(Role.MANAGER, scene.street)
    key = shared(browser, scene, own)
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")]
    browser.send(f"/staffing/drafts/{key}/remarks", words="补充说明")
    assert told(MessageKind.DRAFT_ANSWERED) == []  # the owner spoke
    browser.sign_in(manager)
    browser.send(f"/staffing/drafts/{key}/remarks", words="请附人口数")
    browser.send(f"/staffing/drafts/{key}/answer", answer="send_back", words="依据不足")
    browser.sign_in(own).send(f"/staffing/drafts/{key}/sharing")
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")] * 2
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    heard = [(own.id, event) for event in ("remark", "sent_back", "agreed")]
    assert told(MessageKind.DRAFT_ANSWERED) == heard


def test_where_the_office_above_has_no_staff_the_next_above_hears_of_the_draft(
    browser, scene, manager
):
    one = make.account(Role.MANAGER, scene.one)
    key = drafted(browser.sign_in(one), scene.one)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing")
    assert told(MessageKind.DRAFT_SHARED) == [(manager.id, "shared")]


def test_nothing_is_shared_where_nobody_stands_above_or_nothing_changes(browser, scene, manager):
    key = drafted(browser.sign_in(manager), scene.district)
    browser.send(f"/staffing/drafts/{key}/sharing", status=409)
    changed(browser, key, "standard", target="20")
    browser.send(f"/staffing/drafts/{key}/sharing", status=409)


def test_a_draft_says_which_facts_changed_since_and_takes_them_as_its_base(
    browser, scene, own, clock
):
    key = drafted(browser.sign_in(own), scene.street)
    assert "The facts changed since" not in look(browser, key).words
    clock.move_to(make.hours_later(25))
    terms, now = Terms(AppointmentKind.FULL_TIME, date(2026, 6, 1)), make.hours_later(25)
    for office, person in ((scene.one, make.person()), (scene.three, make.person())):
        with writing():
            appointing.appoint(person, office, terms, actor=SYSTEM, now=now)
    page = look(browser.sign_in(own), key)
    assert "Changed an appointment: 1" in page.words
    browser.send(f"/staffing/drafts/{key}/base")
    assert "The facts changed since" not in look(browser, key).words
    assert db.session.get(Draft, key, populate_existing=True).base_on == date(2026, 6, 2)


def test_a_draft_is_thrown_away_and_its_owner_keeps_the_trace(browser, scene, own):
    key = drafted(browser.sign_in(own), scene.street)
    browser.send(f"/staffing/drafts/{key}/end")
    assert db.session.get(Draft, key, populate_existing=True).state is DraftState.DROPPED
    changed(browser, key, "standard", status=422, target="20")


# --- plans ----------------------------------------------------------------------------------------


def planned(browser, place, own, manager):
    key = drafted(browser.sign_in(own), place.street)
    told = {"office": place.two.id, "appointment_kind": "full_time", "number": 2, "share": "1"}
    changed(browser, key, "add", starts_on="2026-09-01", **told)
    changed(browser, key, "end", at=place.one.id, appointment=post_at(place.one).id)
    browser.send(f"/staffing/drafts/{key}/sharing")
    browser.send(f"/staffing/drafts/{key}/plan", status=409)
    browser.sign_in(manager).send(f"/staffing/drafts/{key}/answer", answer="agree")
    link = browser.sign_in(own).send(f"/staffing/drafts/{key}/plan").location
    return key, link


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

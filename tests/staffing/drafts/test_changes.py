"""What a draft changes, shown before and after; nothing real is touched."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from drafting import beside, changed, drafted, look, post_at, real
from sqlalchemy import select
from village import populate, staff

from talent.access import SYSTEM
from talent.db import db, writing
from talent.rules.whatif import ChangeKind
from talent.staffing.drafts import service
from talent.staffing.drafts.models import Change
from talent.staffing.models import OFFICIAL, Standard

pytestmark = pytest.mark.usefixtures("national")


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

"""Stated figures: one sheet for an office, corrected one by one, and refused with the reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from counting import queries
from rows import YEAR_END, quantity, stated

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.indicators.models import StatedFigure
from talent.offices.models import Settlement


@pytest.fixture
def clerk(browser, manager):
    return browser.sign_in(manager)


def name(code):
    return f"quantity_{quantity(code).id}"


def send(browser, office, *, as_of="2025-12-31", source="年报", status=303, **numbers):
    fields = {name(code): number for code, number in numbers.items()}
    url = f"/indicators/figures/new?office={office.id}"
    return browser.send(url, status, as_of=as_of, source=source, **fields)


def kept():
    rows = db.session.query(StatedFigure).order_by(StatedFigure.id)
    return [(row.quantity_id, row.number, row.as_of, row.source) for row in rows]


def test_a_sheet_keeps_what_was_typed_and_nothing_else(clerk, place):
    send(clerk, place.one, facility_area="１,240.5", activity_area="0", with_facility="1")
    area, activity, has = (
        quantity(code).id for code in ("facility_area", "activity_area", "with_facility")
    )
    assert sorted(kept()) == sorted(
        [
            (area, Decimal("1240.5"), YEAR_END, "年报"),
            (activity, Decimal(0), YEAR_END, "年报"),
            (has, Decimal(1), YEAR_END, "年报"),
        ]
    )
    (entry,) = db.session.query(AuditEntry).filter_by(act=Act.FIGURES_STATED)
    assert entry.facts["stated"]["facility_area"] == "1240.5"


def test_the_same_sheet_again_changes_nothing_and_another_number_corrects(clerk, place):
    send(clerk, place.one, facility_area="100")
    page = send(clerk, place.one, facility_area="100")
    assert page.location.endswith(f"/indicators/figures?office={place.one.id}")
    assert db.session.query(AuditEntry).filter_by(act=Act.FIGURES_STATED).count() == 1
    send(clerk, place.one, facility_area="120")
    assert [row[1] for row in kept()] == [120]
    last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert last.facts["before"] == {"facility_area": "100.0000"} or last.facts["before"] == {
        "facility_area": "100"
    }


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ({"facility_area": "abc"}, "Give a number."),
        ({"facility_area": "-1"}, "Give a number from 0"),
        ({"facility_area": "1.23456"}, "Give at most 4 decimals."),
        ({"facility_area": "NaN"}, "Give a number."),
        ({"facility_area": "1e40"}, "Give a number"),
        ({"facility_area": "100", "activity_area": "101"}, "A part cannot be more than its whole"),
        ({}, "Nothing was written."),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(clerk, place, numbers, said):
    page = send(clerk, place.one, status=422, **numbers)
    assert said in page.words
    for code, typed in numbers.items():
        assert [e.get("value") for e in page.all("input", name=name(code))] == [typed]
    assert kept() == []


def test_a_day_that_has_not_come_is_refused_beside_its_field(clerk, place):
    page = send(clerk, place.one, as_of="2026-06-02", status=422, facility_area="1")
    assert page.all("p", id="as_of-error")


def test_only_what_speaks_of_an_office_is_asked_of_it(clerk, place):
    page = clerk.visit(f"/indicators/figures/new?office={place.one.id}")
    assert {name("with_facility"), name("self_service"), name("facility_area")} <= page.fields()
    above = clerk.visit(f"/indicators/figures/new?office={place.street.id}")
    assert name("with_facility") not in above.fields()
    assert name("facility_area") in above.fields()


def test_a_rural_community_is_not_asked_for_self_service(clerk, place):
    with writing():
        db.session.merge(place.three).settlement = Settlement.RURAL
    page = clerk.visit(f"/indicators/figures/new?office={place.three.id}")
    assert name("self_service") not in page.fields()
    assert name("with_facility") in page.fields()


def test_the_sheet_says_what_was_stated_last(clerk, place):
    stated(place.one, facility_area=1_240)
    page = clerk.visit(f"/indicators/figures/new?office={place.one.id}")
    assert "Stated last: 1240, as of 31 Dec 2025" in page.words


def test_one_figure_is_corrected_and_the_trace_keeps_the_old_one(clerk, place):
    row = stated(place.one, facility_area=1_240)
    url = f"/indicators/figures/{row.id}/edit"
    clerk.visit(url)
    clerk.send(url, number="1250", as_of="2025-12-30", source="复核")
    assert kept() == [(row.quantity_id, Decimal(1250), date(2025, 12, 30), "复核")]
    entry = db.session.query(AuditEntry).filter_by(act=Act.FIGURES_STATED).one()
    assert entry.facts["before"]["as_of"] == "2025-12-31"


def test_a_corrected_part_stays_within_its_whole(clerk, place):
    row = stated(place.one, activity_area=700)
    stated(place.one, facility_area=1_240)
    url, fields = f"/indicators/figures/{row.id}/edit", {"as_of": "2025-12-31", "source": "复核"}
    page = clerk.send(url, 422, number="1241", **fields)
    assert "A part cannot be more than its whole: 1241 of 1240" in page.words
    clerk.send(url, number="1240", **fields)


def test_two_figures_of_one_day_cannot_be(clerk, place):
    stated(place.one, facility_area=1)
    row = stated(place.one, date(2024, 12, 31), facility_area=2)
    page = clerk.send(
        f"/indicators/figures/{row.id}/edit", 422, number="2", as_of="2025-12-31", source="年报"
    )
    assert "There is a figure of this quantity, office and day already." in page.words


def test_figures_of_another_office_are_not_found(browser, place):
    row = stated(place.one, facility_area=1)
    other = make.office("别处社区")
    browser.sign_in(make.account(Role.MANAGER, other))
    browser.visit(f"/indicators/figures/{row.id}/edit", status=404)
    browser.visit(f"/indicators/figures/new?office={place.one.id}", status=404)
    assert "1" not in browser.visit("/indicators/figures").said("td")


def test_a_reader_sees_and_does_not_state(browser, place):
    stated(place.one, facility_area=1_240)
    browser.sign_in(make.account(Role.COORDINATOR, place.one))
    page = browser.visit("/indicators/figures")
    assert "1240 m²" in page.said("td")
    browser.visit("/indicators/figures/new", status=403)


def test_the_list_is_narrowed_and_asks_the_same_for_one_and_three(clerk, place):
    stated(place.one, facility_area=1)

    def asked():
        with queries() as sent:
            clerk.visit("/indicators/figures")
        return len(sent)

    before = asked()
    stated(place.two, facility_area=2)
    stated(place.three, facility_area=3, activity_area=1)
    assert asked() == before
    page = clerk.visit(
        f"/indicators/figures?office={place.street.id}&quantity={quantity('facility_area').id}"
    )
    assert len(page.all("tr")) == 3  # the head and two rows


def test_the_list_goes_on_page_by_page(clerk, place):
    for day in range(1, 29):
        stated(place.one, date(2025, 1, day), facility_area=day, activity_area=day)
    seen, url = set(), "/indicators/figures"
    while url:
        page = clerk.visit(url)
        seen |= {e.get("id") for e in page.all("tr") if e.get("id")}
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    assert len(seen) == 56

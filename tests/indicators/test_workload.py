"""Workload: a sheet for a month, ceilings by kind, who is over and by how much."""

from __future__ import annotations

from datetime import date

import make
import pytest
from counting import queries
from rows import cases, work
from village import staff

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.indicators.models import CaseCount, Ceiling, WorkKind

JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)


@pytest.fixture
def clerk(browser, manager):
    return browser.sign_in(manager)


def ceiling(clerk, code, most, office, status=303, **more):
    fields = {
        "office": office.id, "most": most, "beside": 0, "beside_most": "",
        "valid_from": "2026-01-01", "last_day": "", "source": "CWLA", "sure": "a", **more,
    }  # fmt: skip
    return clerk.send(f"/indicators/workload/kinds/{work(code).id}/ceilings/new", status, **fields)


def row(page, name, id_):
    (found,) = page.all("tr", id=f"{name}-{id_}")
    return {
        cell.get("data-label"): " ".join("".join(cell.itertext()).split())
        for cell in found.iter("td")
    }


def month(clerk, office, when="2026-06"):
    return clerk.visit(f"/indicators/workload?office={office.id}&month={when}")


def sheet(office, *codes, when="2026-06"):
    kinds = "".join(f"&kind={work(code).id}" for code in codes)
    return f"/indicators/workload/sheet?office={office.id}&month={when}{kinds}"


def test_a_clerk_fills_the_sheet_of_a_month(clerk, place):
    one, two = staff(place.one), staff(place.one)
    staff(place.one, ends_on=date(2026, 5, 31))
    url = sheet(place.one, "cases", "families")
    page = clerk.visit(url)
    assert len([f for f in page.fields() if f and f.startswith("count_")]) == 4
    cell = f"count_{one.id}_{work('cases').id}"
    clerk.send(url, **{cell: "１２", f"count_{two.id}_{work('families').id}": "0"})
    found = [(c.person_id, c.kind.code, c.number, c.month) for c in db.session.query(CaseCount)]
    assert sorted(found) == sorted([(one.id, "cases", 12, JUNE), (two.id, "families", 0, JUNE)])
    again = clerk.visit(sheet(place.one))
    assert [e.get("value") for e in again.all("input", name=cell)] == ["12"]
    clerk.send(url, **{cell: ""})
    assert db.session.query(CaseCount).count() == 0
    assert db.session.query(AuditEntry).filter_by(act=Act.CASES_COUNTED).count() == 2


@pytest.mark.parametrize("typed", ["-1", "1.5", "viele", "100001", "1e3"])
def test_what_is_no_count_is_refused_beside_its_field_and_stays(clerk, place, typed):
    person = staff(place.one)
    cell = f"count_{person.id}_{work('cases').id}"
    page = clerk.send(sheet(place.one, "cases"), 422, **{cell: typed})
    assert page.all("p", id=f"{cell}-error")
    assert [e.get("value") for e in page.all("input", name=cell)] == [typed]
    assert db.session.query(CaseCount).count() == 0


def test_the_month_before_is_taken_over_with_a_button(clerk, place):
    person = staff(place.one)
    cases(person, place.one, 7, month=MAY)
    cell = f"count_{person.id}_{work('cases').id}"
    plain = clerk.visit(sheet(place.one))
    assert [e.get("value") for e in plain.all("input", name=cell)] == [""]
    assert "month before: 7" in plain.words
    taken = clerk.visit(sheet(place.one) + "&from=before")
    assert [e.get("value") for e in taken.all("input", name=cell)] == ["7"]
    assert db.session.query(CaseCount).count() == 1


def test_a_month_that_has_not_begun_is_refused(clerk, place):
    person = staff(place.one)
    fields = {f"count_{person.id}_{work('cases').id}": "1"}
    page = clerk.send(sheet(place.one, "cases", when="2026-07"), 422, **fields)
    assert "has not begun yet." in page.words
    for wrong in ("2026-13", "1850-01", "x"):
        clerk.visit(sheet(place.one, when=wrong), status=404)


def test_who_is_over_the_ceiling_and_by_how_much(clerk, place):
    ceiling(clerk, "investigations", "12", place.district)
    ceiling(clerk, "families", "17", place.district)
    pair = {"beside": work("investigations").id, "beside_most": "4"}
    ceiling(clerk, "families", "10", place.district, **pair)
    alone, both, fine = staff(place.one), staff(place.one), staff(place.two)
    half = staff(place.two, share="0.5")
    cases(alone, place.one, 13, code="investigations")
    cases(both, place.one, 11, code="families")
    cases(both, place.one, 4, code="investigations")
    cases(fine, place.two, 17, code="families")
    cases(half, place.two, 9, code="families")
    page = month(clerk, place.street)
    over = "More than the ceiling"
    assert row(page, "worker", alone.id)[over].startswith("1 over")
    assert "11, at most 10" in row(page, "worker", both.id)[over]
    assert row(page, "worker", fine.id)[over] == "—"
    assert row(page, "worker", half.id)[over].startswith("0.5 over")
    assert row(page, "office", place.one.id)["Workers over a ceiling"] == "2"
    assert row(page, "office", place.street.id)["Workers over a ceiling"] == "3"


def test_an_upper_office_is_all_cases_over_all_workers(clerk, place):
    kind = "Cases"
    for office, numbers in ((place.one, (10, 20)), (place.two, (60,))):
        for number in numbers:
            cases(staff(office), office, number)
    staff(place.two)
    page = month(clerk, place.street)
    assert row(page, "office", place.one.id)[kind] == "30 15.00 for each"
    assert row(page, "office", place.street.id)[kind] == "90 30.00 for each"  # not 37.50
    assert row(page, "office", place.street.id)["Workers with a count"] == "3 of 4"


def test_one_worker_at_two_offices_is_held_to_the_sum(clerk, place):
    ceiling(clerk, "cases", "10", place.district)
    person = staff(place.one, share="0.5")
    staff(place.two, person=person, share="0.5")
    cases(person, place.one, 6)
    cases(person, place.two, 5)
    for office in (place.one, place.street):
        page = month(clerk, office)
        assert row(page, "worker", person.id)["Cases"] == "11"
        assert row(page, "worker", person.id)["More than the ceiling"].startswith("1 over")
    assert (
        row(month(clerk, place.street), "office", place.street.id)["Cases"] == "11 11.00 for each"
    )


def test_twelve_months_stand_below_one_another(clerk, place):
    person = staff(place.one)
    cases(person, place.one, 5, month=date(2025, 7, 1))
    cases(person, place.one, 8)
    cases(person, place.one, 99, month=date(2025, 6, 1))
    words = month(clerk, place.one).words
    assert "July 2025 5 ( 5.00 for each )" in words or "July 2025 5 (5.00 for each)" in words
    assert "99.00" not in words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": "2025-12-31"}, "last_day"),
        ({"beside_most": "4"}, "beside_most"),
        ({"most": "0"}, "most"),
        ({"most": "x"}, "most"),
        ({"most": "1.234"}, "most"),
        ({"source": ""}, "source"),
    ],
)
def test_what_is_no_ceiling_is_refused(clerk, place, change, field):
    page = ceiling(clerk, "cases", change.pop("most", "10"), place.one, 422, **change)
    assert page.all("p", id=f"{field}-error")
    assert db.session.query(Ceiling).count() == 0


def test_a_scheme_fills_the_form_and_holds_nowhere_before(clerk, place):
    assert db.session.query(Ceiling).count() == 0
    url = f"/indicators/workload/kinds/{work('families').id}/ceilings/new?scheme=cwla_combined"
    page = clerk.visit(url)
    assert [e.get("value") for e in page.all("input", name="most")] == ["10"]
    assert [e.get("value") for e in page.all("input", name="beside_most")] == ["4"]
    listed = clerk.visit("/indicators/workload/ceilings").words
    assert "10 + 4 · CWLA [A]" in listed
    assert "250 · NASW 2012 [M]" in listed


def test_a_ceiling_ends(clerk, place):
    ceiling(clerk, "cases", "10", place.street)
    made = db.session.query(Ceiling).one()
    assert "From 1 Jan 2026 on" in clerk.visit("/indicators/workload/ceilings").words
    clerk.visit(f"/indicators/workload/ceilings/{made.id}/end")
    clerk.send(f"/indicators/workload/ceilings/{made.id}/end", last_day="2026-05-31")
    assert "1 Jan 2026 – 31 May 2026" in clerk.visit("/indicators/workload/ceilings").words
    person = staff(place.one)
    cases(person, place.one, 11)
    assert row(month(clerk, place.one), "worker", person.id)["More than the ceiling"] == "—"


def test_an_office_counts_a_kind_of_its_own(browser, clerk, place):
    fields = {
        "office": place.street.id,
        "name_zh": "网格走访",
        "name_en": "Visits",
        "unit_zh": "次",
    }
    clerk.visit("/indicators/workload/kinds/new")
    clerk.send("/indicators/workload/kinds/new", **fields, unit_en="visits")
    clerk.send("/indicators/workload/kinds/new", **fields | {"name_zh": "走访"}, unit_en="visits")
    kind = db.session.query(WorkKind).filter_by(name_zh="网格走访").one()
    assert kind.office_id == place.street.id
    browser.sign_in(make.account(Role.MANAGER, place.other))
    assert "Visits" not in browser.visit("/indicators/workload/ceilings").words
    browser.visit(f"/indicators/workload/kinds/{kind.id}/ceilings/new", status=404)


def test_counts_of_another_office_are_out_of_reach(browser, clerk, place):
    person = staff(place.one)
    cases(person, place.one, 4)
    ceiling(clerk, "cases", "10", place.street)
    made = db.session.query(Ceiling).one()
    browser.sign_in(make.account(Role.MANAGER, place.two))
    browser.visit(f"/indicators/workload?office={place.one.id}", status=404)
    browser.visit(sheet(place.one), status=404)
    browser.visit(f"/indicators/workload/ceilings/{made.id}/end", status=404)
    assert person.name not in browser.visit("/indicators/workload").words


def test_the_same_number_of_questions_for_one_and_for_many(clerk, place):
    cases(staff(place.one), place.one, 3)

    def asked():
        with queries() as sent:
            month(clerk, place.district)
            clerk.visit(sheet(place.one))
        return len(sent)

    before = asked()
    for office in (place.one, place.one, place.two, place.three):
        cases(staff(office), office, 5)
    assert asked() == before

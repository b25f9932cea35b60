"""The manager's page: the law's figures, per office and rolled up, on any day."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import make
import openpyxl
import pytest
from counting import queries
from village import AS_OF, certify, populate, row_of, staff

from talent.access import Role
from talent.db import writing
from talent.offices.models import OfficeKind
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.standards import Ratio
from talent.staffing.models import AppointmentKind
from talent.staffing.standards import service as standards


def standard(office, target="25", **more):
    terms = {
        "name_zh": "地方标准",
        "source": "区政府",
        "valid_from": date(2024, 1, 1),
        "terms": Ratio(Decimal(target)),
        "actor": standards.SYSTEM,
        "now": make.NOW,
    }
    counting = {name: more.pop(name) for name in ("kinds", "count_mode") if name in more}
    with writing():
        return standards.add_standard(
            office=office, counting=standards.Counting(**counting), **terms | more
        )


@pytest.mark.parametrize(
    ("population", "people", "told"),
    [
        (50_010, 90, ["18.00", "1", "not met"]),
        (10_000, 18, ["18.00", "0", "met"]),
        (8_000, 15, ["18.75", "0", "met"]),
        (10_000, 0, ["0.00", "18", "not met"]),
    ],
)
@pytest.mark.usefixtures("national")
def test_the_page_shows_the_worked_examples(browser, place, manager, *, population, people, told):
    staff(place.one, people)
    populate(place.one, population)
    shown = row_of(browser.sign_in(manager).visit("/staffing/"), place.one)
    assert shown["People counted"] == str(people)
    assert shown["Population"] == str(population)
    assert shown["Target"] == "18"
    assert [shown[name] for name in ("Per 10,000", "Shortfall", "Standard met")] == told


def test_full_time_equivalents_are_added_up_exactly(browser, place, manager):
    standard(place.one, "18", count_mode=CountMode.FTE)
    staff(place.one, 78)
    staff(place.one, 5, share="0.1")
    populate(place.one, 52_300)
    shown = row_of(browser.sign_in(manager).visit("/staffing/"), place.one)
    assert shown["People counted"] == "78.5"
    assert shown["Per 10,000"] == "15.01"
    assert shown["Shortfall"] == "16"


def test_one_person_with_two_posts_counts_once(browser, place, national, manager):
    person = staff(place.one, kind=AppointmentKind.PARTY)
    staff(place.one, kind=AppointmentKind.COMMITTEE, person=person)
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.one)["People counted"] == "1"


def test_one_person_in_two_communities_counts_once_above_them(browser, place, national, manager):
    person = staff(place.one)
    staff(place.two, person=person)
    staff(place.two)
    page = browser.sign_in(manager).visit("/staffing/")
    counted = [row_of(page, o)["People counted"] for o in (place.one, place.two, place.street)]
    assert counted == ["1", "2", "2"]


def test_only_the_kinds_that_the_standard_names_count(browser, place, national, manager):
    staff(place.one, kind=AppointmentKind.GRID)
    staff(place.one, 2, kind=AppointmentKind.PARTY)
    browser.sign_in(manager)
    assert row_of(browser.visit("/staffing/"), place.one)["People counted"] == "2"
    standard(place.one, kinds=list(AppointmentKind))
    assert row_of(browser.visit("/staffing/"), place.one)["People counted"] == "3"


def test_a_roll_up_equals_a_recount_and_is_no_average(browser, place, national, manager):
    staff(place.one, 30)
    staff(place.two, 2)
    populate(place.one, 10_000)
    populate(place.two, 20_000)
    shown = row_of(browser.sign_in(manager).visit("/staffing/"), place.street)
    assert shown["People counted"] == "32"
    assert shown["Population"] == "30000"
    assert shown["Per 10,000"] == "10.67"  # the average of 30 and 1 would be 15.50
    assert shown["Shortfall"] == "22"
    assert shown["Shortfalls directly below"] == "34"


def test_staff_of_a_street_count_once_and_there(browser, place, national, manager):
    staff(place.street, 2)
    staff(place.one)
    populate(place.one, 1_000)
    populate(place.two, 1_000)
    page = browser.sign_in(manager).visit("/staffing/")
    counted = [row_of(page, o)["People counted"] for o in (place.one, place.two, place.street)]
    assert counted == ["1", "0", "3"]


def test_people_of_a_station_count_with_the_street_and_those_of_a_partner_nowhere(
    browser, place, national, manager
):
    station = make.office("社工站", parent=place.street, kind=OfficeKind.STATION)
    partner = make.office("合作机构", parent=place.street, kind=OfficeKind.PARTNER)
    staff(station)
    staff(partner, 5)
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.street)["People counted"] == "1"
    assert page.all("tr", id=f"office-{station.id}") == []


def test_a_street_has_no_ratio_while_a_community_has_no_figure(browser, place, national, manager):
    populate(place.one, 1_000)
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.street)["Per 10,000"] == "—"
    assert "1 offices below have no population figure" in page.words
    populate(place.street, 5_000)
    page = browser.visit("/staffing/")
    assert row_of(page, place.street)["Population"] == "5000"


@pytest.mark.parametrize(
    ("on", "people"),
    [("2026-02-28", "0"), ("2026-03-01", "1"), ("2026-03-31", "1"), ("2026-04-01", "0")],
)
def test_the_first_day_counts_and_the_day_after_the_last_does_not(
    browser, place, manager, on, people
):
    staff(place.one, starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1))
    page = browser.sign_in(manager).visit(f"/staffing/?on={on}")
    assert row_of(page, place.one)["People counted"] == people
    names = browser.visit(f"/staffing/{place.one.id}?on={on}").all("tr")
    assert sum((tr.get("id") or "").startswith("person-") for tr in names) == int(people)


def test_the_population_and_the_target_are_those_of_the_day(browser, place, national, manager):
    populate(place.one, 1_000, as_of=date(2024, 1, 1))
    populate(place.one, 2_000, as_of=date(2026, 1, 1))
    standard(place.street, "25", last_day=date(2024, 12, 31))
    browser.sign_in(manager)
    shown = {
        on: row_of(browser.visit(f"/staffing/?on={on}"), place.one)
        for on in ("2023-12-31", "2024-12-31", "2025-01-01", "2026-01-01")
    }
    assert [row["Population"] for row in shown.values()] == ["—", "1000", "1000", "2000"]
    assert [row["Target"] for row in shown.values()] == ["18", "25", "18", "18"]


def test_the_nearest_standard_holds_and_the_page_says_why(browser, place, national, manager):
    standard(place.street, "25")
    browser.sign_in(manager)
    page = browser.visit(f"/staffing/{place.one.id}")
    assert "Set for East Lake, the nearest office above that has one in force." in page.words
    page = browser.visit(f"/staffing/{place.other.id}")
    assert "The whole country: no nearer office has one in force." in page.words
    page = browser.visit("/staffing/")
    targets = [row_of(page, o)["Target"] for o in (place.one, place.street, place.district)]
    assert targets == ["25", "25", "18"]


def test_a_street_with_its_own_measure_recounts_its_communities_by_it(browser, place, manager):
    standard(place.street, "18", kinds=[AppointmentKind.GRID])
    standard(place.one, "18", kinds=[AppointmentKind.PARTY])
    staff(place.one, 3, kind=AppointmentKind.GRID)
    staff(place.one, kind=AppointmentKind.PARTY)
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.one)["People counted"] == "1"
    assert row_of(page, place.street)["People counted"] == "3"


def test_a_ratio_is_not_computed_from_the_registered_population(browser, place, national, manager):
    staff(place.one, 3)
    populate(place.one, 1_000, kind=PopulationKind.REGISTERED)
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}")
    assert "Only the registered population is known for Mon 1 Jun 2026." in page.words
    assert row_of(browser.visit("/staffing/"), place.one)["Per 10,000"] == "—"


def test_the_certificate_rate_counts_holders_among_those_counted(browser, place, national, manager):
    certify(staff(place.one, 3))
    certify(make.person(at=place.one))  # a volunteer: no appointment
    late = staff(place.two)
    certify(late, issued_on=date(2026, 6, 2))
    page = browser.sign_in(manager).visit("/staffing/")
    assert row_of(page, place.one)["Certificate rate, per cent"] == "33.33"
    assert row_of(page, place.two)["Certificate rate, per cent"] == "0.00"
    assert row_of(page, place.other)["Certificate rate, per cent"] == "—"
    page = browser.visit("/staffing/?on=2026-06-02")
    assert row_of(page, place.street)["Certificate rate, per cent"] == "50.00"


@pytest.mark.parametrize(("households", "warned"), [(999, True), (1_000, False), (3_001, True)])
def test_a_community_of_unusual_size_is_warned_about(browser, place, manager, households, warned):
    populate(place.one, households, kind=PopulationKind.HOUSEHOLDS)
    words = browser.sign_in(manager).visit("/staffing/").words
    assert (f"{households} households are" in words) is warned


def test_page_xlsx_and_csv_show_the_same_digits(browser, place, national, manager):
    certify(staff(place.one, 6))
    staff(place.two, 7)
    populate(place.one, 3_707)
    populate(place.two, 6_923)
    browser.sign_in(manager)
    page = browser.visit("/staffing/?on=2026-05-31")
    answer = browser.get("/staffing/export?format=csv&on=2026-05-31")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.get_data()
    rows = list(csv.DictReader(StringIO(text.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(
        BytesIO(browser.get("/staffing/export?format=xlsx&on=2026-05-31").get_data())
    )
    head, *lines = list(book.active.iter_rows())
    offices = [place.district, place.street, place.one, place.two, place.other, place.three]
    assert [row["Office"] for row in rows] == [office.name_en for office in offices]
    for office, row, line in zip(offices, rows, lines, strict=True):
        sheet = {name.value: printed(cell) for name, cell in zip(head, line, strict=True)}
        assert sheet == row
        shown = row_of(page, office)
        for name in (
            *("People counted", "Population", "Per 10,000", "Target", "Shortfall"),
            *("Shortfalls directly below", "Certificate rate, per cent"),
        ):
            assert (shown[name] if shown[name] != "—" else "") == row[name], (office, name)
    assert rows[1]["Per 10,000"] == "12.23"
    assert rows[1]["Certificate rate, per cent"] == "7.69"


def printed(cell):
    """What a spreadsheet program shows of a cell."""
    if cell.value is None:
        return ""
    _, _, decimals = cell.number_format.partition(".")
    return f"{cell.value:.{len(decimals)}f}" if cell.data_type == "n" else str(cell.value)


def test_an_export_of_another_kind_does_not_exist(browser, manager):
    browser.sign_in(manager).visit("/staffing/export?format=pdf", status=404)


@pytest.mark.parametrize("url", ["/staffing/", "/staffing/{}", "/staffing/export?format=csv"])
def test_the_number_of_queries_does_not_grow(browser, place, national, manager, url):
    browser.sign_in(manager)
    staff(place.one)
    populate(place.one, 1_000)
    url = url.format(place.district.id)
    browser.get(url)
    with queries() as few:
        assert browser.get(url).status_code == 200
    for name in ("甲", "乙", "丙"):
        more = make.office(f"{name}社区", parent=place.street)
        staff(more, 3)
        populate(more, 2_000)
        populate(more, 900, kind=PopulationKind.HOUSEHOLDS)
        standard(more)
    with queries() as many:
        assert browser.get(url).status_code == 200
    assert len(many) == len(few)


def test_each_sees_the_offices_of_its_own_and_no_others(browser, place, national):
    account = make.account(Role.COORDINATOR, place.street)
    staff(place.three)
    page = browser.sign_in(account).visit("/staffing/")
    assert page.all("tr", id=f"office-{place.one.id}")
    assert "Third" not in page.words
    assert "Third" not in browser.get("/staffing/export?format=csv").get_data(as_text=True)
    browser.visit(f"/staffing/{place.one.id}")
    browser.visit(f"/staffing/{place.three.id}", status=404)
    browser.visit(f"/staffing/{place.district.id}", status=404)
    browser.visit("/staffing/999999", status=404)


def test_a_day_that_is_none_is_said_and_today_is_shown(browser, place, manager):
    page = browser.sign_in(manager).visit("/staffing/?on=2026-02-30")
    assert "“2026-02-30” is not a day." in page.words
    assert "Figures of Mon 1 Jun 2026" in page.words


def test_each_page_of_people_goes_on_where_the_last_one_ended(browser, place, manager, monkeypatch):
    monkeypatch.setattr("talent.staffing.service.PAGE", 2)
    people = [staff(place.one) for _ in range(5)]
    url, seen = f"/staffing/{place.one.id}", []
    browser.sign_in(manager)
    while url:
        page = browser.visit(url)
        seen += [
            tr.get("id") for tr in page.all("tr") if (tr.get("id") or "").startswith("person-")
        ]
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    assert sorted(seen) == sorted(f"person-{person.id}" for person in people)


def test_the_page_speaks_chinese(browser, place, national, manager):
    populate(place.one, 1_000)
    page = browser.sign_in(manager).speak("zh").visit(f"/staffing/{place.one.id}")
    assert "东湖第一社区" in page.words
    assert "国办发〔2021〕56号" in page.words


def test_an_office_lists_only_the_posts_for_which_its_people_count(
    browser, place, national, manager
):
    person = staff(place.one, kind=AppointmentKind.PARTY, post="书记")
    staff(place.one, kind=AppointmentKind.GRID, person=person, post="网格员")
    staff(place.two, person=person, post="二社区专职")
    staff(place.one, person=person, post="已离任", ends_on=date(2026, 6, 1))
    (told,) = (
        browser.sign_in(manager)
        .visit(f"/staffing/{place.one.id}")
        .said("tr", id=f"person-{person.id}")
    )
    assert "书记" in told
    assert [post for post in ("网格员", "二社区专职", "已离任") if post in told] == []


def test_the_day_before_the_first_figure_says_when_it_begins(browser, place, national, manager):
    populate(place.one, 1_000)
    on = AS_OF - timedelta(days=1)
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}?on={on}")
    assert "The first population figure is of Sat 1 Nov 2025, after Fri 31 Oct 2025." in page.words

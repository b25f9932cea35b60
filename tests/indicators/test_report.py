"""The yearly report: each indicator from raw figures, rolled up, the same on page, sheet, paper."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date
from decimal import Decimal

import make
import openpyxl
import pytest
from counting import queries
from rows import YEAR_END, indicator, stated
from village import certify, populate, staff

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.indicators.definitions import service as definitions
from talent.indicators.definitions.service import NewTarget
from talent.offices.models import OfficeKind, Settlement
from talent.rules.sources import Sure
from talent.rules.staffing import PopulationKind
from talent.rules.standards import Ratio
from talent.rules.teams import TeamKind, TeamStanding
from talent.staffing.standards import service as standards
from talent.teams.models import Team

HOUSEHOLDS = PopulationKind.HOUSEHOLDS


def row_of(page, code):
    """The figures of an indicator on the report, by heading."""
    (row,) = page.all("tr", id=f"indicator-{indicator(code).id}")
    return {
        cell.get("data-label"): " ".join("".join(cell.itertext()).split())
        for cell in row.iter("td")
    }


def report(browser, office, year=2025):
    return browser.visit(f"/indicators/?office={office.id}&year={year}")


def told(page, code):
    shown = row_of(page, code)
    return [shown[name] for name in ("Value", "Target value", "Target met", "Lacking")]


@pytest.fixture
def reader(browser, manager):
    return browser.sign_in(manager)


def test_facilities_as_the_worked_example_has_them(reader, place):
    stated(place.one, facility_area=1_240, activity_area=700)
    populate(place.one, 3_900, kind=HOUSEHOLDS)
    page = report(reader, place.one)
    assert told(page, "area_per_100_households") == ["31.79", "30", "met", "0"]
    assert told(page, "activity_share") == ["56.45", "60", "not met", "44"]


def test_workers_come_from_staffing_and_18_00_is_not_met(reader, place):
    staff(place.one, 90)
    populate(place.one, 50_010)
    page = report(reader, place.one)
    assert told(page, "workers_per_10k") == ["18.00", "18", "not met", "1"]
    on_staffing = reader.visit(f"/staffing/?on={YEAR_END}")
    assert "18.00" in on_staffing.words


def test_an_office_with_a_standard_of_25_is_held_to_it(reader, place):
    with writing():
        standards.add_standard(
            office=place.one, name_zh="地方标准", source="州政府", valid_from=date(2024, 1, 1),
            terms=Ratio(Decimal(25)), actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
    for office in (place.one, place.two):
        staff(office, 20)
        populate(office, 10_000)
    assert told(report(reader, place.one), "workers_per_10k") == ["20.00", "25", "not met", "5"]
    assert told(report(reader, place.two), "workers_per_10k") == ["20.00", "18", "met", "0"]


def test_a_person_at_two_communities_counts_once_above_them(reader, place):
    person = staff(place.one)
    staff(place.two, person=person)
    for office in (place.one, place.two):
        populate(office, 5_000)
    certify(person)
    page = report(reader, place.street)
    assert row_of(page, "workers_per_10k")["Value"] == "1.00"
    assert row_of(page, "certificate_rate")["Value"] == "100.00"


def test_an_upper_office_is_the_sum_over_the_sum(reader, place):
    stated(place.one, facility_area=600)
    stated(place.two, facility_area=100)
    populate(place.one, 1_000, kind=HOUSEHOLDS)  # 60 of 100
    populate(place.two, 3_000, kind=HOUSEHOLDS)  # 3.33; the average would be 31.67
    page = report(reader, place.street)
    assert told(page, "area_per_100_households") == ["17.50", "30", "not met", "500"]
    assert row_of(report(reader, place.two), "area_per_100_households")["Lacking"] == "800"


def test_who_did_not_state_is_named_and_the_judgement_left_open(reader, place):
    stated(place.one, with_facility=1)
    page = report(reader, place.district)
    assert told(page, "urban_facilities") == ["100.00", "100", "—", "—"]
    assert "Not stated for 2 of 3 communities." in page.words
    links = [
        a for a in page.all("a") if (a.get("href") or "").startswith("/indicators/figures/new?")
    ]
    assert {"Second", "Third"} <= {"".join(a.itertext()) for a in links}


def test_the_district_itself_may_state_what_not_all_communities_did(reader, place):
    stated(place.one, facility_area=600)
    populate(place.one, 1_000, kind=HOUSEHOLDS)
    stated(place.district, facility_area=3_000)
    populate(place.district, 9_000, kind=HOUSEHOLDS)
    page = report(reader, place.district)
    assert told(page, "area_per_100_households") == ["33.33", "30", "met", "0"]


def test_a_rural_indicator_asks_rural_communities_alone(reader, place):
    with writing():
        db.session.merge(place.three).settlement = Settlement.RURAL
    stated(place.three, with_facility=0)
    stated(place.one, with_facility=1)
    stated(place.two, with_facility=1)
    page = report(reader, place.district)
    assert told(page, "rural_facilities") == ["0.00", "80", "not met", "1"]
    assert told(page, "urban_facilities") == ["100.00", "100", "met", "0"]
    none = report(reader, place.street)
    assert row_of(none, "rural_facilities")["Value"] == "—"
    assert "There is no community of this kind here." in none.words


def test_residents_who_served_are_counted_once_from_the_records(reader, place):
    person = make.person(at=place.one)
    make.record(person, place.one, day=date(2025, 6, 1))
    make.record(person, place.two, day=date(2025, 12, 31))
    make.record(make.person("李四", at=place.one), place.one, day=date(2024, 12, 31))
    for office in (place.one, place.two):
        populate(office, 50)
    page = report(reader, place.street)
    assert row_of(page, "participation")["Value"] == "1.00"
    assert row_of(report(reader, place.two), "participation")["Value"] == "2.00"


def test_social_organisations_are_those_of_the_register(reader, place):
    common = {"made_at": make.NOW, "changed_at": make.NOW, "kind": TeamKind.CULTURE}
    known = {"standing": TeamStanding.ON_RECORD, "standing_since": date(2025, 1, 1)}
    for number in range(3):
        make.saved(Team(office_id=place.one.id, name_zh=f"队{number}", **common, **known))
    make.saved(Team(office_id=place.one.id, name_zh="未备案", **common))
    make.saved(
        Team(office_id=place.one.id, name_zh="已解散", ended_on=date(2025, 2, 1), **common, **known)
    )
    assert row_of(report(reader, place.street), "organisations_urban")["Value"] == "1.50"


def test_the_nearest_target_of_the_day_holds(reader, place):
    stated(place.one, volunteer_site=1)
    stated(place.two, volunteer_site=0)
    row = indicator("volunteer_sites")
    with writing():
        for office, level, last in (
            (place.district, 80, None),
            (place.street, 50, date(2025, 12, 31)),
        ):
            definitions.set_target(
                db.session.merge(row), office,
                NewTarget(Decimal(level), date(2025, 1, 1), last, "省规划", Sure.OFFICIAL),
                actor=SYSTEM, now=make.NOW,
            )  # fmt: skip
    assert told(report(reader, place.street), "volunteer_sites") == ["50.00", "50", "met", "0"]
    later = report(reader, place.street, 2026)
    assert told(later, "volunteer_sites") == ["50.00", "80", "not met", "1"]


def test_the_year_before_stands_beside_the_year(reader, place):
    stated(place.one, date(2024, 12, 31), facility_area=900)
    stated(place.one, facility_area=1_200)
    populate(place.one, 3_000, kind=HOUSEHOLDS, as_of=date(2024, 1, 1))
    shown = row_of(report(reader, place.one), "area_per_100_households")
    assert (shown["Year before"], shown["Value"]) == ("30.00", "40.00")
    page = reader.visit(
        f"/indicators/{indicator('area_per_100_households').id}?office={place.one.id}"
    )
    values = [
        " ".join("".join(cell.itertext()).split())
        for table in page.all("table")
        for cell in table.iter("td")
        if cell.get("data-label") == "Value"
    ]
    assert values == ["—", "—", "30.00", "40.00", "40.00"]


def test_a_year_that_has_not_come_is_not_found(reader, place):
    for year in (1999, 2027):
        reader.visit(f"/indicators/?office={place.one.id}&year={year}", status=404)


@pytest.fixture
def filled(place):
    """Two communities with odd figures, one without."""
    stated(place.one, facility_area="1240.55", activity_area=700, with_facility=1, self_service=1)
    stated(place.two, facility_area=333, activity_area=200, with_facility=0, self_service=1)
    for office, households, residents in ((place.one, 3_907, 10_003), (place.two, 1_111, 2_999)):
        populate(office, households, kind=HOUSEHOLDS)
        populate(office, residents)
    staff(place.one, 17)
    staff(place.two, 7)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("which", ["street", "district"])
def test_page_sheet_and_paper_have_the_same_digits(
    browser, place, manager, filled, language, which
):
    browser.sign_in(manager).speak(language)
    office = getattr(place, which)
    where = f"office={office.id}&year=2025"
    page = browser.visit(f"/indicators/?{where}")
    (table,) = page.all("table", id="report")
    on_page = {}
    for line in table.iter("tr"):
        if line.get("id"):
            name = "".join(next(line.iter("a")).itertext()).strip()
            on_page[name] = [" ".join("".join(c.itertext()).split()) for c in line.iter("td")]
    body = browser.visit(f"/indicators/report.xlsx?{where}").response.data
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    _, *lines = list(sheet.iter_rows())
    in_sheet = {}
    for cells in lines[: len(on_page)]:
        texts = [_as_shown(cell) for cell in cells]
        in_sheet[texts[0]] = [texts[7], texts[8], texts[10], texts[11], texts[12]]
    assert in_sheet == on_page
    pdf = browser.visit(f"/indicators/report.pdf?{where}").response.data
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    printed = re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])", text)
    wanted = [d for row in on_page.values() for d in row if re.fullmatch(r"\d+(\.\d+)?", d)]
    assert len(wanted) > 12
    for digits in set(wanted):
        assert printed.count(digits) >= wanted.count(digits), digits


def _as_shown(cell):
    """A cell as a reader of the sheet sees it."""
    if cell.value is None:
        return "—"
    if isinstance(cell.value, str):
        return cell.value
    places = len(cell.number_format.partition(".")[2])
    return f"{cell.value:.{places}f}"


def test_the_paper_can_be_read_aloud_and_comes_out_the_same_twice(reader, place, filled):
    one, two = (
        reader.visit(f"/indicators/report.pdf?office={place.district.id}&year=2025").response
        for _ in range(2)
    )
    assert one.mimetype == "application/pdf"
    assert one.data == two.data
    assert b"/MarkInfo" in one.data or b"StructTreeRoot" in one.data


def test_an_office_elsewhere_is_not_found(browser, place):
    other = make.office("别处社区")
    stranger = make.account(Role.MANAGER, other)
    browser.sign_in(stranger)
    row = indicator("area_per_100_households").id
    for url in (
        "/indicators/?",
        "/indicators/report.pdf?",
        "/indicators/report.xlsx?",
        f"/indicators/{row}?",
    ):
        browser.visit(f"{url}office={place.one.id}", status=404)


def test_somebody_without_offices_of_this_kind_is_told_so(browser, place):
    partner = make.office("合作单位", parent=place.district, kind=OfficeKind.PARTNER)
    browser.sign_in(make.account(Role.MANAGER, partner))
    for url in (
        "/indicators/",
        "/indicators/alongside",
        "/indicators/alongside/services",
        "/indicators/workload",
    ):
        browser.visit(url)
    browser.visit("/indicators/report.pdf", status=404)


def test_the_report_asks_the_same_number_of_questions_for_one_and_for_many(reader, place, filled):
    def count():
        with queries() as sent:
            report(reader, place.district)
        return len(sent)

    before = count()
    for number in range(3):
        more = make.office(f"新社区{number}", parent=place.other)
        stated(more, facility_area=100 + number)
        populate(more, 900, kind=HOUSEHOLDS)
        staff(more, 2)
    assert count() == before

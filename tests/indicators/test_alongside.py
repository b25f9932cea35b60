"""Volunteers beside staff: of each office, of each service, on each shift."""

from __future__ import annotations

from datetime import date, timedelta

import make
import pytest
from counting import queries
from village import populate, staff

from talent.access import Role
from talent.db import db
from talent.indicators.models import PeopleServed
from talent.offices.models import OfficeKind
from talent.people.models import Registration, RegistrationState, Tie
from talent.rules.signup import SignupState
from talent.shifts.models import ShiftState


@pytest.fixture
def reader(browser, manager):
    return browser.sign_in(manager)


def figures(page, office):
    (row,) = page.all("tr", id=f"office-{office.id}")
    return {
        cell.get("data-label"): " ".join("".join(cell.itertext()).split())
        for cell in row.iter("td")
    }


def test_each_office_with_all_below_it(reader, place):
    both = make.person(at=place.one)
    make.saved(
        Registration(
            person_id=both.id, office_id=place.two.id, state=RegistrationState.ACTIVE,
            applied_at=make.NOW,
        ),
        Tie(person_id=both.id, office_id=place.two.id),
    )  # fmt: skip
    idle = make.person("李四", at=place.one)
    make.person("走了", at=place.one, state=RegistrationState.LEFT)
    make.record(both, place.one, 90)
    make.record(both, place.two, 30)
    make.record(idle, place.one, 600, day=make.TODAY - timedelta(days=366))
    populate(place.one, 100)
    populate(place.two, 300)
    page = reader.visit(f"/indicators/alongside?office={place.street.id}")
    assert figures(page, place.one) == {
        "Residents": "100",
        "Registered volunteers": "2 2.00 for 100 residents",
        "Served in 12 months": "1",
        "Hours of service": "1 h 30 min 0.02 h for each resident",
        "Communities with service": "0 / 1",
    }
    street = figures(page, place.street)
    assert street["Registered volunteers"] == "2 0.50 for 100 residents"
    assert street["Served in 12 months"] == "1"
    assert street["Hours of service"].startswith("2 h ")
    assert figures(page, place.two)["Registered volunteers"].startswith("1 ")


def test_a_community_without_residents_is_named(reader, place):
    populate(place.one, 100)
    page = reader.visit(f"/indicators/alongside?office={place.street.id}")
    assert figures(page, place.street)["Registered volunteers"] == "0 — for 100 residents"
    assert "No figure of residents Second" in page.words


def test_a_community_has_service_by_itself_or_its_station(reader, place):
    station = make.office("社工站", parent=place.two, kind=OfficeKind.STATION)
    make.shift(make.project(place.one), start=-48, state=ShiftState.CLOSED)
    make.shift(make.project(station), start=-72, state=ShiftState.PUBLISHED)
    make.shift(make.project(place.three), start=-24, state=ShiftState.CANCELLED)
    make.shift(make.project(place.three), start=-24 * 400, state=ShiftState.CLOSED)
    page = reader.visit("/indicators/alongside")
    assert figures(page, place.district)["Communities with service"] == "2 / 3"
    assert figures(page, place.three)["Communities with service"] == "0 / 1"


def test_the_same_number_of_questions_for_one_and_for_many(reader, place):
    def asked():
        with queries() as sent:
            reader.visit("/indicators/alongside")
            reader.visit("/indicators/alongside/services")
        return len(sent)

    def fill(office):
        populate(office, 100)
        person = make.person(at=office)
        make.record(person, office)
        shift = make.shift(make.project(office), start=5)
        make.signup(shift, person)
        make.saved(
            PeopleServed(
                project_id=shift.project_id, number=9, valid_from=date(2026, 1, 1), source="表",
                made_at=make.NOW,
            )
        )  # fmt: skip

    fill(place.one)
    before = asked()
    for office in (place.two, place.three, place.two):
        if office is place.two:
            office = make.office("新社区", parent=place.other)  # noqa: PLW2901
        fill(office)
    assert asked() == before


@pytest.fixture
def meal(place):
    """A shift of ten volunteers with two workers, and a neighbour's worker in his own time."""
    shift = make.shift(make.project(place.one, name="为老送餐"), start=5, places=20)
    for number in range(4):
        make.signup(shift, make.person(f"志愿者{number}", at=place.one))
    make.signup(shift, staff(place.one))
    make.signup(shift, staff(place.street))
    make.signup(shift, staff(place.three))
    make.signup(shift, make.person("候补", at=place.one), state=SignupState.WAITING)
    gone = staff(place.one, ends_on=date(2026, 5, 1))
    make.signup(shift, gone)
    return shift


def served(browser, shift, number, status=303, **more):
    fields = {"number": number, "valid_from": "2026-01-01", "source": "用餐名单", **more}
    return browser.send(
        f"/indicators/alongside/services/{shift.project_id}/served", status, **fields
    )


def test_workers_and_volunteers_of_a_shift(reader, place, meal):
    page = reader.visit(f"/indicators/alongside/services/{meal.project_id}")
    (row,) = page.all("tr", id=f"shift-{meal.id}")
    cells = [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td")]
    assert cells == ["2", "6", "3.00", "—", "—"]


def test_a_shift_with_too_few_for_those_served_is_warned_of(reader, place, meal):
    served(reader, meal, 49, for_worker=20, for_volunteer=8)
    page = reader.visit(f"/indicators/alongside/services/{meal.project_id}")
    assert "there should be 3 community workers, one for each 20. There are 2." in page.words
    assert "there should be 7 volunteers, one for each 8. There are 6." in page.words
    (row,) = reader.visit("/indicators/alongside/services").all(
        "tr", id=f"project-{meal.project_id}"
    )
    cells = [" ".join("".join(cell.itertext()).split()) for cell in row.iter("td")]
    assert cells == ["1", "2", "6", "3.00", "49", "1"]


def test_just_enough_is_not_too_few(reader, meal):
    served(reader, meal, 40, for_worker=20, for_volunteer=8)
    page = reader.visit(f"/indicators/alongside/services/{meal.project_id}")
    assert "there should be" not in page.words


def test_without_own_numbers_the_rules_of_the_office_hold(reader, place, meal):
    served(reader, meal, 49)
    url = f"/indicators/alongside/services/{meal.project_id}"
    assert "there should be" not in reader.visit(url).words
    make.let(place.district, served_per_volunteer=8)
    assert "there should be 7 volunteers" in reader.visit(url).words


def test_what_was_stated_later_holds_from_its_day_on(reader, meal):
    served(reader, meal, 100, for_volunteer=8)
    served(reader, meal, 8, for_volunteer=8, valid_from="2026-06-01")
    page = reader.visit(f"/indicators/alongside/services/{meal.project_id}")
    assert "there should be" not in page.words
    again = served(reader, meal, 9, 422, valid_from="2026-06-01")
    assert again.all("p", id="valid_from-error")
    wrong = served(reader, meal, -1, 422)
    assert wrong.all("p", id="number-error")
    assert db.session.query(PeopleServed).count() == 2


def test_a_service_elsewhere_is_not_found(browser, place, meal):
    browser.sign_in(make.account(Role.MANAGER, place.two))
    browser.visit(f"/indicators/alongside/services/{meal.project_id}", status=404)
    browser.visit(f"/indicators/alongside/services/{meal.project_id}/served", status=404)
    assert "为老送餐" not in browser.visit("/indicators/alongside/services").words


def test_services_go_on_page_by_page(reader, place):
    for number in range(31):
        make.project(place.one, name=f"项目{number}")
    page = reader.visit("/indicators/alongside/services")
    (more,) = page.all("a", rel="next")
    rest = reader.visit(more.get("href"))
    assert len(page.all("tr")) + len(rest.all("tr")) == 31 + 2

"""Appointments, population figures and standards: entered, listed, changed, ended."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from counting import queries
from village import LONG_AGO, populate, staff

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.people.models import Tie
from talent.rules.staffing import PopulationKind
from talent.rules.standards import Ratio
from talent.staffing.models import Appointment, AppointmentKind, Population, Standard
from talent.staffing.standards import service as standards


def traces(act):
    return db.session.query(AuditEntry).filter_by(act=act).order_by(AuditEntry.id).all()


def terms(office, **more):
    return {
        "office": office.id,
        "kind": "committee",
        "post": "委员",
        "share": "0.5",
        "starts_on": "2026-05-01",
        "last_day": "",
    } | more


def figure(office, **more):
    return {
        "office": office.id,
        "kind": "urban_resident",
        "number": "3707",
        "as_of": "2025-11-01",
        "source": "人口抽样调查",
    } | more


def measure(office_id, **more):
    return {
        "office": office_id,
        "name_zh": "地方标准",
        "target": "25",
        "per": "10000",
        "population_kind": "urban_resident",
        "count_mode": "headcount",
        "kinds": ["party", "grid"],
        "count_on_leave": "y",
        "valid_from": "2026-01-01",
        "source": "区政府",
    } | more


def test_a_person_is_found_by_name_and_appointed(browser, place, manager):
    person = make.person("王秀兰", at=place.district)
    make.person("李梅", at=make.office("别处"))
    browser.sign_in(manager)
    page = browser.visit(f"/staffing/appointments/new?q={person.volunteer_no}")
    (link,) = [a.get("href") for a in page.all("a") if "person=" in (a.get("href") or "")]
    assert browser.visit(link).fields() >= {"office", "kind", "last_day"}
    done = browser.send(link, **terms(place.one, last_day="2026-12-31", on_leave="y"))
    row = db.session.query(Appointment).one()
    assert (row.person_id, row.office_id, row.share) == (person.id, place.one.id, Decimal("0.5"))
    assert (row.starts_on, row.ends_on) == (date(2026, 5, 1), date(2027, 1, 1))
    assert row.on_leave
    assert db.session.get(Tie, (person.id, place.one.id))
    assert [entry.office_id for entry in traces(Act.APPOINTMENT_CHANGED)] == [place.one.id]
    page = browser.visit(done.location)
    assert "31 Dec 2026" in page.words
    assert "1 Jan 2027" not in page.words


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"last_day": "2026-04-30"}, "The last day, Thu 30 Apr 2026, is before the first day"),
        ({"share": "0"}, "Give a share between 0.001 and 1."),
        ({"share": "1.5"}, "Give a share between 0.001 and 1."),
        ({"share": "NaN"}, "Give a share between 0.001 and 1."),
        ({"starts_on": "31.12.2025"}, "Not a valid date value."),
        ({"kind": ""}, "Please fill in this field."),
        ({"post": "长" * 101}, "Please use at most 100 characters."),
    ],
)
def test_a_wrong_field_is_said_and_what_was_typed_stays(browser, place, manager, wrong, sentence):
    person = make.person(at=place.one)
    sent = terms(place.one) | wrong
    url = f"/staffing/appointments/new?person={person.id}"
    page = browser.sign_in(manager).send(url, status=422, **sent)
    assert sentence in page.words
    assert page.all("input", name="starts_on")[0].get("value") == sent["starts_on"]
    assert db.session.query(Appointment).count() == 0


def test_the_same_post_is_held_once_at_a_time_and_again_later(browser, place, manager):
    person = staff(place.one, kind=AppointmentKind.COMMITTEE, post="委员", ends_on=date(2026, 5, 1))
    url = f"/staffing/appointments/new?person={person.id}"
    browser.sign_in(manager)
    page = browser.send(url, status=422, **terms(place.one, starts_on="2026-04-30"))
    assert "This person holds the same post at this office from Wed 1 Jan 2020 on." in page.words
    page = browser.send(url, status=422, **terms(place.one, post="x", starts_on="2020-01-01"))
    assert "This appointment is on record already, from the same day." in page.words
    browser.send(url, **terms(place.one, post="主任", starts_on="2026-04-30"))
    browser.send(url, **terms(place.one, starts_on="2026-05-01"))
    assert db.session.query(Appointment).count() == 3


def test_an_appointment_is_changed_and_ended_on_its_last_day(browser, place, manager):
    staff(place.one)
    row = db.session.query(Appointment).one()
    browser.sign_in(manager)
    url = f"/staffing/appointments/{row.id}"
    browser.visit(f"{url}/edit")
    browser.send(f"{url}/edit", **terms(place.one, starts_on="2020-01-01"))
    page = browser.send(f"{url}/end", status=422, last_day="2019-12-31")
    assert "is before the first day" in page.words
    browser.send(f"{url}/end", last_day="2026-05-31")
    db.session.expire_all()
    assert (row.kind, row.ends_on) == (AppointmentKind.COMMITTEE, date(2026, 6, 1))
    before = [entry.facts["before"]["kind"] for entry in traces(Act.APPOINTMENT_CHANGED)]
    assert before == ["full_time", "committee"]


def test_the_list_is_of_one_day_or_of_all(browser, place, manager):
    staff(place.one, ends_on=date(2026, 6, 1), post="昨天为止")
    staff(place.one, starts_on=date(2026, 6, 1), post="今天开始")
    staff(place.three, post="别的街道")
    browser.sign_in(manager)
    today = browser.visit("/staffing/appointments").words
    assert "今天开始" in today
    assert "昨天为止" not in today
    assert "昨天为止" in browser.visit("/staffing/appointments?on=").words
    street = browser.visit(f"/staffing/appointments?on=&office={place.street.id}").words
    assert "昨天为止" in street
    assert "别的街道" not in street
    assert "No appointments here" in browser.visit("/staffing/appointments?kind=party").words


def test_each_page_of_appointments_goes_on_where_the_last_one_ended(
    browser, place, manager, monkeypatch
):
    monkeypatch.setattr("talent.staffing.appointments.service.PAGE", 2)
    staff(place.two, 2)
    staff(place.one, 3)
    url, seen = "/staffing/appointments", []
    browser.sign_in(manager)
    while url:
        page = browser.visit(url)
        seen += [i for tr in page.all("tr") if (i := tr.get("id") or "").startswith("appointment")]
        url = next((a.get("href") for a in page.all("a", rel="next")), None)
    rows = db.session.query(Appointment).all()
    assert len(seen) == 5
    assert set(seen) == {f"appointment-{row.id}" for row in rows}


def test_a_figure_is_entered_once_and_corrected(browser, place, manager):
    browser.sign_in(manager)
    browser.visit("/staffing/population/new")
    browser.send("/staffing/population/new", **figure(place.one))
    page = browser.send("/staffing/population/new", status=422, **figure(place.one, number="1"))
    assert "There is a figure of this kind, office and day already." in page.words
    row = db.session.query(Population).one()
    url = f"/staffing/population/{row.id}/edit"
    browser.visit(url)
    browser.send(url, **figure(place.one, number="3708"))
    assert "3708" in browser.visit("/staffing/population").words
    assert traces(Act.POPULATION_CHANGED)[-1].facts["before"]["number"] == 3707


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "-1"}, "A number below zero cannot be."),
        ({"number": "约5200"}, "Not a valid integer value."),
        ({"number": "9" * 30}, "More people than the country has."),
        ({"as_of": "2026-06-02"}, "Tue 2 Jun 2026 has not come yet."),
        ({"source": ""}, "Please fill in this field."),
    ],
)
def test_a_wrong_figure_is_refused(browser, place, manager, wrong, sentence):
    sent = figure(place.one) | wrong
    page = browser.sign_in(manager).send("/staffing/population/new", status=422, **sent)
    assert sentence in page.words
    assert page.all("input", name="number")[0].get("value") == sent["number"]
    assert db.session.query(Population).count() == 0


def test_figures_are_listed_by_office_and_kind(browser, place, manager):
    populate(place.one, 1111)
    populate(place.three, 2222)
    populate(place.three, 3333, kind=PopulationKind.HOUSEHOLDS)
    browser.sign_in(manager)
    words = browser.visit(f"/staffing/population?office={place.other.id}&kind=households").words
    assert [n for n in ("1111", "2222", "3333") if n in words] == ["3333"]


def test_the_national_standard_is_seeded_once(app, clock):
    for _ in range(2):
        with writing():
            standards.seed_standards(make.NOW)
    row = db.session.query(Standard).one()
    assert (row.target, row.office_id, row.valid_to) == (18, None, None)
    assert (row.valid_from, row.source) == (date(2021, 12, 27), "国办发〔2021〕56号")
    assert row.kinds == ["party", "committee", "full_time"]


def test_a_standard_is_set_for_an_office_and_ended(browser, place, national, manager):
    browser.sign_in(manager)
    browser.visit("/staffing/standards/new")
    browser.send("/staffing/standards/new", **measure(place.street.id))
    row = db.session.query(Standard).filter_by(office_id=place.street.id).one()
    assert (row.target, row.kinds) == (25, ["party", "grid"])
    browser.visit(f"/staffing/standards/{row.id}/end")
    browser.send(f"/staffing/standards/{row.id}/end", last_day="2026-05-31")
    db.session.expire_all()
    assert row.valid_to == date(2026, 6, 1)
    page = browser.visit("/staffing/standards")
    assert page.said("article", id=f"standard-{row.id}")[0].startswith("East Lake")
    assert "Over" in page.said("article", id=f"standard-{row.id}")[0]
    assert len(traces(Act.STANDARD_CHANGED)) == 3


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"population_kind": "registered"}, "not from its registered population"),
        ({"kinds": []}, "Choose at least one kind of appointment that counts."),
        ({"target": "0"}, "Give a number above zero"),
        ({"last_day": "2025-12-31"}, "is before the first day"),
    ],
)
def test_a_wrong_standard_is_refused(browser, place, manager, wrong, sentence):
    sent = measure(place.street.id) | wrong
    page = browser.sign_in(manager).send("/staffing/standards/new", status=422, **sent)
    assert sentence in page.words
    assert db.session.query(Standard).count() == 0


def test_only_who_holds_every_tree_speaks_for_the_whole_country(browser, place, national, manager):
    row = db.session.query(Standard).one()
    browser.sign_in(manager).visit(f"/staffing/standards/{row.id}/end")
    below = make.account(Role.MANAGER, place.street)
    browser.sign_in(below).visit(f"/staffing/standards/{row.id}/end", status=404)
    browser.send("/staffing/standards/new", status=422, **measure(0))
    assert "18 community workers" in browser.visit("/staffing/standards").words


def test_what_belongs_to_another_office_does_not_exist(browser, place, manager):
    account = make.account(Role.MANAGER, place.street)
    person = staff(place.three, post="主任")
    populate(place.three, 4321)
    row, number = db.session.query(Appointment).one(), db.session.query(Population).one()
    with writing():
        mine = standards.add_standard(
            office=place.other,
            name_zh="别的街道的标准",
            terms=Ratio(Decimal(30)),
            valid_from=LONG_AGO,
            source="x",
            actor=standards.SYSTEM,
            now=make.NOW,
        )
    browser.sign_in(account)
    for url in (
        f"/staffing/appointments/{row.id}/edit",
        f"/staffing/appointments/{row.id}/end",
        f"/staffing/appointments/new?person={person.id}",
        f"/staffing/population/{number.id}/edit",
        f"/staffing/standards/{mine.id}/end",
        f"/staffing/people/{person.id}",
    ):
        browser.visit(url, status=404)
    for url, secret in (
        ("/staffing/appointments?on=", "主任"),
        (f"/staffing/appointments?on=&office={place.other.id}", "主任"),
        ("/staffing/population", "4321"),
        ("/staffing/standards", "别的街道的标准"),
    ):
        assert secret not in browser.visit(url).words
    own = make.person(at=place.one)
    url = f"/staffing/appointments/new?person={own.id}"
    browser.send(url, status=422, **terms(place.three))
    browser.send("/staffing/population/new", status=422, **figure(place.three))
    browser.send("/staffing/standards/new", status=422, **measure(place.three.id))


def test_the_panel_of_a_person_names_only_posts_that_the_reader_may_see(browser, place, manager):
    person = staff(place.one, post="主任")
    staff(place.three, person=person, post="别处的委员")
    account = make.account(Role.COORDINATOR, place.street)
    page = browser.sign_in(account).visit(f"/staffing/people/{person.id}")
    assert "主任" in page.words
    assert "别处的委员" not in page.words
    assert page.all("section", id="staffing-of-person")


@pytest.mark.parametrize(
    "url", ["/staffing/appointments", "/staffing/population", "/staffing/standards", "person"]
)
def test_lists_of_three_send_as_many_queries_as_lists_of_one(browser, place, manager, url):
    person = staff(place.one)
    populate(place.one, 1)
    browser.sign_in(manager)
    url = f"/staffing/people/{person.id}" if url == "person" else url
    browser.send("/staffing/standards/new", **measure(place.one.id))
    browser.get(url)
    with queries() as few:
        browser.visit(url)
    for office in (place.two, place.three):
        staff(office, person=person)
        populate(office, 2)
        browser.send("/staffing/standards/new", **measure(office.id))
    with queries() as many:
        browser.visit(url)
    assert len(many) == len(few)


def test_probation_and_the_days_of_a_leave_are_written_with_the_appointment(
    browser, place, manager
):
    staff(place.one)
    row = db.session.query(Appointment).one()
    told = {
        "office": place.one.id,
        "kind": "full_time",
        "share": "1",
        "starts_on": "2026-01-01",
        "probation_until": "2026-06-30",
        "on_leave": "y",
        "leave_from": "2026-07-01",
        "leave_until": "2026-12-31",
    }
    link = f"/staffing/appointments/{row.id}/edit"
    browser.sign_in(manager).send(link, **told)
    db.session.refresh(row)
    days = (row.probation_until, row.leave_starts_on, row.leave_ends_on)
    assert days == (date(2026, 6, 30), date(2026, 7, 1), date(2027, 1, 1))
    for wrong, field in (
        ({"probation_until": "2025-12-31"}, "probation_until"),
        ({"leave_until": "2026-06-30"}, "leave_until"),
    ):
        page = browser.send(link, status=422, **{**told, **wrong})
        assert page.all("p", id=f"{field}-error")

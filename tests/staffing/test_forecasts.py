"""The forecast: the month in which an office falls below, why, and how many to hire by then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from counting import queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from village import certify, populate, staff

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.offices.models import OfficeKind
from talent.rules.forecast import Cause, Certainty, Method, Outlook
from talent.rules.identity import Sex
from talent.rules.social_workers import Grade
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.standards import Share
from talent.staffing.appointments import service as appointing
from talent.staffing.appointments.service import Terms
from talent.staffing.forecasts import ages, service
from talent.staffing.models import AppointmentKind, Standard
from talent.staffing.plans import service as plans
from talent.staffing.plans.service import Wish
from talent.training.models import SocialWorkRegistration

pytestmark = pytest.mark.usefixtures("national")
LOW, LIKELY, HIGH = Outlook


def standing(place, people=18, residents=10_000):
    """An office that meets its standard exactly."""
    populate(place, residents)
    return staff(place, people)


def looked(office, measure="community_workers"):
    db.session.expire_all()
    return service.opened(SYSTEM, office.id, today=make.TODAY, measure=measure)


def missing(line):
    return [month.missing for month in line.months]


def born(person, birth_date, sex=Sex.MALE):
    with writing():
        person.birth_date, person.sex = birth_date, sex
    return person


def plan(office, number=1, certainty=Certainty.CERTAIN, starts_on=date(2026, 9, 1), **more):
    wish = Wish(AppointmentKind.FULL_TIME, number, starts_on, certainty, **more)
    with writing():
        return plans.plan_post(office, wish, actor=SYSTEM, now=make.NOW)


def test_without_events_the_forecast_is_todays_figure_month_after_month(place):
    standing(place.one, 15)
    _, line = looked(place.one)
    assert len(line.months) == 25
    assert missing(line) == [3] * 25
    assert {month.numbers for month in line.months} == {(15, 15)}
    assert line.falls.already


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.booleans()), max_size=4),
    st.lists(st.integers(0, 3), max_size=3),
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_without_events_every_office_and_the_whole_stay_as_they_are(place, groups, planned):
    communities = [place.one, place.two, place.three]
    for at, number, full in groups:
        staff(communities[at], number, share="1" if full else "0.5")
    db.session.expire_all()
    lines = service.Foresight(SYSTEM, make.TODAY).lines()
    assert len(lines) == 6
    for line in lines:
        for month in line.months:
            assert {each.number for each in month.told.values()} == {line.today.likely.number}
            assert month.missing_range == line.today.missing_range


@pytest.mark.parametrize(
    ("ends_on", "month"),
    [
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 31)),  # 30 June was the last day
        (date(2026, 7, 31), date(2026, 7, 31)),
        (date(2028, 5, 31), date(2028, 5, 31)),
        (date(2028, 6, 1), None),
    ],
)
def test_an_office_falls_below_in_the_month_after_the_last_day(place, ends_on, month):
    standing(place.one, 17)
    staff(place.one, ends_on=ends_on)
    _, line = looked(place.one)
    if month is None:
        assert line.falls is None
    else:
        assert (line.falls.month, line.falls.missing, line.falls.already) == (month, 1, False)


def test_the_page_names_who_leaves_in_the_month_of_the_fall(browser, place, manager):
    standing(place.one, 16)
    leaver = staff(place.one, ends_on=date(2027, 3, 1))
    staff(place.one, ends_on=date(2027, 3, 1), kind=AppointmentKind.PARTY)
    page = browser.sign_in(manager).visit(f"/staffing/forecast/{place.one.id}", headers=EN)
    assert "falls below its standard in March 2027: 2 people are to be hired by then" in page.words
    (row,) = page.all("tr", id="month-10")
    assert "−2 The appointment ends" in " ".join("".join(row.itertext()).split())
    (who,) = page.all("section", id="who")
    assert f"/staffing/people/{leaver.id}" in [a.get("href") for a in who.iter("a")]
    other = browser.visit(f"/staffing/forecast/{place.one.id}?at=2026-07")
    assert leaver.name not in other.words


EN = {"Accept-Language": "en"}


def test_the_table_shows_where_it_falls_and_what_is_to_be_hired(browser, place, manager):
    standing(place.one, 17)
    staff(place.one, ends_on=date(2026, 12, 1))
    standing(place.two, 20)
    standing(place.three, 18)
    page = browser.sign_in(manager).visit("/staffing/forecast", headers=EN)
    (row,) = page.all("tr", id=f"office-{place.one.id}")
    cells = {c.get("data-label"): " ".join("".join(c.itertext()).split()) for c in row.iter("td")}
    assert (cells["Falls below"], cells["To hire by then"]) == ("December 2026", "1")
    assert not page.all("tr", id=f"office-{place.two.id}")
    whole = browser.visit("/staffing/forecast?every=1", headers=EN)
    (row,) = whole.all("tr", id=f"office-{place.two.id}")
    assert "stays above" in "".join(row.itertext())


def test_a_retirement_counts_early_at_worst_and_late_at_best(place, decided):
    standing(place.one, 17)
    born(staff(place.one), date(1966, 3, 10))  # 60 in March 2026, four months more: July
    _, line = looked(place.one)
    told = {one: [month.told[one].shortfall for month in line.months] for one in Outlook}
    assert [told[one].index(1) if 1 in told[one] else None for one in Outlook] == [2, 2, None]
    assert line.falls.month == date(2026, 7, 31)


def test_who_may_go_early_makes_the_worst_case(place, decided):
    standing(place.one, 17)
    # 60 in 2028-01, ten months more; at the earliest at 60, after three months' notice.
    born(staff(place.one), date(1968, 1, 10))
    foresight, line = looked(place.one)
    assert line.falls is None
    assert line.falls_at_worst.month == date(2028, 1, 31)
    (only,) = foresight.changes(place.one, LOW)
    assert (only.cause, only.day) == (Cause.RETIREMENT, date(2028, 1, 10))


def test_nothing_uncertain_changes_what_is_today(place, decided):
    standing(place.one, 15)
    for when in (date(1950, 1, 1), date(1963, 1, 1), date(1966, 1, 1)):
        born(staff(place.one, probation_until=make.TODAY), when)
    _, line = looked(place.one)
    assert (line.today.numbers, line.today.missing_range) == ((18, 18), (0, 0))
    assert line.months[1].missing_range == (0, 3)


def test_a_woman_in_a_workers_post_goes_at_50_and_a_cadre_at_55(place, decided):
    standing(place.one, 16)
    born(staff(place.one), date(1976, 1, 10), Sex.FEMALE)  # 50 in January 2026, seven months
    party = staff(place.one, kind=AppointmentKind.PARTY)
    born(party, date(1976, 1, 10), Sex.FEMALE)
    foresight, _ = looked(place.one)
    (only,) = foresight.changes(place.one, LIKELY)
    assert (only.day, only.cause) == (date(2026, 8, 10), Cause.RETIREMENT)


def test_an_office_has_its_own_age(place, decided):
    standing(place.one, 17)
    born(staff(place.one), date(1971, 8, 20))
    assert looked(place.one)[1].falls is None
    with writing():
        ages.add_age(
            place.street,
            ages.Terms(Sex.MALE, tuple(AppointmentKind), 660, date(2026, 1, 1), 660),
            actor=SYSTEM,
            now=make.NOW,
        )
    assert looked(place.one)[1].falls.month == date(2026, 8, 31)


def test_of_whom_birth_or_sex_is_not_known_no_retirement_is_foreseen_and_it_says_so(
    browser, place, manager, decided
):
    standing(place.one, 18)
    foresight, line = looked(place.one)
    assert (line.falls, foresight.ahead.unknown) == (None, 18)
    page = browser.sign_in(manager).visit(f"/staffing/forecast/{place.one.id}", headers=EN)
    assert "Of 18 people the birth date or sex is not on record" in page.words


def test_probation_is_uncertain(place):
    standing(place.one, 17)
    staff(place.one, probation_until=date(2026, 7, 31))
    _, line = looked(place.one)
    assert line.falls is None
    assert line.falls_at_worst.month == date(2026, 8, 31)


def test_leave_ends_and_begins_where_those_on_leave_do_not_count(place):
    with writing():
        row = db.session.scalars(select(Standard)).one()
        row.count_on_leave = False
    standing(place.one, 16)
    staff(
        place.one,
        on_leave=True,
        leave_starts_on=date(2026, 1, 1),
        leave_ends_on=date(2026, 8, 15),
    )
    staff(place.one, on_leave=True, leave_starts_on=date(2026, 9, 1))
    foresight, line = looked(place.one)
    assert missing(line)[:5] == [1, 1, 1, 0, 1]
    causes = [(one.cause, one.heads, one.day) for one in foresight.changes(place.one, LIKELY)]
    assert causes == [
        (Cause.RETURN, 1, date(2026, 8, 15)),
        (Cause.LEAVE, -1, date(2026, 9, 1)),
    ]


@pytest.mark.parametrize(
    ("certainty", "told"),
    [
        (Certainty.CERTAIN, [0, 0, 0]),
        (Certainty.LIKELY, [1, 0, 0]),
        (Certainty.POSSIBLE, [1, 1, 0]),
    ],
)
def test_a_planned_post_counts_as_it_is_sure(place, certainty, told):
    standing(place.one, 17)
    plan(place.one, certainty=certainty)
    foresight, line = looked(place.one)
    assert missing(line)[:4] == [1, 1, 1, 1]
    assert [line.months[4].told[one].shortfall for one in Outlook] == told
    if certainty is Certainty.LIKELY:
        (only,) = foresight.changes(place.one, LIKELY)
        assert (only.cause, only.day) == (Cause.PLANNED, date(2026, 9, 1))


def test_a_post_that_should_be_filled_by_now_does_not_change_today(place):
    standing(place.one, 17)
    plan(place.one, starts_on=date(2026, 5, 1))
    assert missing(looked(place.one)[1])[:2] == [1, 0]


def test_a_filled_post_is_not_counted_twice(place):
    standing(place.one, 16)
    row = plan(place.one, number=2)
    terms, person = Terms(AppointmentKind.FULL_TIME, date(2026, 8, 1)), make.person()
    with writing():
        done = appointing.appoint(person, place.one, terms, actor=SYSTEM, now=make.NOW)
        plans.fill(row, done.id, actor=SYSTEM, now=make.NOW)
    assert missing(looked(place.one)[1])[:5] == [2, 2, 2, 1, 0]


def test_the_population_goes_on_at_its_pace_and_towards_what_is_planned(place):
    standing(place.one, 18)
    populate(place.one, 9_700, as_of=date(2024, 11, 1))
    foresight, line = looked(place.one)
    assert foresight.growth(place.one).methods == {Method.TREND: 1}
    assert line.today.likely.base == 10_000
    assert line.after(12).likely.base == 10_300 - 1  # 364 of 365 days
    assert line.falls.month == date(2026, 6, 30)
    assert line.after(12).missing_range == (0, 1)
    with writing():
        ages.plan_figure(
            place.one,
            kind=PopulationKind.URBAN_RESIDENT,
            number=9_000,
            as_of=date(2027, 5, 31),
            source="拆迁",
            actor=SYSTEM,
            now=make.NOW,
            today=make.TODAY,
        )
    foresight, line = looked(place.one)
    assert foresight.growth(place.one).methods == {Method.PLANNED: 1}
    assert (line.after(12).likely.base, line.falls) == (9_000, None)
    assert line.falls_at_worst.month == date(2026, 6, 30)


def test_above_offices_the_sizes_of_those_below_are_added(place):
    standing(place.one, 18)
    populate(place.one, 9_000, as_of=date(2024, 11, 1))
    standing(place.two, 18)
    foresight, line = looked(place.street)
    _, one = looked(place.one)
    for month, below in zip(line.months, one.months, strict=True):
        assert month.likely.base == below.likely.base + 10_000
    assert foresight.growth(place.street).methods == {Method.TREND: 1, Method.STEADY: 1}


def test_a_credential_that_lapses_and_a_registration_that_may_lapse(place, manager):
    standard = Standard(
        office_id=None, name_zh="持证", measure="share", kind="share", target=Decimal(50),
        per=Decimal(1), population_kind=PopulationKind.URBAN_RESIDENT,
        count_mode=CountMode.HEADCOUNT, kinds=["full_time"], base_kinds=["full_time"],
        grades=[Grade.ASSISTANT.value], valid_from=date(2024, 1, 1), source="省",
    )  # fmt: skip
    make.saved(standard)
    assert isinstance(standard.terms, Share)
    one = staff(place.one)
    two = staff(place.one)
    staff(place.one, 2)
    kept = certify(one)
    certify(two)
    with writing():
        kept.valid_until = date(2026, 8, 31)
        db.session.add(
            SocialWorkRegistration(
                person_id=two.id,
                grade=Grade.ASSISTANT,
                starts_on=date(2023, 10, 1),
                ends_on=date(2026, 9, 30),
                verified_at=make.NOW,
            )
        )
    foresight, line = looked(place.one, "share")
    assert missing(line)[:6] == [0, 0, 0, 0, 1, 1]
    assert [line.months[5].told[each].shortfall for each in Outlook] == [2, 1, 1]
    (lapse,) = foresight.changes(place.one, LIKELY)
    assert (lapse.cause, lapse.person, lapse.day) == (Cause.LAPSE, one.id, date(2026, 9, 1))


def test_a_manager_sees_ahead_only_for_his_own_offices(browser, place):
    standing(place.three)
    other = make.account(Role.MANAGER, place.street)
    browser.sign_in(other).visit(f"/staffing/forecast/{place.three.id}", status=404)
    page = browser.visit("/staffing/forecast?every=1")
    assert not page.all("tr", id=f"office-{place.three.id}")
    assert page.all("tr", id=f"office-{place.one.id}")


def test_the_forecast_asks_as_often_for_one_office_as_for_many(browser, place, manager, decided):
    standing(place.one, 3)
    plan(place.one)
    browser.sign_in(manager).visit("/staffing/forecast?every=1")

    def asked(url):
        with queries() as sent:
            browser.visit(url)
        return len(sent)

    pages = ["/staffing/forecast?every=1", f"/staffing/forecast/{place.district.id}"]
    before = [asked(url) for url in pages]
    for at in range(3):
        more = make.office(f"新社区{at}", parent=place.street, kind=OfficeKind.COMMUNITY)
        standing(more, 2)
        staff(more, ends_on=date(2026, 8, 1))
        plan(more)
    assert [asked(url) for url in pages] == before


# --- ages and planned figures as data -----------------------------------------------------------

"""The picture: trends, all standards at once, why an office is short; and a recount of it all."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import make
import pytest
from counting import queries
from hypothesis import example, given
from hypothesis import strategies as st
from said import QUICK
from village import LONG_AGO, certify, populate, row_of, staff

from talent.access import Role
from talent.db import db, writing
from talent.offices.models import Office, OfficeKind
from talent.rules.credentials import CheckResult
from talent.rules.presence import within
from talent.rules.social_workers import Grade
from talent.rules.staffing import CountMode, Post, counted
from talent.rules.standards import Band, Bands, Base, PerUnit, Ratio, Share
from talent.staffing import explaining, facts, service
from talent.staffing.board import Board
from talent.staffing.facts import held_by
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind, Population
from talent.staffing.standards import service as standards
from talent.staffing.standards.service import Counting
from talent.training import service as training
from talent.training.models import Credential, CredentialKind

D = Decimal
THEN, NOW = date(2025, 6, 1), date(2026, 6, 1)
ACTOR = standards.SYSTEM


def standard(office, terms=None, measure=OFFICIAL, **more):
    since, last = more.pop("since", date(2020, 1, 1)), more.pop("last_day", None)
    with writing():
        return standards.add_standard(
            office=office, name_zh="地方标准", terms=terms or Ratio(D(18)), measure=measure,
            valid_from=since, last_day=last, source="区政府", counting=Counting(**more),
            actor=ACTOR, now=make.NOW,
        )  # fmt: skip


def appoint(person, office, **more):
    return staff(office, person=person, **more)


def told(office, **more):
    """The parts of the difference, by cause."""
    days = {"since": THEN, "on": NOW, "measure": OFFICIAL} | more
    found = explaining.explain(ACTOR, office.id, **days)
    assert sum((part.amount for part in found.parts), D(0)) == found.difference
    return found, {part.cause.value: part.amount for part in found.parts}


def test_an_office_is_short_by_three_and_each_cause_is_told_with_its_people(
    browser, place, manager
):
    standard(place.district)
    populate(place.one, 10_000, as_of=date(2025, 1, 1))
    populate(place.two, 10_000, as_of=date(2025, 1, 1))
    populate(place.one, 10_556, as_of=date(2026, 1, 1))  # one more is asked for, and a little
    staff(place.one, 16)
    gone = staff(place.one, ends_on=date(2026, 3, 1))
    moved = staff(place.one, ends_on=date(2026, 2, 1))
    appoint(moved, place.two, starts_on=date(2026, 2, 1))
    found, parts = told(place.one)
    assert (found.then.shortfall, found.now.shortfall) == (0, 4)
    assert parts == {"ended": 1, "moved_away": 1, "growth": D("1.0008"), "rounding": D("0.9992")}
    came = staff(place.one, starts_on=date(2026, 5, 1))
    found, parts = told(place.one)
    assert (found.now.shortfall, parts["began"]) == (3, -1)
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}/why?since=2025-06-01")
    for cause, person in (("ended", gone), ("moved_away", moved), ("began", came)):
        (row,) = page.said("tr", id=cause)
        assert person.name in row
    assert "10000 → 10556" in page.said("tr", id="growth")[0]
    _, above = told(place.street)  # who moved within the street changed nothing there
    assert above["ended"] == 1
    assert "moved_away" not in above


def test_leave_credentials_shares_and_posts_are_told_apart(place):
    standard(place.district, count_on_leave=False, count_mode=CountMode.FTE)
    populate(place.one, 10_000, as_of=date(2025, 1, 1))
    leave = {"on_leave": True, "leave_starts_on": date(2026, 1, 1)}
    staff(place.one, **leave)
    back = {"on_leave": True, "leave_ends_on": date(2026, 1, 1)}
    staff(place.one, **back)
    half = staff(place.one, ends_on=date(2026, 1, 1))
    appoint(half, place.one, starts_on=date(2026, 1, 1), share="0.5")
    other = staff(place.one, ends_on=date(2026, 1, 1))
    appoint(other, place.one, kind=AppointmentKind.GRID, starts_on=date(2026, 1, 1))
    raised = staff(place.one, kind=AppointmentKind.GRID)
    appoint(raised, place.one, starts_on=date(2026, 1, 1))
    found, parts = told(place.one)
    assert parts == {
        "leave": 1, "back": -1, "share": D("0.5"), "other_post": 1, "counting_post": -1,
        "rounding": D("0.5"),
    }  # fmt: skip
    assert (found.then.shortfall, found.now.shortfall) == (15, 16)


def test_a_lapsed_certificate_is_a_cause_where_the_standard_asks_for_one(place):
    standard(
        place.district, PerUnit(D(2)), measure="own", base=Base.OFFICES, grades=(Grade.ASSISTANT,),
        for_kind=OfficeKind.COMMUNITY,
    )  # fmt: skip
    certify(staff(place.one), valid_until=date(2026, 1, 1))
    certify(staff(place.one), issued_on=date(2026, 2, 1))
    _, parts = told(place.one, measure="own")
    assert parts == {"lapsed": 1, "holds": -1}


def test_another_standard_and_others_who_count_are_causes(place):
    standard(place.district, Ratio(D(18)), last_day=date(2025, 12, 31))
    standard(
        place.district, Ratio(D(25)), since=date(2026, 1, 1),
        kinds=(AppointmentKind.FULL_TIME, AppointmentKind.GRID),
    )  # fmt: skip
    populate(place.one, 10_000, as_of=date(2025, 1, 1))
    staff(place.one, 10)
    staff(place.one, 4, kind=AppointmentKind.GRID)
    found, parts = told(place.one)
    assert parts == {"standard": 7, "counted": -4}
    assert (found.then.shortfall, found.now.shortfall) == (8, 11)


def test_a_surplus_that_is_used_up_is_said(place):
    standard(place.district)
    populate(place.one, 10_000, as_of=date(2025, 1, 1))
    staff(place.one, 18)
    staff(place.one, 3, ends_on=date(2026, 1, 1))
    _, parts = told(place.one)
    assert parts == {"ended": 3, "rounding": -3}


def test_where_the_shortfall_is_not_known_the_reason_is_shown(browser, place, manager):
    standard(place.district)
    populate(place.one, 10_000, as_of=date(2026, 1, 1))
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}/why?since=2025-06-01")
    assert "This cannot be told" in page.words
    assert "The first population figure is of Thu 1 Jan 2026" in page.words
    browser.visit(f"/staffing/{place.one.id}/why?since=2027-06-01")
    below = make.account(Role.COORDINATOR, place.other)
    browser.sign_in(below).visit(f"/staffing/{place.one.id}/why", status=404)


def test_who_moved_to_an_office_that_the_reader_does_not_see_has_ended(browser, place, manager):
    account = make.account(Role.MANAGER, place.street)
    standard(place.district)
    populate(place.one, 10_000, as_of=date(2025, 1, 1))
    moved = staff(place.one, ends_on=date(2026, 1, 1))
    appoint(moved, place.three, starts_on=date(2026, 1, 1))
    url = f"/staffing/{place.one.id}/why?since=2025-06-01"
    page = browser.sign_in(manager).visit(url)
    assert moved.name in page.said("tr", id="moved_away")[0]
    page = browser.sign_in(account).visit(url)
    assert moved.name in page.said("tr", id="ended")[0]


def test_the_trend_shows_each_quarter_as_it_was(browser, place, manager):
    standard(place.district, last_day=date(2025, 12, 31))
    standard(place.district, Ratio(D(20)), since=date(2026, 1, 1))
    populate(place.one, 10_000, as_of=date(2023, 1, 1))
    populate(place.one, 20_000, as_of=date(2026, 1, 1))
    staff(place.one, 4, starts_on=date(2024, 1, 1))
    certify(staff(place.one, 4, starts_on=date(2025, 1, 1)))
    line = service.report(ACTOR, on=NOW, step=12, under=place.one)[0]
    points = [(p.day.year, p.ratio, p.target, p.shortfall) for p in line.trend]
    assert points == [(2023, 0, 18, 18), (2024, 4, 18, 14), (2025, 8, 18, 10), (2026, 4, 20, 32)]
    assert [p.certificate_rate for p in line.trend] == [None, 0, D("12.50"), D("12.50")]
    page = browser.sign_in(manager).visit("/staffing/")
    assert "0.00 → 4.00" in row_of(page, place.one)["Three years"]
    page = browser.visit(f"/staffing/{place.one.id}")
    tables = [t for t in page.all("table") if "Figure and target" in "".join(t.itertext())]
    assert len(list(tables[0].iter("tr"))) == 38  # a heading and 37 months


def test_an_office_shows_the_shortfalls_below_those_directly_below(browser, place, manager):
    standard(place.district)
    for office, residents in ((place.one, 1_000), (place.two, 2_000), (place.three, 3_000)):
        populate(office, residents)
    page = browser.sign_in(manager).visit(f"/staffing/{place.district.id}")
    assert row_of(page, place.street)["Shortfalls directly below"] == "6"  # 1.8 and 3.6, each up
    assert row_of(page, place.street)["Shortfall"] == "6"
    assert page.all("tr", id=f"office-{place.one.id}") == []


def test_all_standards_at_once_say_more_than_a_colour(browser, place, manager):
    standard(place.district)
    standard(place.street, PerUnit(D(1)), measure="children_director",
             kinds=(AppointmentKind.CHILDREN_DIRECTOR,), base=Base.OFFICES,
             for_kind=OfficeKind.COMMUNITY)  # fmt: skip
    populate(place.one, 10_000)
    staff(place.one, 17)
    staff(place.two, kind=AppointmentKind.CHILDREN_DIRECTOR)
    page = browser.sign_in(manager).visit("/staffing/heat")
    one = row_of(page, place.one)
    assert one["Community workers for residents"] == "▽ short by 1"
    assert one["Children's directors"] == "▼▼ short by 1"
    assert row_of(page, place.two)["Children's directors"] == "✓ met"
    assert row_of(page, place.two)["Community workers for residents"] == "? unknown"
    assert row_of(page, place.three)["Children's directors"] == "—"


@pytest.mark.parametrize("url", ["/staffing/heat", "/staffing/{}/why"])
def test_the_number_of_queries_does_not_grow(browser, place, manager, url):
    standard(place.district)
    staff(place.one, ends_on=date(2026, 1, 1))
    populate(place.one, 1_000, as_of=date(2020, 1, 1))
    browser.sign_in(manager)
    url = url.format(place.one.id)
    browser.visit(url)
    with queries() as few:
        browser.visit(url)
    for name in ("甲", "乙", "丙"):
        more = make.office(f"{name}社区", parent=place.street)
        populate(more, 2_000)
        standard(more, measure=f"own-{name}")
        staff(place.one, 2, ends_on=date(2026, 1, 2))
    with queries() as many:
        browser.visit(url)
    assert len(many) == len(few)


def test_a_large_tree_shows_its_upper_levels_first(browser, place, manager, monkeypatch):
    monkeypatch.setattr("talent.staffing.board.MANY", 3)
    standard(place.district)
    staff(place.one, 3)
    page = browser.sign_in(manager).visit("/staffing/")
    assert page.all("tr", id=f"office-{place.one.id}") == []
    assert row_of(page, place.street)["People counted"] == "3"
    assert page.all("tr", id=f"office-{place.one.id}") == []
    page = browser.visit("/staffing/?every=1")
    assert row_of(page, place.one)["People counted"] == "3"
    assert browser.visit("/staffing/heat").all("tr", id=f"office-{place.one.id}") == []
    assert browser.visit("/staffing/heat?every=1").all("tr", id=f"office-{place.one.id}")


days = st.dates(date(2026, 1, 1), date(2026, 1, 12))


@QUICK
@given(days, st.none() | days, st.none() | days, st.none() | days, st.booleans(), days)
@example(date(2026, 1, 10), None, None, date(2026, 1, 3), True, date(2026, 1, 5))
def test_a_post_counts_while_it_is_held_and_its_holder_is_not_on_leave(
    start, end, leave_start, leave_end, on_leave, day
):
    leave = (on_leave, leave_start, leave_end)
    post = facts.Post(1, 1, 1, "party", D(1), start, end, *leave)
    lawful = Post(1, "party", start, end, D(1), *leave)
    assert within(day, post.times(count_on_leave=True)) == lawful.held_on(day)
    counts = lawful.held_on(day) and not lawful.on_leave_on(day)
    assert within(day, post.times(count_on_leave=False)) == counts


def test_without_a_standard_the_ratio_of_the_plan_is_shown_and_nothing_is_decided(
    browser, place, manager
):
    staff(place.one, 3)
    populate(place.one, 1_000)
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}")
    assert "No staffing standard is in force on Mon 1 Jun 2026." in page.words
    shown = row_of(browser.visit("/staffing/"), place.one)
    assert [shown[name] for name in ("Per 10,000", "Target", "Standard met")] == ["30.00", "—", "—"]


def recount(office, day, by):
    """The number and the size of an office, from raw rows, one after the other."""
    people: dict[int, list[Post]] = {}
    held = held_by(db.select(Appointment.person_id), [])
    posts, size = [], D(0)
    for row in db.session.scalars(db.select(Appointment)):
        place = db.session.get(Office, row.office_id)
        if place.kind is OfficeKind.PARTNER or office.id not in place.ancestor_ids:
            continue
        grades = {
            one.grade for one in held.get(row.person_id, ()) if within(day, [(one.start, one.end)])
        }
        if by.who.grades and not by.who.grades & grades:
            continue
        posts.append(
            Post(
                row.person_id, row.kind, row.starts_on, row.ends_on, row.share,
                row.on_leave, row.leave_starts_on, row.leave_ends_on,
            )
        )  # fmt: skip
        people.setdefault(row.person_id, [])
    shares = counted(posts, day=day, kinds=by.who.kinds, count_on_leave=by.who.count_on_leave)
    number = len(shares) if by.mode is CountMode.HEADCOUNT else sum(shares.values())
    for each in db.session.scalars(db.select(Office).where(Office.kind == OfficeKind.COMMUNITY)):
        if office.id in each.ancestor_ids:
            rows = db.session.scalars(
                db.select(Population).where(
                    Population.office_id == each.id, Population.kind == by.kind,
                    Population.as_of <= day,
                )
            ).all()  # fmt: skip
            size += max(rows, key=lambda row: row.as_of).number
    return number, size


def peopled(chance, offices):
    """People with posts, leaves and certificates of any kind, at any of the offices."""
    for turn in range(40):
        began = LONG_AGO + timedelta(days=chance.randrange(2_300))
        person = staff(
            chance.choice(offices), kind=chance.choice(list(AppointmentKind)), starts_on=began,
            ends_on=chance.choice([None, began + timedelta(days=chance.randrange(1, 900))]),
            share=chance.choice(["1", "0.5", "0.333"]), on_leave=chance.random() < 0.3,
            leave_starts_on=chance.choice([None, date(2024, 5, 1)]),
            leave_ends_on=chance.choice([None, date(2025, 5, 1)]),
        )  # fmt: skip
        if turn % 3 == 0:
            certify(person, issued_on=began)
        if turn % 2:
            staff(chance.choice(offices), kind=chance.choice(list(AppointmentKind)), person=person,
                  starts_on=began + timedelta(days=1), share="0.5")  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_of_every_office_and_day_equal_a_recount_from_raw_rows(place, seed):
    chance = random.Random(seed)
    station = make.office("社工站", parent=place.street, kind=OfficeKind.STATION)
    partner = make.office("合作机构", parent=place.street, kind=OfficeKind.PARTNER)
    offices = [*vars(place).values(), station, partner]
    standard(place.district, kinds=tuple(AppointmentKind)[:4], count_on_leave=chance.random() < 0.5,
             count_mode=chance.choice(list(CountMode)))  # fmt: skip
    standard(place.district, Share(D(30)), measure="certified", grades=tuple(Grade),
             kinds=tuple(AppointmentKind))  # fmt: skip
    standard(place.district, Bands((Band(0, 1_500, D(3)), Band(1_500, None, D(6)))),
             measure="bands")  # fmt: skip
    for community in (place.one, place.two, place.three):
        for year in range(2022, 2027):
            populate(community, chance.randint(500, 4_000), as_of=date(year, 1, 1))
    peopled(chance, offices)
    days = [*service.trend_days(NOW, 6), date(2024, 5, 1), date(2025, 5, 1)]
    board = Board(ACTOR, days, measures=None)
    assert board.measures[0] == OFFICIAL
    for measure in board.measures:
        for office in (place.one, place.two, place.street, place.other, place.district):
            for at, day in enumerate(board.days):
                by = board.yardstick(measure, office, at)
                outcome = board.outcome(office, by, at)
                number, size = recount(office, day, by)
                assert outcome.number == number, (measure, office.name_zh, day)
                assert by.base is not Base.POPULATION or outcome.base == size
                assert measure != OFFICIAL or outcome.required == size * 18 / 10_000
                people = board.staff.counting_at(office.id, by.who, at)
                heads = board.staff.tallies(by.who)[office.id].heads[at]
                assert len(people) == heads


def test_a_check_by_which_a_record_was_found_counts_nobody(place, manager):
    standard(place.one, PerUnit(D(2)), measure="儿童主任", credentials=("child_safety",))
    clear, found = (staff(place.one) for _ in range(2))
    with writing():
        training.seed_kinds()
    kind = db.session.query(CredentialKind).filter_by(code="child_safety").one()
    for person, result in ((clear, CheckResult.CLEAR), (found, CheckResult.FOUND)):
        make.saved(
            Credential(
                person_id=person.id, kind_id=kind.id, issued_on=LONG_AGO, result=result,
                made_at=make.NOW, verified_by=1, verified_at=make.NOW,
            )
        )  # fmt: skip
    board = Board(ACTOR, [NOW], measures=["儿童主任"])
    by = board.yardstick("儿童主任", place.one)
    assert board.outcome(place.one, by).number == 1


@pytest.mark.parametrize("page", ["/", "/{id}", "/{id}/why", "/heat", "/export"])
def test_a_day_long_before_all_figures_is_no_fault(browser, place, manager, national, page):
    staff(place.one)
    browser.sign_in(manager).visit(f"/staffing{page.format(id=place.one.id)}?on=0001-01-01")


def test_the_table_of_the_trend_writes_the_target_as_the_page_does(browser, place, manager):
    standard(place.district)
    staff(place.one, 90)
    populate(place.one, 50_010)
    page = browser.sign_in(manager).visit(f"/staffing/{place.one.id}")
    assert "18.00" in page.words
    assert "18.0000" not in page.words

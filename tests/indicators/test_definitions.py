"""Definitions: the plan's indicators are there once, offices add their own, targets have a term."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import make
import pytest
from rows import indicator, quantity, stated
from together import together

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.indicators.definitions import service as definitions
from talent.indicators.models import Indicator, IndicatorTarget, Quantity
from talent.offices.models import Office
from talent.rules.indicators import Better, Formula, Measure
from talent.rules.sources import Sure


@pytest.fixture
def clerk(browser, manager):
    return browser.sign_in(manager)


def test_the_seven_of_the_plan_are_there_once(place):
    with writing():
        definitions.seed_indicators(make.NOW)
    rows = db.session.query(Indicator).filter(Indicator.number.isnot(None))
    assert [row.number for row in rows.order_by(Indicator.number)] == [1, 2, 3, 4, 5, 6, 7]
    levels = {row.number: [target.level for target in row.targets] for row in rows}
    assert levels == {1: [100], 2: [80], 3: [30], 4: [10], 5: [60], 6: [100], 7: []}


def test_each_is_shown_with_its_source_and_how_sure_it_is(clerk):
    page = clerk.visit("/indicators/definitions")
    assert "国办发〔2021〕56号" in page.words
    assert "湖北省规划" in page.words
    assert page.words.count("Main indicator of the plan") == 7


OWN = {
    "name_zh": "每百名居民拥有志愿服务队",
    "name_en": "Volunteer teams for 100 residents",
    "unit_zh": "支/百人",
    "unit_en": "per 100",
    "formula": "per_100",
    "numerator": "0",
    "new_name_zh": "志愿服务队",
    "new_unit_zh": "支",
    "new_measure": "count",
    "settlement": "",
    "better": "more",
    "source": "区政府",
    "sure": "own",
}


def test_an_office_defines_its_own_with_a_new_quantity(clerk, place):
    fields = OWN | {"office": place.street.id, "denominator": quantity("residents").id}
    clerk.visit("/indicators/definitions/new")
    clerk.send("/indicators/definitions/new", **fields)
    row = db.session.query(Indicator).filter_by(name_zh=OWN["name_zh"]).one()
    assert (row.office_id, row.numerator.name_zh, row.numerator.unit_zh) == (
        place.street.id, "志愿服务队", "支",
    )  # fmt: skip
    page = clerk.visit(f"/indicators/figures/new?office={place.one.id}")
    assert f"quantity_{row.numerator_id}" in page.fields()


def define(start, office_id):
    """The same new indicator of a new quantity, as another clerk enters it in the same moment."""
    words = {"name_zh": "志愿服务队", "name_en": None, "unit_zh": "支", "unit_en": None}
    counted = definitions.NewQuantity(**words, measure=Measure.COUNT)
    new = definitions.NewIndicator(
        **words, formula=Formula.NUMBER, numerator=counted,
        denominator=None, settlement=None, better=Better.MORE, source="区政府", sure=Sure.OWN,
    )  # fmt: skip
    start()
    with writing():
        office = db.session.get(Office, office_id)
        row = definitions.define(office, new, actor=SYSTEM, now=make.NOW)
        return row.code, row.numerator.code


def test_who_defines_the_same_in_the_same_moment_gets_the_next_code(settings, place):
    acts = [(define, place.street.id)] * 4
    assert sorted(together(settings, *acts)) == [
        (code, code)
        for code in ("zhi_yuan_fu_wu_dui", *(f"zhi_yuan_fu_wu_dui_{n}" for n in (2, 3, 4)))
    ]


def test_an_indicator_of_a_street_is_nothing_to_another_one(browser, clerk, place):
    fields = OWN | {"office": place.street.id, "denominator": quantity("residents").id}
    clerk.send("/indicators/definitions/new", **fields)
    row = db.session.query(Indicator).filter_by(name_zh=OWN["name_zh"]).one()
    browser.sign_in(make.account(Role.MANAGER, place.other))
    assert OWN["name_en"] not in browser.visit("/indicators/").words
    browser.visit(f"/indicators/{row.id}", status=404)
    browser.sign_in(make.account(Role.MANAGER, place.one))
    assert OWN["name_en"] in browser.visit("/indicators/").words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"denominator": "0"}, "This formula needs a denominator."),
        ({"new_name_zh": ""}, "Name the new numerator, or choose one that is there."),
        ({"new_unit_zh": ""}, "Give the unit of the new numerator."),
        ({"name_zh": ""}, "Please fill in this field."),
    ],
)
def test_what_does_not_make_an_indicator_is_refused(clerk, place, change, said):
    fields = OWN | {"office": place.street.id, "denominator": quantity("residents").id} | change
    before = db.session.query(Quantity).count()
    page = clerk.send("/indicators/definitions/new", 422, **fields)
    assert said in page.words
    assert db.session.query(Quantity).count() == before


def test_a_numerator_is_not_its_own_denominator(clerk, place):
    same = quantity("residents").id
    fields = OWN | {"office": place.street.id, "numerator": same, "denominator": same}
    page = clerk.send("/indicators/definitions/new", 422, **fields)
    assert "Numerator and denominator are the same." in page.words


def test_a_number_alone_needs_no_denominator(clerk, place):
    fields = OWN | {"office": place.street.id, "formula": "number", "denominator": "0"}
    clerk.send("/indicators/definitions/new", **fields)
    row = db.session.query(Indicator).filter_by(name_zh=OWN["name_zh"]).one()
    stated(place.one, **{row.numerator.code: 3})
    stated(place.two, **{row.numerator.code: 4})
    page = clerk.visit(f"/indicators/{row.id}?office={place.street.id}")
    assert "7.00 per 100" in page.words


def target(clerk, row, place_, **fields):
    given = {
        "office": place_.id, "level": "40", "valid_from": "2026-01-01", "last_day": "",
        "source": "省规划", "sure": "b",
    }  # fmt: skip
    status = fields.pop("status", 303)
    url = f"/indicators/definitions/{row.id}/targets/new"
    return clerk.send(url, status, **(given | fields))


def test_a_target_is_set_and_ended(clerk, place):
    row = indicator("area_per_100_households")
    target(clerk, row, place.street, last_day="2026-12-31")
    made = db.session.query(IndicatorTarget).order_by(IndicatorTarget.id.desc()).first()
    assert (made.level, made.office_id) == (40, place.street.id)
    assert made.valid_to == date(2027, 1, 1)
    clerk.visit(f"/indicators/targets/{made.id}/end")
    clerk.send(f"/indicators/targets/{made.id}/end", last_day="2026-06-30")
    db.session.expire_all()
    assert made.valid_to == date(2026, 7, 1)
    page = clerk.send(f"/indicators/targets/{made.id}/end", 422, last_day="2025-06-30")
    assert "is before the first day" in page.words


def test_what_a_place_asks_for_fills_the_form(clerk):
    row = indicator("area_per_100_households")
    page = clerk.visit(f"/indicators/definitions/{row.id}/targets/new?example=hunan_area")
    assert [e.get("value") for e in page.all("input", name="level")] == ["43"]
    plain = clerk.visit(f"/indicators/definitions/{row.id}/targets/new?example=hunan_sites")
    assert [e.get("value") for e in plain.all("input", name="level")] == [""]


def test_the_level_of_indicator_seven_is_a_staffing_standard(clerk, place):
    page = target(clerk, indicator("workers_per_10k"), place.street, status=422)
    assert "The level of this indicator is a staffing standard." in page.words


def test_only_who_speaks_for_all_sets_and_ends_what_holds_for_all(browser, clerk, place):
    row = indicator("area_per_100_households")
    national = row.targets[0]
    browser.sign_in(make.account(Role.MANAGER, place.street))
    browser.visit(f"/indicators/targets/{national.id}/end", status=404)
    browser.send(f"/indicators/definitions/{row.id}/standing", 404, open="0")
    page = target(browser, row, place.street, office=0, status=422)
    assert page.all("p", id="office-error")
    assert target(browser, row, place.district, status=422).all("p", id="office-error")


def test_a_closed_indicator_leaves_the_report_and_comes_back(clerk):
    row = indicator("participation")
    clerk.send(f"/indicators/definitions/{row.id}/standing", open="0")
    assert f"indicator-{row.id}" not in clerk.visit("/indicators/").text
    clerk.send(f"/indicators/definitions/{row.id}/standing", open="1")
    assert f"indicator-{row.id}" in clerk.visit("/indicators/").text


def test_a_level_takes_decimals_and_no_words(clerk, place):
    row = indicator("organisations_urban")
    target(clerk, row, place.street, level="7.5")
    assert row.targets[-1].level == Decimal("7.5")
    page = target(clerk, row, place.street, level="viele", status=422)
    assert "Give a number." in page.words

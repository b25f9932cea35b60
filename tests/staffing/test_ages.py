"""Ages of retirement and planned figures, as an office writes them down."""

from __future__ import annotations

import make
import pytest
from sqlalchemy import select

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.offices.models import OfficeKind
from talent.rules.sources import Sure
from talent.staffing.forecasts import ages
from talent.staffing.forecasts.models import PlannedFigure, RetirementAge

pytestmark = pytest.mark.usefixtures("national")
EN = {"Accept-Language": "en"}


def test_the_ages_that_come_along_say_that_they_are_from_memory(browser, place, manager, decided):
    page = browser.sign_in(manager).visit("/staffing/forecast/ages", headers=EN)
    assert page.words.count("[M] from memory") == 6
    with writing():
        ages.seed_ages(make.NOW)
    assert db.session.query(RetirementAge).count() == 6


def test_an_age_is_written_changed_and_traced(browser, place, manager, decided):
    browser.sign_in(manager)
    told = {
        "office": place.street.id,
        "sex": "male",
        "kinds": ["full_time"],
        "age_months": 720,
        "most_months": 756,
        "step_months": 4,
        "early_months": 0,
        "late_months": 0,
        "notice_months": 0,
        "valid_from": "2026-01-01",
        "source": "街道",
    }
    assert browser.send("/staffing/forecast/ages/new", **told).location == "/staffing/forecast/ages"
    row = db.session.scalars(
        select(RetirementAge).where(RetirementAge.office_id.is_not(None))
    ).one()
    assert (row.most_months, row.sure) == (756, Sure.OWN)
    browser.send(f"/staffing/forecast/ages/{row.id}/edit", **{**told, "early_months": 12})
    db.session.refresh(row)
    assert row.early_months == 12
    acts = select(AuditEntry.act).where(AuditEntry.act == Act.AGE_CHANGED)
    assert len(db.session.scalars(acts.where(AuditEntry.office_id == place.street.id)).all()) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"most_months": 700}, "most_months"),
        ({"kinds": []}, "kinds"),
        ({"last_day": "2025-12-31"}, "last_day"),
        ({"age_months": 0}, "age_months"),
        ({"age_months": "sixty"}, "age_months"),
        ({"source": ""}, "source"),
    ],
)
def test_an_age_that_cannot_be_is_refused_beside_its_field(browser, place, manager, wrong, field):
    told = {
        "office": place.street.id, "sex": "male", "kinds": ["full_time"], "age_months": 720,
        "most_months": 756, "step_months": 4, "early_months": 0, "late_months": 0,
        "notice_months": 0, "valid_from": "2026-01-01", "source": "街道", **wrong,
    }  # fmt: skip
    page = browser.sign_in(manager).send("/staffing/forecast/ages/new", status=422, **told)
    assert page.all("p", id=f"{field}-error")
    assert db.session.query(RetirementAge).count() == 0


def test_the_countrys_ages_are_changed_only_by_whoever_speaks_for_all(browser, place, decided):
    make.office("别的区", kind=OfficeKind.DISTRICT)
    other = make.account(Role.MANAGER, place.district)
    row = db.session.scalars(select(RetirementAge).order_by(RetirementAge.id)).first()
    browser.sign_in(other).visit(f"/staffing/forecast/ages/{row.id}/edit", status=404)


def test_a_planned_figure_is_of_a_day_to_come_once_and_can_be_taken_back(browser, place, manager):
    told = {
        "office": place.one.id,
        "kind": "urban_resident",
        "number": 12_000,
        "as_of": "2027-01-01",
        "source": "规划",
    }
    browser.sign_in(manager).send("/staffing/forecast/figures/new", **told)
    for wrong in ({}, {"as_of": "2026-06-01"}, {"number": -1}, {"source": ""}):
        browser.send("/staffing/forecast/figures/new", status=422, **{**told, **wrong})
    key = db.session.scalars(select(PlannedFigure.id)).one()
    page = browser.visit("/staffing/forecast/figures")
    assert page.all("tr", id=f"figure-{key}")
    browser.send(f"/staffing/forecast/figures/{key}/removal")
    assert db.session.query(PlannedFigure).count() == 0
    browser.send(f"/staffing/forecast/figures/{key}/removal", status=404)

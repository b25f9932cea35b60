"""Whoever came of age is spoken for by nobody, also in the minutes before the job has run."""

from __future__ import annotations

from datetime import date, timedelta

import make
import pytest

pytestmark = pytest.mark.usefixtures("clock")
TODAY = make.NOW.date()
PAGES = ("history", "consents", "profile", "picture")


@pytest.fixture
def office(app):
    return make.office()


def test_on_the_day_of_coming_of_age_the_guardian_opens_nothing_any_more(browser, office):
    guardian = make.volunteer(office, name="钱多多")
    born = date(TODAY.year - 18, TODAY.month, TODAY.day)
    grown = make.person("小明", at=office, birth_date=born, guardian_id=guardian.person_id)
    browser.sign_in(guardian)
    for page in (f"/children/{grown.id}", *(f"/people/{grown.id}/{of}" for of in PAGES)):
        browser.visit(page, status=404)
    for act in (f"/privacy/{grown.id}/archive", f"/people/{grown.id}/consents/privacy/withdrawal"):
        browser.send(act, status=404)
    assert "小明" not in browser.visit("/children").words


def test_the_day_before_the_guardian_still_does(browser, office):
    guardian = make.volunteer(office, name="钱多多")
    born = date(TODAY.year - 18, TODAY.month, TODAY.day) + timedelta(days=1)
    child = make.person("小明", at=office, birth_date=born, guardian_id=guardian.person_id)
    browser.sign_in(guardian)
    browser.visit(f"/people/{child.id}/history")
    assert "小明" in browser.visit("/children").words

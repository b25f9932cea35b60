"""A form that is sent twice is one act, and the second is answered as the first."""

from __future__ import annotations

from datetime import timedelta

import make
import plan
import pytest

from talent import once
from talent.access import Role
from talent.db import db, writing
from talent.offices.models import Office
from talent.once import SentForm

NEW = {
    "name_zh": "桃园社区", "name_en": "", "kind": "community", "parent_id": "",
}  # fmt: skip


@pytest.fixture
def manager(app, browser):
    office = make.office("东城区", kind="district")
    account = make.account(Role.ADMINISTRATOR, office)
    browser.sign_in(account)
    return office


def key_of(browser, url):
    return browser.visit(url).all("input", name="form_key")[0].get("value")


def offices():
    db.session.rollback()
    return db.session.query(Office).count()


def test_each_page_has_a_key_of_its_own(browser, manager):
    assert key_of(browser, "/offices/new") != key_of(browser, "/offices/new")


def test_a_form_that_is_sent_twice_makes_one_thing_and_leads_to_it_twice(browser, manager):
    sent = NEW | {"parent_id": manager.id, "form_key": key_of(browser, "/offices/new")}
    there = browser.send("/offices/new", **sent).location
    assert browser.send("/offices/new", **sent).location == there
    assert offices() == 2
    assert "not a second time" in browser.visit(there).words


def test_another_content_or_another_page_is_another_act(browser, manager):
    key = key_of(browser, "/offices/new")
    sent = NEW | {"parent_id": manager.id}
    browser.send("/offices/new", **sent, form_key=key)
    browser.send("/offices/new", **sent | {"name_zh": "梨园社区"}, form_key=key)
    browser.send("/offices/new", **sent, form_key=key_of(browser, "/offices/new"))
    assert offices() == 4


def test_what_was_refused_can_be_sent_again(browser, manager):
    sent = NEW | {"parent_id": manager.id, "form_key": "k"}
    browser.send("/offices/new", status=422, **sent | {"name_zh": ""})
    assert db.session.query(SentForm).count() == 0
    browser.send("/offices/new", **sent)
    assert offices() == 2


def test_the_key_of_one_is_no_key_of_another(browser, manager):
    sent = NEW | {"parent_id": manager.id, "form_key": "k"}
    browser.send("/offices/new", **sent)
    browser.sign_in(make.account(Role.ADMINISTRATOR, manager)).send("/offices/new", **sent)
    assert offices() == 3


def test_in_place_a_second_one_shows_the_whole_page_as_it_is(browser, clock):
    office = make.office()
    shift = plan.shift(plan.project(office))
    browser.sign_in(make.volunteer(office))
    url = plan.signup_url(shift)
    browser.send(url, status=200, htmx=True, form_key="k")
    again = browser.send(url, status=200, htmx=True, form_key="k").response
    assert again.headers["HX-Refresh"] == "true"
    assert not again.get_data()


def test_keys_of_the_day_before_yesterday_are_forgotten(app):
    with writing():
        db.session.add_all(
            SentForm(digest=str(days), at=make.NOW - timedelta(days=days)) for days in (1, 3)
        )
    with writing():
        assert once.forget_old(make.NOW) == "1 forgotten"
    assert [row.digest for row in db.session.query(SentForm)] == ["1"]

"""What the menus ask about time banks is read with who asks, and costs no statement of its own."""

from datetime import timedelta

import make
import pytest
from banking import turn_on
from counting import queries
from sqlalchemy import select

from talent.access import Role
from talent.accounts import signing
from talent.db import db
from talent.timebank import service


def test_what_is_read_with_who_asks_is_all_that_was_ever_said(community, street):
    make.let(community, since=make.TODAY - timedelta(days=9), time_bank="on")
    make.let(community, since=make.TODAY - timedelta(days=3), time_bank=None)
    make.let(community, since=make.TODAY + timedelta(days=3), time_bank="off")
    told, heard = service.banks(), service.heard(db.session.scalar(select(signing.BANKS)))
    assert heard.words == told.words
    assert {n: o.path for n, o in heard.offices.items()} == {
        n: o.path for n, o in told.offices.items()
    }
    assert len(heard.words[community.id]) == 3


def test_where_nobody_spoke_nothing_is_on(app):
    assert db.session.scalar(select(signing.BANKS)) is None
    assert service.heard("").on(make.TODAY) == []


@pytest.mark.parametrize(("role", "word"), [(None, "My time bank"), (Role.MANAGER, "Time bank")])
def test_the_menu_names_the_bank_and_asks_nothing_more(clock, app, browser, role, word):
    here = make.office("春风社区")
    person = make.person("王芳", at=here)
    account = make.account(role, here) if role else make.account(person=person)
    browser.sign_in(account)
    browser.visit("/messages/preferences")
    with queries() as before:
        page = browser.visit("/messages/preferences")
    assert word not in page.text
    turn_on(here)
    with queries() as after:
        page = browser.visit("/messages/preferences")
    assert word in page.text
    assert len(after) == len(before)

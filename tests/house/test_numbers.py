"""A number that no row can have is not found, wherever it stands."""

from __future__ import annotations

import make
import pytest

from talent.access import Role

BEYOND = [2**31, 2**63 - 1, 2**63, 10**30]


@pytest.fixture
def browser(browser, app):
    return browser.sign_in(make.account(Role.COORDINATOR, make.office()))


@pytest.mark.parametrize("number", BEYOND)
@pytest.mark.parametrize("path", ["/shifts/{}", "/rosters/{}", "/checkin/kiosks/{}", "/people/{}"])
def test_in_an_address(browser, path, number):
    assert browser.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("number", BEYOND)
def test_in_a_filter_and_in_a_form(browser, number):
    assert browser.get(f"/rosters/?after={number}").status_code in {200, 404}
    assert browser.get(f"/people/?after={number}").status_code in {200, 404}
    answer = browser.post("/shifts/moves", data={"signup": number, "need": number})
    assert answer.status_code == 404

"""An address that nobody would type finds nothing, and breaks nothing."""

from __future__ import annotations

import make
import pytest

from talent.access import Role
from talent.rules.teams import TeamKind
from talent.teams.models import Team

EMPTY, LONG = "%00", "9" * 25


@pytest.fixture
def clerk(app, browser, clock):
    office = make.office("春风社区")
    make.person("王秀兰", at=office)
    make.saved(
        Team(
            office_id=office.id, kind=TeamKind.CULTURE, name_zh="合唱队", made_at=make.NOW,
            changed_at=make.NOW,
        )
    )  # fmt: skip
    return browser.sign_in(make.account(Role.ADMINISTRATOR, office))


@pytest.mark.parametrize(
    "address",
    [
        f"/people/?q={EMPTY}",
        f"/people/?after=1:{EMPTY}",
        "/people/?since=0001-01-01",
        "/people/?since=9999-12-31",
        f"/people/?office={LONG}&team={LONG}&skill={LONG}",
        f"/people/export?q={EMPTY}",
        "/people/acts/new?kind=nothing",
        "/people/acts/new?all=1&endpoint=x&values=y",
        f"/people/acts/new?kind=give_skill&person={LONG}",
        f"/people/applications?after=1:{EMPTY}",
        f"/people/1/history?before={LONG}",
        f"/teams/?after=1:{EMPTY}",
        f"/teams/1?after={LONG}",
        f"/teams/1/members/new?q={EMPTY}",
    ],
)
def test_nonsense_in_an_address_is_answered(clerk, address):
    assert clerk.get(address).status_code in {200, 404}


def test_an_address_of_another_site_does_not_come_into_the_links_of_a_page(clerk):
    asked = "/people/acts/new?all=1&q=wang&_external=1&_scheme=javascript"
    links = [link.get("href") for link in clerk.visit(asked).all("a")]
    acts = [link for link in links if "acts/new" in link and "kind=" in link]
    assert acts
    assert all(link.startswith("/people/acts/new?q=wang&all=1") for link in acts)

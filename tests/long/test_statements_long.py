"""How many statements each page sends: a few, and no more of them when there is more to show."""

import json
from pathlib import Path

import filled
import make
import pytest
import walks
from counting import queries

from talent.db import db
from talent.offices.models import Office
from talent.shifts.models import Project

MOST = 12
# By reader and door what sends more, or more when there is more: its numbers may only shrink.
KEPT = json.loads(Path(__file__).with_name("statements.json").read_text(encoding="utf-8"))


def sent(app, browser, account, known):
    """How many each page sends that opens to the account, by its door."""
    browser.sign_in(account)
    found = {}
    for rule in walks.doors(app, "GET"):
        if rule.endpoint in filled.NOT_PAGES or not walks.opens(app, rule, account):
            continue
        with queries() as statements:
            answer = browser.get(walks.address(rule, known))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found[rule.endpoint] = sum(not each.startswith("BEGIN") for each in statements)
    return found


def more(office, project):
    """More people, shifts, attendances and records, which the lists of the office show."""
    for number in range(3):
        person = make.person(f"张{number}", at=office)
        over = make.shift(project, start=-48 - 24 * number, hours=2)
        make.attended(over, person, left=90)
        make.shift(project, start=48 + 24 * number, hours=2)
        make.record(person, office, 60 + number)


@pytest.mark.usefixtures("clock")
def test_no_page_sends_more_than_it_may_nor_more_when_there_is_more(app, browser):
    who, known = filled.fill("http://localhost")
    roles = ("volunteer", "administrator")
    little = {role: sent(app, browser, who[role], known) for role in roles}
    assert len(little["administrator"]) > 150
    more(db.session.get(Office, known["office_id"]), db.session.get(Project, known["project_id"]))
    wrong = {}
    for role in roles:
        for door, number in sent(app, browser, who[role], known).items():
            before, name = little[role].get(door, number), f"{role} {door}"
            if max(before, number) > KEPT.get(name, MOST):
                wrong[name] = f"{number} statements"
            elif number > before and name not in KEPT:
                wrong[name] = f"{before} statements, with more data {number}"
    assert not wrong

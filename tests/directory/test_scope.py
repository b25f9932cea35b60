"""Acts upon many people reach no further than the rights of who asked, at the moment they work."""

from __future__ import annotations

import make
import pytest
from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.accounts.models import Grant
from talent.db import db, writing
from talent.directory.acts import jobs, service
from talent.directory.models import ManyAct, ManyState
from talent.people.consents import service as consenting
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.rules.consent import ConsentKind
from talent.rules.teams import TeamKind
from talent.teams.models import Team, TeamMember

NEW = "/people/acts/new"


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def there(app):
    return make.office("秋水社区")


@pytest.fixture
def clerk(here, there, browser, clock):
    browser.account = make.account(Role.COORDINATOR, here)
    grant = Grant(
        account_id=browser.account.id, office_id=there.id, role=Role.COORDINATOR,
        granted_at=make.NOW,
    )  # fmt: skip
    make.saved(grant)
    return browser.sign_in(browser.account)


def do(clerk, address, **fields):
    page = clerk.send(address, status=200, **fields)
    kept = {e.get("name"): e.get("value") for e in page.all("input", type="hidden")}
    return clerk.send(address, seen=kept["seen"], once=kept["once"], **fields).location


def lose(office):
    with writing():
        query = select(Grant).where(Grant.office_id == office.id)
        db.session.scalars(query.order_by(Grant.id)).one().ended_at = make.NOW


def registered(here, there):
    person = make.person("王秀兰", at=here)
    make.saved(
        Registration(
            person_id=person.id, office_id=there.id, state=RegistrationState.ACTIVE,
            applied_at=make.NOW,
        )
    )  # fmt: skip
    with writing():
        given = [ConsentKind.PRIVACY]
        consenting.give(db.session.get(Person, person.id), given, actor=SYSTEM, now=make.NOW)
    return person


def states():
    db.session.rollback()
    return [r.state.value for r in db.session.scalars(select(Registration).order_by("id"))]


def test_an_undo_moves_no_registration_of_an_office_that_one_has_left(clerk, here, there):
    registered(here, there)
    act = do(clerk, f"{NEW}?all=1&kind=pause", reason="汛期", at=0)
    assert states() == ["paused", "paused"]
    lose(there)
    clerk.send(f"{act}/undo")
    assert states() == ["active", "paused"]


def test_an_undo_takes_nobody_from_an_office_that_one_has_left(clerk, here, there):
    person = make.person("王秀兰", at=here)
    act = do(clerk, f"{NEW}?all=1&kind=tie", office=there.id)
    lose(there)
    clerk.send(f"{act}/undo", status=404)
    db.session.rollback()
    assert db.session.get(Tie, (person.id, there.id)) is not None


def test_what_waits_for_a_team_of_an_office_that_one_has_left_is_stopped(
    clerk, here, there, monkeypatch
):
    monkeypatch.setattr(service, "AT_ONCE", 0)
    team = make.saved(
        Team(
            office_id=there.id, kind=TeamKind.CULTURE, name_zh="合唱队", made_at=make.NOW,
            changed_at=make.NOW,
        )
    )  # fmt: skip
    make.person("王秀兰", at=here)
    do(clerk, f"{NEW}?all=1&kind=join_team", team=team.id)
    lose(there)
    jobs.work(make.NOW)
    db.session.rollback()
    assert db.session.scalars(select(TeamMember)).all() == []
    assert db.session.scalars(select(ManyAct)).one().state is ManyState.STOPPED


def test_who_keeps_the_rights_undoes_all_of_it(clerk, here, there):
    person = make.person("王秀兰", at=here)
    act = do(clerk, f"{NEW}?all=1&kind=tie", office=there.id)
    clerk.send(f"{act}/undo")
    db.session.rollback()
    assert db.session.get(Tie, (person.id, there.id)) is None
    assert db.session.get(Person, person.id) is not None

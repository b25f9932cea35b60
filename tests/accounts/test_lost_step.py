"""A second step that was lost: taken away by an administrator, by two, or from the command line."""

from __future__ import annotations

import make
import pytest
from accounts.cast import PASSWORD, come_in, holder, is_in
from sqlalchemy import select

from talent.access import Role
from talent.accounts.factors.models import CodeApp, FactorRemoval, Passkey, RecoveryCode
from talent.accounts.models import Grant
from talent.accounts.sessions.models import Way
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.messages.models import Message, MessageKind

WHY = "came to the office, identity card seen"


@pytest.fixture
def office():
    return make.office()


def armed(role, office, **more):
    """An account with all that there is beside a password."""
    someone = holder(role, office, **more)
    code = {"account_id": someone.id, "made_at": make.NOW}
    make.saved(
        CodeApp(secret="00" * 20, used_at=make.NOW, last_step=0, **code),
        RecoveryCode(place=0, secret="x", **code),
        Passkey(token=f"t{someone.id}", public_key=b"", uses=0, handle="h", name="phone", **code),
    )
    return someone


@pytest.fixture
def boss(app, office):
    """An administrator's browser."""
    return app.test_client().speak("en").sign_in(make.account(Role.ADMINISTRATOR, office))


def left(account):
    db.session.rollback()
    return sum(
        len(db.session.scalars(select(table).filter_by(account_id=account.id)).all())
        for table in (CodeApp, RecoveryCode, Passkey)
    )


def acts():
    db.session.rollback()
    return [e.act for e in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_an_administrator_takes_away_what_a_coordinator_lost(app, clock, browser, boss, office):
    someone = armed(Role.COORDINATOR, office)
    browser.bear(someone.get_id(), make.session(someone.id, Way.APP))
    assert is_in(browser)
    page = boss.visit(f"/account/{someone.id}")
    assert page.all("a", href=f"/account/{someone.id}/second-step/take")
    boss.send(f"/account/{someone.id}/second-step/take", 422, why="")
    boss.send(f"/account/{someone.id}/second-step/take", why=WHY)
    assert left(someone) == 0
    assert not is_in(browser)
    entry = db.session.scalars(select(AuditEntry).filter_by(act=Act.FACTOR_TAKEN)).one()
    assert (entry.subject, entry.facts["why"]) == (f"account:{someone.id}", WHY)
    told = db.session.scalars(select(Message).filter_by(account_id=someone.id)).one()
    assert told.kind is MessageKind.SIGNING_CHANGED
    come_in(browser, someone)
    assert is_in(browser)


def test_of_an_administrator_a_second_one_has_to_agree(app, clock, browser, boss, office):
    someone = armed(Role.ADMINISTRATOR, office)
    boss.send(f"/account/{someone.id}/second-step/take", why=WHY)
    assert left(someone) == 3
    agree = f"/account/{someone.id}/second-step/agree?word=yes"
    assert "Another administrator has to agree" in boss.send(agree, 409).words
    other = app.test_client().speak("en").sign_in(make.account(Role.ADMINISTRATOR, office))
    assert WHY in other.visit(f"/account/{someone.id}").words
    other.send(agree)
    assert left(someone) == 0
    assert acts() == [Act.FACTOR_TAKING_ASKED, Act.FACTOR_TAKEN]
    other.send(agree, 404)


def test_who_asked_or_another_one_may_leave_it(app, clock, boss, office):
    someone = armed(Role.ADMINISTRATOR, office)
    boss.send(f"/account/{someone.id}/second-step/take", why=WHY)
    boss.send(f"/account/{someone.id}/second-step/agree?word=no")
    assert left(someone) == 3
    assert db.session.scalars(select(FactorRemoval)).one().settled_at == make.NOW
    boss.send(f"/account/{someone.id}/second-step/agree?word=yes", 404)


def test_nobody_takes_away_his_own_or_agrees_to_it(app, clock, browser, office):
    someone = armed(Role.ADMINISTRATOR, office)
    browser.bear(someone.get_id(), make.session(someone.id, Way.APP))
    browser.send(f"/account/{someone.id}/second-step/take", 409, why=WHY)
    make.saved(
        FactorRemoval(account_id=someone.id, why=WHY, asked_by=someone.id + 1, asked_at=make.NOW)
    )
    browser.send(f"/account/{someone.id}/second-step/agree?word=yes", 409)
    assert left(someone) == 3


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMINISTRATOR])
def test_who_grants_no_roles_takes_nothing_away(clock, browser, office, role):
    someone = armed(Role.COORDINATOR, office)
    browser.sign_in(make.account(role, office))
    browser.send(f"/account/{someone.id}/second-step/take", 403, why=WHY)
    browser.send(f"/account/{someone.id}/second-step/agree?word=yes", 403)
    assert left(someone) == 3


def test_an_administrator_of_another_office_finds_nobody(clock, browser, office):
    someone = armed(Role.COORDINATOR, office)
    browser.sign_in(make.account(Role.ADMINISTRATOR, make.office("别的社区")))
    browser.send(f"/account/{someone.id}/second-step/take", 404, why=WHY)
    assert left(someone) == 3


def test_nobody_takes_it_from_one_who_holds_a_role_above(clock, browser, office):
    below = make.office("下级社区", parent=office)
    someone = armed(Role.COORDINATOR, below)
    make.saved(
        Grant(account_id=someone.id, office_id=office.id, role=Role.LEADER, granted_at=make.NOW)
    )
    browser.sign_in(make.account(Role.ADMINISTRATOR, below))
    browser.send(f"/account/{someone.id}/second-step/take", 403, why=WHY)
    assert left(someone) == 3


def test_the_last_administrator_is_helped_from_the_command_line(app, clock, office):
    someone = armed(Role.ADMINISTRATOR, office)
    run = app.test_cli_runner().invoke
    given = ["accounts", "take-step", someone.email, "--why", WHY]
    assert "is taken away" in run(args=given).output
    assert left(someone) == 0
    assert acts() == [Act.FACTOR_TAKEN]
    again = run(args=given)
    assert again.exit_code == 1
    for login in ("nobody@example.org", "nonsense"):
        assert run(args=["accounts", "take-step", login, "--why", WHY]).exit_code == 1


def test_the_password_alone_comes_in_again_and_is_led_to_a_new_one(
    app, clock, browser, boss, office, monkeypatch
):
    someone = armed(Role.LEADER, office)
    boss.send(f"/account/{someone.id}/second-step/take", why=WHY)
    monkeypatch.setitem(app.config, "SECOND_FACTOR", True)
    page = browser.send("/account/sign-in", login=someone.email, password=PASSWORD)
    assert page.location.startswith("/account/second-step/set-up")

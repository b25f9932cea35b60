"""Commands of whoever runs the server: for the last administrator, whom nobody else can help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from talent import clock
from talent.access import SYSTEM
from talent.accounts import grants, removals
from talent.accounts.factors import service as factors
from talent.accounts.service import account_by, read_login
from talent.db import writing
from talent.errors import Refused
from talent.i18n import sentence

if TYPE_CHECKING:
    from talent.accounts.models import Account


class NoSuchAccount(click.ClickException):
    """Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("No account has this login: nothing was changed.")


@click.group()
def accounts() -> None:
    """Help somebody in whom no administrator can help."""


@accounts.command()
@click.argument("login")
@click.option("--why", prompt="How do you know who asks?", help="Kept in the audit trail.")
@with_appcontext
def take_step(login: str, why: str) -> None:
    """Take away the second step of LOGIN; its holder is told and signs in with the password."""
    with writing():
        account = _named(login)
        if not factors.held_by(account.id).any:
            raise click.ClickException(sentence(removals.NotTaken.NOTHING))
        removals.take_now(account, actor=SYSTEM, now=clock.now(), why=why[:200])
        name = account.name
    click.echo(f"{name}: the second step is taken away, all sessions are ended")


@accounts.command()
@click.argument("login")
@with_appcontext
def let_in(login: str) -> None:
    """Forget the wrong tries at LOGIN."""
    with writing():
        account = _named(login)
        grants.let_in(account, actor=SYSTEM, now=clock.now())
        name = account.name
    click.echo(f"{name}: the wrong tries are forgotten")


def _named(login: str) -> Account:
    try:
        found = account_by(read_login(login))
    except Refused as refusal:
        raise click.ClickException(" ".join(map(sentence, refusal.reasons))) from None
    if found is None:
        raise NoSuchAccount
    return found

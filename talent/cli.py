"""Commands: each is a door that commits what it did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext
from sqlalchemy import text

from talent import clock
from talent.access import SYSTEM
from talent.accounts import service as accounts
from talent.accounts.commands import accounts as account_commands
from talent.auditing import service as auditing
from talent.certificates.keys import service as signing_keys
from talent.certificates.keys.models import Purpose
from talent.db import db, writing
from talent.errors import NotFound, Refused
from talent.fsck.commands import fsck
from talent.hours.proving import service as proving
from talent.i18n import label, sentence
from talent.offices.calendar import seed_calendar
from talent.offices.models import OfficeKind
from talent.offices.tree import Particulars
from talent.rulebook import printed
from talent.shifts.recount import service as shifts
from talent.web import doors as listed

if TYPE_CHECKING:
    from flask import Flask


DIGEST = 64  # signs of one


class SetUpAlready(click.ClickException):
    """Only the first start sets up."""

    def __init__(self) -> None:
        super().__init__("There is an account already: nothing was changed.")


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (
        setup,
        calendar,
        rulebook,
        doors,
        ledger,
        trail,
        keys,
        check_shifts,
        fsck,
        account_commands,
    ):
        app.cli.add_command(command)


@click.command()
@click.option("--code", is_flag=True, help="Only print the code for the first-start page.")
@click.option("--office", help="Chinese name of the office at the top of the tree.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in OfficeKind]),
    default=OfficeKind.DISTRICT.value,
    show_default=True,
)
@click.option("--name", help="Name of its first administrator.")
@click.option("--login", help="The administrator's mail address or phone number.")
@click.option("--password", help="Asked for, and not shown, when it is left out.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@with_appcontext
def setup(
    *,
    code: bool,
    office: str | None,
    kind: str,
    name: str | None,
    login: str | None,
    password: str | None,
    language: str,
) -> None:
    """Make the root office and its first administrator, while there is no account.

    The same can be done in the browser: the first-start page is open until an account exists. In
    production it asks for a code that only this command prints (`flask setup --code`).
    """
    if code:
        click.echo(accounts.setup_code())
        return
    if accounts.exists_any():
        raise SetUpAlready
    chosen = next(each for each in OfficeKind if each.value == kind)
    particulars = Particulars(kind=chosen, name_zh=office or click.prompt("Office"))
    who = name or click.prompt("Your name")
    typed = login or click.prompt("Mail address or phone number")
    secret = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        with writing():
            accounts.set_up(
                office=particulars, name=who, typed=typed, password=secret,
                language=language, now=clock.now(),
            )  # fmt: skip
    except Refused as refusal:
        raise click.ClickException(" ".join(map(sentence, refusal.reasons))) from None
    except NotFound:
        raise SetUpAlready from None
    click.echo(f"{label(chosen)} {particulars.name_zh}: {who}")


@click.command()
@click.argument("years", nargs=-1, type=int, required=True)
@with_appcontext
def calendar(years: tuple[int, ...]) -> None:
    """Add the public holidays and make-up days of YEARS; what was edited stays."""
    with writing():
        filled = seed_calendar(years, actor=SYSTEM, now=clock.now())
    click.echo(f"{filled.added} days added")
    for year in filled.without_make_up_days:
        click.echo(f"{year}: the make-up days are not known yet; add them by hand", err=True)


@click.command()
@click.option("--write", is_flag=True, help="Write docs/rulebook.md instead of printing it.")
def rulebook(*, write: bool) -> None:
    """Print the law that is built, regulation by regulation."""
    if write:
        Path("docs/rulebook.md").write_text(printed(), encoding="utf-8")
    else:
        click.echo(printed(), nl=False)


@click.command()
@with_appcontext
def doors() -> None:
    """Print every route: methods, address, endpoint, permission."""
    click.echo("".join(f"{line}\n" for line in listed()), nl=False)


@click.group()
def ledger() -> None:
    """Prove the ledger of hours, and guard it."""


@ledger.command()
@click.option("--office", "only", type=int, help="The number of one office; all without it.")
@with_appcontext
def verify(only: int | None) -> None:
    """Check the chain of every office; name the first entry that is not what was written."""
    broken = 0
    for office_id in [only] if only else proving.offices():
        faults = proving.breaks(office_id)
        broken += bool(faults)
        for fault in faults:
            click.echo(f"office {office_id}: {sentence(fault)}")
    _judge(broken, "chains are broken")


@ledger.command()
@with_appcontext
def reconcile() -> None:
    """Prove that tallies and records equal the sums of their entries; name what does not."""
    wrong = proving.reconcile()
    for line in wrong:
        click.echo(line)
    _judge(len(wrong), "differences")


@ledger.command()
@click.argument("role")
@with_appcontext
def guard(role: str) -> None:
    """Leave a PostgreSQL role the right to use everything and to change no ledger."""
    if db.engine.dialect.name != "postgresql":
        message = "Roles are PostgreSQL's. On SQLite triggers alone keep the ledger."
        raise click.ClickException(message)
    if proving.rules_over(role):
        message = f"{role} owns the tables, or acts for who does: nothing would keep it from them."
        raise click.ClickException(message)
    with writing():
        for statement in proving.guard(role):
            db.session.execute(text(statement))
    click.echo(f"{role} may add to the ledger and not change it")


@click.group("audit")
def trail() -> None:
    """Prove the audit trail."""


@trail.command("verify")
@click.option("--head", "noted", help="An end that was noted before: PLACE:DIGEST.")
@with_appcontext
def verify_trail(noted: str | None) -> None:
    """Check every link of the audit trail; name the first that is broken, and what is wrong."""
    place, _, digest = (noted or "0:").partition(":")
    if not place.isdecimal() or (noted and len(digest) != DIGEST):
        message = "An end looks like 1234:0a1b…, as `flask audit head` prints it."
        raise click.ClickException(message)
    faults = auditing.breaks(auditing.Head(int(place), digest) if noted else None)
    for fault in faults:
        click.echo(sentence(fault))
    click.echo(f"the trail ends at {auditing.head()}")
    _judge(len(faults), "faults")


@trail.command("head")
@with_appcontext
def head_of_trail() -> None:
    """Print the end of the audit trail, to be kept where nobody here can change it."""
    click.echo(str(auditing.head()))


@click.group()
def keys() -> None:
    """Replace and reseal the keys with which offices sign certificates."""


@keys.command()
@click.option("--office", "only", type=int, help="The number of one office; all without it.")
@click.option("--root", is_flag=True, help="Also the key that vouches for those of the offices.")
@click.option("--why", default="flask keys rotate", show_default=True, help="Kept with the keys.")
@with_appcontext
def rotate(*, only: int | None, root: bool, why: str) -> None:
    """From now on new keys sign; what the old ones signed stays valid."""
    made = []
    with writing():
        now = clock.now()
        if root:
            made += signing_keys.replace(
                None, (Purpose.ROOT, Purpose.PAYLOAD), why=why, actor=SYSTEM, now=now
            )
        for office_id in [only] if only else [office.id for office in signing_keys.owners()]:
            made += signing_keys.replace(office_id, why=why, actor=SYSTEM, now=now)
        for key in made:
            click.echo(f"{key.purpose.value} {key.office_id or '-'} {key.fingerprint}")
    click.echo(f"{len(made)} new keys")


@keys.command()
@with_appcontext
def reseal() -> None:
    """Every private key under the first of DATA_KEYS, so that an older one can be dropped."""
    with writing():
        number = signing_keys.reseal()
    click.echo(f"{number} keys are sealed with the newest data key")


def _judge(number: int, what: str) -> None:
    click.echo(f"{number} {what}")
    if number:
        raise SystemExit(1)


@click.command()
@with_appcontext
def check_shifts() -> None:
    """Count the places of all shifts anew; name what is double, too many, or free for nobody."""
    wrong = shifts.recount(clock.now())
    for line in wrong:
        click.echo(line)
    _judge(len(wrong), "differences")

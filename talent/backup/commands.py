"""Commands: `flask backup` and `flask restore`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from talent import clock
from talent.backup import copies
from talent.backup.errors import BadBackup
from talent.backup.retention import USUAL, Keeping
from talent.db import MIGRATIONS, db, migrated

if TYPE_CHECKING:
    from flask import Flask

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=_FOLDER, help="The folder; BACKUP_FOLDER without it.")
@click.option("--daily", default=USUAL.daily, show_default=True, help="Days that keep one.")
@click.option("--weekly", default=USUAL.weekly, show_default=True, help="Weeks that keep one.")
@click.option("--monthly", default=USUAL.monthly, show_default=True, help="Months that keep one.")
@click.pass_context
@with_appcontext
def backup(
    context: click.Context, folder: Path | None, daily: int, weekly: int, monthly: int
) -> None:
    """Write the whole database into one sealed file, while everybody works.

    It is read again before it counts, and older ones go: one is kept for each of the last days,
    weeks and months that have one.
    """
    if context.invoked_subcommand:
        return
    keeping, began = Keeping(daily, weekly, monthly), time.monotonic()
    try:
        made = copies.back_up(_folder(folder), now=clock.now(), keeping=keeping)
    except (BadBackup, OSError) as error:
        _refuse(error)
    click.echo(
        f"{made.file} {made.size} bytes, {made.rows} rows, read again and good,"
        f" {time.monotonic() - began:.1f} s; {made.dropped} older ones dropped"
    )


@backup.command("list")
@click.argument("folder", type=_FOLDER, required=False)
@with_appcontext
def list_(folder: Path | None) -> None:
    """Say what backups there are, the newest first."""
    try:
        for file in copies.existing(_folder(folder)):
            click.echo(_line(file))
    except BadBackup as error:
        _refuse(error)


@backup.command()
@click.argument("files", type=_FILE, nargs=-1, required=True)
@with_appcontext
def verify(files: tuple[Path, ...]) -> None:
    """Read backups as a restore would; name those that are not whole (exit 1)."""
    wrong = 0
    for file in files:
        try:
            told = copies.check(file)
            click.echo(f"{file.name}: good, {sum(told['rows'].values())} rows")
        except BadBackup as error:
            wrong += 1
            click.echo(str(error))
    if wrong:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--over", help="The name of the database, typed: what is in it is lost.")
@click.option("--without-keys", is_flag=True, help="Although DATA_KEYS lacks keys that it needs.")
@click.pass_context
@with_appcontext
def restore(context: click.Context, file: Path, *, over: str | None, without_keys: bool) -> None:
    """Put a backup into this installation's database, which has to be empty, and check it."""
    began = time.monotonic()
    try:
        told = copies.restore(file, over=over, without_keys=without_keys)
    except BadBackup as error:
        _refuse(error)
    click.echo(f"{sum(told['rows'].values())} rows of {told['made_at']} are back")
    ready = migrated()
    db.session.remove()
    if not ready:
        upgrade(directory=str(MIGRATIONS))
        click.echo("and brought up to date")
    click.echo(
        f"Restored in {time.monotonic() - began:.1f} s. docs/operate.md says what to do now."
    )
    if found := current_app.cli.commands.get("fsck"):
        context.invoke(found)


def _line(file: Path) -> str:
    size = file.stat().st_size
    try:
        name, known = copies.key_named(file)
        if not known:
            return f"{file.name} {size} bytes, sealed with the key {name}, which is not here"
        told = copies.told(file)
    except BadBackup as error:
        return f"{file.name} {size} bytes, {error}"
    keys = ", ".join(told["data_keys"]) or "none"
    return (
        f"{file.name} {size} bytes, {told['engine']} {told['engine_version']},"
        f" migration {', '.join(told['migration'])}, {sum(told['rows'].values())} rows,"
        f" DATA_KEYS {keys}"
    )


def _folder(given: Path | None) -> Path:
    folder: Path | None = given or current_app.config["BACKUP_FOLDER"]
    if folder is None:
        message = "Name a folder with --to, or set BACKUP_FOLDER."
        raise click.ClickException(message)
    return folder


def _refuse(error: Exception) -> NoReturn:
    message = f"{error}"
    raise click.ClickException(message) from None

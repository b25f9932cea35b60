"""One command for one machine: the database brought up to date, pages served, timed work done."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from talent import clock, demo
from talent.accounts.models import Account
from talent.db import MIGRATIONS, db, migrated, writing
from talent.indicators.ceilings.service import seed_work
from talent.indicators.definitions.service import seed_indicators
from talent.staffing.forecasts.ages import seed_ages
from talent.staffing.standards.service import seed_standards
from talent.training.service import seed_kinds

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

ROOT = Path(__file__).parent.parent
UP_WITHIN, DOWN_WITHIN = 60, 40  # seconds
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or the machine goes down."""


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(serve)
    app.cli.add_command(prepare)


@click.command()
@with_appcontext
def prepare() -> None:
    """Bring the database up to date; on the first start of a demonstration, fill it."""
    if not migrated():  # newer ones are those of the next release, which is being rolled out
        db.session.rollback()
        upgrade(directory=str(MIGRATIONS))
    with writing():
        seed_kinds()
        seed_standards(clock.now())
        seed_ages(clock.now())
        seed_indicators(clock.now())
        seed_work()
    if current_app.config["DEMO"]:
        db.session.rollback()
        if db.session.scalar(select(Account.id).limit(1)) is None:
            click.echo("Making the demonstration: this happens once.")
            with writing():
                demo.load(clock.now())


@click.command("serve")
@click.pass_context
@with_appcontext
def serve(context: click.Context) -> None:
    """Serve pages and do the timed work, until Ctrl-C."""
    config = current_app.config
    _must_be_free(config["HOST"], config["PORT"])
    context.invoke(prepare)
    signs = demo.sign_ins() if config["DEMO"] else []
    db.session.remove()
    db.engine.dispose()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _told)
    address = f"{config['HOST']}:{config['PORT']}"
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["pages"] = _start("gunicorn", "-b", address, "wsgi:app")
        children["timed work"] = _start("flask", "worker")
        _wait_until_up(children, f"http://127.0.0.1:{config['PORT']}/healthz")
        _greet(config["PUBLIC_URL"], signs)
        _watch(children)
    except Stopped:
        click.echo("Stopping.")
    finally:
        _stop(children)


def _must_be_free(host: str, port: int) -> None:
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        message = f"Port {port} is taken ({error.strerror}). Choose another: make run PORT=8001"
        raise click.ClickException(message) from error


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C comes to it through us, once."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(  # noqa: S603 - our own words
        command,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - there is one thread yet
    )


def _die_with_parent() -> None:
    """Where the system can (Linux): no child stays behind when we are killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _wait_until_up(children: dict[str, subprocess.Popen[bytes]], url: str) -> None:
    for _ in range(UP_WITHIN * 5):
        _all_alive(children)
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own
            return
        time.sleep(0.2)
    message = f"Nothing answers at {url}."
    raise click.ClickException(message)


def _greet(address: str, signs: list[tuple[str, str, str]]) -> None:
    click.echo(f"\nTalent is at {address}  (Ctrl-C stops it)")
    if signs:
        click.echo("Sign in to the demonstration as:")
    for who, login, password in signs:
        click.echo(f"  {login:<32} {password:<24} {who}")


def _watch(children: dict[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _all_alive(children)
        time.sleep(0.5)


def _all_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            message = f"The process for {name} ended by itself ({child.returncode})."
            raise click.ClickException(message)


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask all to finish what they do, and wait for it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(DOWN_WITHIN)
        except subprocess.TimeoutExpired:
            child.kill()


def _told(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped

"""Commands for keys: what seals what, and everything under the newest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from talent import seal
from talent.rotation import service

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(sealed)


@click.group("data")
def sealed() -> None:
    """Replace the keys of personal numbers."""


@sealed.command("keys")
@with_appcontext
def keys() -> None:
    """Print how many sealed texts each of DATA_KEYS has sealed."""
    _tell(sum((service.count(place) for place in service.places()), Counter()))


@sealed.command("reseal")
@with_appcontext
def reseal() -> None:
    """Put every sealed text under the first of DATA_KEYS, while people work; then drop the others.

    It may be broken off and run again.
    """
    for place in service.places():
        if found := service.reseal(place):
            click.echo(f"{place.title}: {found.total()}")
    left = sum((service.count(place) for place in service.places()), Counter())
    whole = set(left) <= {seal.data_key_ids()[0]}
    _tell(left)
    if not whole:
        raise SystemExit(1)


@sealed.command("reindex")
@with_appcontext
def reindex() -> None:
    """Make every blind index anew with INDEX_KEY; the one before stands in INDEX_KEY_FALLBACKS."""
    people, left = service.reindex()
    click.echo(f"{people} people are found by the present key")
    if left:
        click.echo(
            f"{left} accounts keep an index of a number that nobody else holds: each is renewed "
            "when it signs in. Keep the older key in INDEX_KEY_FALLBACKS until then.",
        )


def _tell(found: Counter[str]) -> None:
    for place, key in enumerate(seal.data_key_ids(), 1):
        click.echo(f"key {place} of DATA_KEYS ({key}): {found.pop(key, 0)}")
    for what, number in found.items():
        click.echo(f"{what}: {number}", err=True)

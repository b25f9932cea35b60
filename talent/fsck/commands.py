"""`flask fsck`: whether the database holds what is promised."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from talent import clock
from talent.fsck import service


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object for each check, as a list.")
@with_appcontext
def fsck(*, as_json: bool) -> None:
    """Check every promise of the database against its rows; change nothing.

    A line for each check: how many faults, and the first of them. Ends with 1 when there is one.
    """
    found = []
    for result in service.run(clock.now()):
        found.append(result)
        if not as_json:
            _say(result)
    faults = sum(result.faults for result in found)
    if as_json:
        click.echo(json.dumps([_told(result) for result in found], ensure_ascii=False, indent=1))
    else:
        click.echo(f"{len(found)} checks, {faults} faults")
    if faults:
        raise SystemExit(1)


def _say(result: service.Result) -> None:
    waiting = f", {result.waiting} wait for a job" if result.waiting else ""
    sign = "FAULT" if result.faults else "ok"
    click.echo(
        f"{sign:<6}{result.check.code:<3} {result.faults:>6}  {result.check.holds}"
        f"{waiting}  ({result.seconds:.1f} s)"
    )
    for said in result.first:
        click.echo(f"               {said}")


def _told(result: service.Result) -> dict[str, object]:
    return {
        "check": result.check.code,
        "holds": result.check.holds,
        "faults": result.faults,
        "waiting": result.waiting,
        "first": result.first,
        "seconds": round(result.seconds, 3),
    }

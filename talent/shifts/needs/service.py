"""The needs of a shift: made from the positions of its project, kept as JSON, made again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from talent.shifts.models import Need
from talent.shifts.projects.service import REQUIRED, require

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.shifts.models import Project, Shift


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many a shift asks for of one position; nobody is no need at all."""

    places: int
    least: int = 0
    reserve: int = 0


Numbers = dict[int, Wanted]  # by the position's id


def as_given(wanted: Mapping[int, Wanted]) -> dict[int, dict[str, Any]]:
    """Numbers as `needs_for` takes them."""
    return {position_id: asdict(one) for position_id, one in wanted.items()}


def needs_for(project: Project, given: Mapping[Any, Mapping[str, Any]]) -> list[Need]:
    """The needs of one more shift, not yet in the database; each position that is named gets one.

    `given` is JSON, by the position's id (JSON makes it text): `places`, `least`, `reserve` (not
    named: the position's), `minimum_age` (none: the position's), and `own`, lists of ids named as
    in `projects.service.REQUIRED`, instead of what project and position ask for. A position that
    has gone meanwhile, or with no places, is left out.
    """
    told = {int(position_id): fields for position_id, fields in given.items()}
    made = []
    for position in project.positions:
        fields = told.get(position.id)
        if fields is None or not fields.get("places", position.places):
            continue
        need = Need(
            position=position,
            places=fields.get("places", position.places),
            least=fields.get("least", position.least),
            reserve=fields.get("reserve", position.reserve),
            minimum_age=fields.get("minimum_age"),
            taken=0,
            reserved=0,
            own_requirements=fields.get("own") is not None,
        )
        require(need, fields.get("own") or {})
        made.append(need)
    return made


def needs_as_given(shift: Shift) -> dict[str, dict[str, Any]]:
    """The needs of a shift as JSON, from which `needs_for` makes the same again."""
    return {
        str(need.position_id): {
            "places": need.places,
            "least": need.least,
            "reserve": need.reserve,
            "minimum_age": need.minimum_age,
            "own": {
                name: [id_ for each in need.requirements if (id_ := getattr(each, column))]
                for name, column in REQUIRED.items()
            }
            if need.own_requirements
            else None,
        }
        for need in shift.needs
    }

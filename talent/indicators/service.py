"""The tree over which indicators are rolled up, and what all rooms ask of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talent.access import Permission
from talent.errors import NotFound
from talent.offices import service as offices
from talent.offices.models import Office, OfficeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from talent.access import Actor

LEVELS = frozenset({OfficeKind.DISTRICT, OfficeKind.STREET, OfficeKind.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Tree:
    """The districts, streets and communities that an actor may see, in the order of the tree."""

    offices: Sequence[Office]
    inside: Select[int]  # the ids of all offices that may be seen, stations and partners too
    by_id: dict[int, Office] = field(default_factory=dict)
    children: dict[int, list[Office]] = field(default_factory=dict)
    home: dict[int, int] = field(default_factory=dict)  # of each office seen: where it counts
    one: bool = False  # all of it lies below the first office

    def under(self, office: Office) -> Tree:
        """One office and all below it."""
        inside = [each for each in self.offices if each.path.startswith(office.path)]
        ids = {each.id for each in inside}
        return Tree(
            inside,
            self.inside.where(Office.path.startswith(office.path, autoescape=True)),
            {id_: each for id_, each in self.by_id.items() if id_ in ids},
            self.children,
            {id_: home for id_, home in self.home.items() if home in ids},
            one=True,
        )

    def below(self, office: Office) -> list[Office]:
        """The offices directly below it."""
        return self.children.get(office.id, [])

    def upwards(self) -> list[Office]:
        """Every office after those below it."""
        return list(reversed(self.offices))

    def depth(self, office: Office) -> int:
        """How many of the offices shown stand above it."""
        return sum(id_ in self.by_id for id_ in office.ancestor_ids) - 1

    def of(self, office_id: int | None) -> Office:
        """The office of this id, the highest one without an id, or `NotFound`."""
        if office_id is None and self.offices:
            return self.offices[0]
        if office_id not in self.by_id:
            raise NotFound
        return self.by_id[office_id]

    def communities_of(self, office: Office) -> list[Office]:
        """The communities among an office and those below it."""
        return [
            each
            for each in self.offices
            if each.kind is OfficeKind.COMMUNITY and each.path.startswith(office.path)
        ]


def tree(actor: Actor, permission: Permission = Permission.SEE_STAFFING) -> Tree:
    """The actor's tree. A station counts with the office above it, a partner nowhere."""
    seen = [each for each in offices.offices_of(actor, permission) if each.open]
    shown = [each for each in seen if each.kind in LEVELS]
    by_id = {each.id: each for each in shown}
    children: dict[int, list[Office]] = defaultdict(list)
    for each in shown:
        if each.parent_id in by_id:
            children[each.parent_id or 0].append(each)
    home = {}
    for each in seen:
        place = next((id_ for id_ in reversed(each.ancestor_ids) if id_ in by_id), None)
        if place is not None and each.kind is not OfficeKind.PARTNER:
            home[each.id] = place
    return Tree(shown, offices.seen(actor, permission), by_id, dict(children), home)

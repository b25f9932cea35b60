"""Signing in where one is: PIPL Art. 6 and 29 (2021-11-01), only what is needed and agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from talent.rules.attendance import Unattendable
from talent.rules.reason import Because

EARTH_M = 6_371_008  # mean radius
VAGUE_M = 200  # a device that knows its place no better does not know it


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the earth, in degrees."""

    latitude: float
    longitude: float

    def metres_to(self, other: Point) -> int:
        """Along the surface, by the haversine formula."""
        north, south = radians(self.latitude), radians(other.latitude)
        rise, turn = north - south, radians(self.longitude - other.longitude)
        part = sin(rise / 2) ** 2 + cos(north) * cos(south) * sin(turn / 2) ** 2
        return round(2 * EARTH_M * asin(sqrt(min(part, 1))))


def refusals_to_sign_here(
    place: Point | None, radius_m: int | None, here: Point, accuracy_m: int, *, consented: bool
) -> list[Because]:
    """PIPL Art. 29, a consent of its own; Art. 6, only whether the place is near is asked."""
    if place is None or radius_m is None:
        return [Because(Unattendable.NO_POINT)]
    if not consented:
        return [Because(Unattendable.NO_CONSENT)]
    if accuracy_m > VAGUE_M:
        return [Because(Unattendable.VAGUE)]
    metres = place.metres_to(here)
    if metres > radius_m:
        return [Because(Unattendable.TOO_FAR, {"metres": metres, "radius": radius_m})]
    return []

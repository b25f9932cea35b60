"""Service facilities of communities: 国办发〔2021〕56号, main indicators 1 to 3 and 5."""

from __future__ import annotations

from decimal import Decimal

SQUARE_METRES_PER_100_HOUSEHOLDS = Decimal(30)
ACTIVITY_SHARE = Decimal("0.6")
HUNDRED = Decimal(100)


def square_metres_per_100_households(area: Decimal, households: int) -> Decimal | None:
    """Indicator 3: A × 100 / H, unrounded; None without households."""
    return area * HUNDRED / households if households > 0 else None


def missing_area(area: Decimal, households: int) -> Decimal:
    """Square metres that lack to 30 for each 100 households."""
    return max(Decimal(0), SQUARE_METRES_PER_100_HOUSEHOLDS * households / HUNDRED - area)


def activity_share(activity_area: Decimal, area: Decimal) -> Decimal | None:
    """Indicator 5: the part of the facility that residents use, unrounded; None without one."""
    return activity_area / area if area > 0 else None


def missing_activity_area(activity_area: Decimal, area: Decimal) -> Decimal:
    """Square metres of residents' activity area that lack to 60 % of the facility."""
    return max(Decimal(0), ACTIVITY_SHARE * area - activity_area)


def coverage(with_facility: int, communities: int) -> Decimal | None:
    """Indicators 1 and 2: communities with a facility among all; None without communities."""
    return Decimal(with_facility) / communities if communities > 0 else None

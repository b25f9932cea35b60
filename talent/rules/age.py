"""Age and consent of minors: PIPL Art. 28 and 31 (2021-11-01), 条例 Art. 15 (2017-12-01).

Age is that on the day of the activity, never that on the day of signing up.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Mapping

GUARDIAN_BELOW_YEARS = 18
STRICT_NOTICE_BELOW_YEARS = 14
YOUNGEST_YEARS = 0  # no national minimum; an office or province may set one


class Minority(StrEnum):
    """Why someone may not be registered yet."""

    NOT_BORN = N_("The birth date %(born)s has not come yet.")
    TOO_YOUNG = N_(
        "Volunteers here are at least %(least)s years old. This will be so on %(from_day)s.",
    )
    GUARDIAN_UNNAMED = N_("Under 18 the name and telephone number of a guardian are needed.")
    GUARDIAN_CONSENT = N_("Under 18 the consent of the guardian is needed.")
    STRICT_NOTICE = N_(
        "Under 14 the guardian must have accepted the notice on the data of children as well.",
    )


def birthday(born: date, years: int) -> date:
    """The first day of being `years` old. Born on 29 February: 1 March in common years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def latest_birth(today: date, years: int) -> date:
    """The last birth date with which one is so many years old today, as `birthday` counts them."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February, and there was none in that year
        return date(today.year - years, 2, 28)


def age_on(born: date, day: date) -> int:
    """Completed years on `day`. Raises ValueError before birth."""
    if day < born:
        message = f"not born on {day}"
        raise ValueError(message)
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1


def strict_notice_needed(born: date, day: date) -> bool:
    """PIPL Art. 28 and 31 para. 2: data of a child under 14 is sensitive and has its own rules."""
    return day < birthday(born, STRICT_NOTICE_BELOW_YEARS)


def guardian_needed(born: date, day: date) -> bool:
    """PIPL Art. 31 para. 1 below 14; from 14 to 18 by the rules for registered volunteers."""
    return day < birthday(born, GUARDIAN_BELOW_YEARS)


def too_young(born: date, day: date, least_years: int) -> Mapping[str, date | int]:
    """条例 Art. 15: tasks fit the age. Empty when old enough, else `least` and `from_day`."""
    old_enough = birthday(born, least_years)
    return {"least": least_years, "from_day": old_enough} if day < old_enough else {}


def refusals_to_register(
    born: date,
    today: date,
    *,
    guardian_named: bool = False,
    guardian_consents: bool = False,
    strict_notice_accepted: bool = False,
    youngest_years: int = YOUNGEST_YEARS,
) -> list[Because]:
    """PIPL Art. 31: who may be registered today, by himself or with a guardian."""
    if born > today:
        return [Because(Minority.NOT_BORN, {"born": born})]
    found = []
    if facts := too_young(born, today, youngest_years):
        found.append(Because(Minority.TOO_YOUNG, facts))
    if guardian_needed(born, today):
        if not guardian_named:
            found.append(Because(Minority.GUARDIAN_UNNAMED))
        if not guardian_consents:
            found.append(Because(Minority.GUARDIAN_CONSENT))
    if strict_notice_needed(born, today) and not strict_notice_accepted:
        found.append(Because(Minority.STRICT_NOTICE))
    return found

"""Consent: PIPL Art. 14 to 17, 25, 28 to 31 (2021-11-01).

A consent is to one notice in one version. Withdrawing it is always possible (Art. 15), so there is
no rule that refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import age
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime


class ConsentKind(Word):
    """What a consent is to."""

    PRIVACY = "privacy", N_("Privacy notice")
    GUARDIAN = "guardian", N_("Guardian's consent")
    CHILD = "child", N_("Notice for children under 14")
    HONOUR_ROLL = "honour_roll", N_("Appearing on the honour roll")
    LOCATION = "location", N_("Signing in by location")
    PHOTOGRAPH = "photograph", N_("Photograph on record")


BY_GUARDIAN = frozenset({ConsentKind.GUARDIAN, ConsentKind.CHILD})


class Unconsented(StrEnum):
    """Which consent is missing."""

    PRIVACY = N_("Accept the privacy notice.")
    GUARDIAN = N_("Under 18 the consent of the guardian is needed.")
    CHILD = N_("Under 14 the guardian must accept the notice on the data of children.")
    HONOUR_ROLL = N_("Names are published only of those who agreed to it.")
    LOCATION = N_("Signing in by location is for those who agreed to it.")
    PHOTOGRAPH = N_("A photograph is kept only of those who agreed to it.")
    OUTDATED = N_("The notice has changed. Version %(version)s must be accepted.")
    UNKNOWN_AGE = N_("Without a birth date it is not known whether a guardian must agree.")
    NOT_BY_GUARDIAN = N_("Only the guardian can give this consent.")


@dataclass(frozen=True, slots=True)
class Consent:
    """What was consented to, in which version, by whom, and until when."""

    kind: ConsentKind
    version: str
    given_at: datetime
    by_guardian: bool = False
    withdrawn_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Art. 15: given, and not withdrawn since."""
        return self.given_at <= now and (self.withdrawn_at is None or now < self.withdrawn_at)


def needed(born: date, today: date) -> list[ConsentKind]:
    """Art. 13, 17 and 31: what has to be consented to before a person is registered."""
    kinds = [ConsentKind.PRIVACY]
    if age.guardian_needed(born, today):
        kinds.append(ConsentKind.GUARDIAN)
    if age.strict_notice_needed(born, today):
        kinds.append(ConsentKind.CHILD)
    return kinds


def missing(
    kinds: Collection[ConsentKind],
    consents: Iterable[Consent],
    versions: Mapping[ConsentKind, str],
    now: datetime,
) -> list[Because]:
    """Art. 14: each of `kinds` is consented to in its present version; Art. 31: by the guardian.

    When a notice changes, what was accepted before does not carry over (Art. 14 para. 2).
    """
    standing = [consent for consent in consents if consent.stands(now)]
    found = []
    for kind in kinds:
        given = [consent for consent in standing if consent.kind is kind]
        present = [consent for consent in given if consent.version == versions[kind]]
        if not given:
            found.append(Because(Unconsented[kind.name]))
        elif not present:
            found.append(Because(Unconsented.OUTDATED, {"version": versions[kind]}))
        elif kind in BY_GUARDIAN and not any(consent.by_guardian for consent in present):
            found.append(Because(Unconsented.NOT_BY_GUARDIAN))
    return found


def refusals_to_publish(
    born: date | None,
    consents: Iterable[Consent],
    versions: Mapping[ConsentKind, str],
    *,
    now: datetime,
    today: date,
) -> list[Because]:
    """Art. 25: nobody is named in public without a consent of its own; Art. 31: a minor's guardian.

    The consent that a guardian gave stands when the child has come of age, until it is withdrawn.
    """
    given = [one for one in consents if one.kind is ConsentKind.HONOUR_ROLL]
    if found := missing([ConsentKind.HONOUR_ROLL], given, versions, now):
        return found
    version = versions[ConsentKind.HONOUR_ROLL]
    if any(one.by_guardian for one in given if one.version == version and one.stands(now)):
        return []
    if born is None:
        return [Because(Unconsented.UNKNOWN_AGE)]
    return [Because(Unconsented.NOT_BY_GUARDIAN)] if age.guardian_needed(born, today) else []

"""The certificate of a star or medal: what it says, and its pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talent.certificates.pdf import MissingGlyph, compiled, unprintable
from talent.rules.hours import shown
from talent.rules.stars import StarPeriod
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.recognition.models import StarGrant

TEMPLATE = Path(__file__).parents[2] / "templates" / "recognition" / "star.typ"


class PaperLanguage(Word):
    """The language of the paper."""

    ZH = "zh", "中文"
    EN = "en", "English"
    BOTH = "both", "中文 / English"


def content(grant: StarGrant, language: PaperLanguage) -> dict[str, Any]:
    """All that the paper says, as JSON values."""
    level, scheme = grant.level, grant.level.scheme
    stars = [each for each in scheme.levels if each.kind is level.kind]
    return {
        "language": language.value,
        "number": grant.number,
        "name": grant.person.name,
        "volunteer_number": grant.person.volunteer_no,
        "kind": level.kind.value,
        "place": stars.index(level) + 1,
        "level_zh": level.name_zh,
        "level_en": level.name_en or level.name_zh,
        "scheme_zh": scheme.name_zh,
        "scheme_en": scheme.name_en or scheme.name_zh,
        "period": scheme.period.value,
        "year": grant.last_day.year if scheme.period is StarPeriod.YEAR and grant.last_day else 0,
        "first": grant.first_day.isoformat() if grant.first_day else "",
        "last": grant.last_day.isoformat() if grant.last_day else "",
        "hours": shown(grant.minutes),
        "issuer_zh": grant.decider.name_zh,
        "issuer_en": grant.decider.name_en or grant.decider.name_zh,
        "issued_on": grant.granted_on.isoformat(),
    }


def render(said: Mapping[str, Any]) -> bytes:
    """The paper as a PDF/A with tags. Raises MissingGlyph."""
    if lacking := {
        sign for text in said.values() if isinstance(text, str) for sign in unprintable(text)
    }:
        raise MissingGlyph(lacking)
    return compiled(
        TEMPLATE,
        {"content": json.dumps(said, ensure_ascii=False, sort_keys=True)},
        issued_on=said["issued_on"],
    )

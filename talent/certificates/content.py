"""What a certificate says: a JSON object, written once at issue and never again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast

from talent.certificates.models import CertificateKind
from talent.hours.models import Origin, ServiceRecord
from talent.rules.certificates import Line, by_unit, total_minutes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.offices.models import Office
    from talent.training.models import TrainingRecord

_FIELDS = frozenset(field.name for field in fields(Line))
_BETWEEN = "\u241f"
GUARDIAN = {
    "zh": "监护人自助打印", "en": "Self-service by the guardian",
    "both": "监护人自助打印 Self-service by the guardian",
}  # fmt: skip
SELF = {"zh": "本人自助打印", "en": "Self-service", "both": "本人自助打印 Self-service"}


def line_of(record: ServiceRecord) -> Line:
    """A service record as a certificate lists it."""
    return Line(
        record=record.id,
        unit=record.office_id,
        date=record.day,
        activity=record.activity,
        place=record.place,
        content=record.content,
        minutes=record.minutes,
        organiser=record.organiser,
        in_charge=record.person_in_charge,
        source=record.origin.value,
    )


def wording(line: Line) -> str:
    """All that a line says but its minutes, as `wording_now` has the database say it."""
    said = (line.date.isoformat(), line.activity, line.place, line.content)
    return _BETWEEN.join((*said, line.organiser, line.in_charge, line.source))


def wording_now() -> ColumnElement[str]:
    """The same of a service record as it stands, in the database."""
    record = ServiceRecord
    said = (cast(record.day, Text), record.activity, record.place, record.content)
    words: tuple[Any, ...] = (
        *said,
        record.organiser,
        record.person_in_charge,
        cast(record.origin, Text),
    )
    return reduce(lambda left, right: left.concat(_BETWEEN).concat(right), words)


def written(
    lines: Sequence[Line],
    offices: Mapping[Any, Office],
    seals: Mapping[Any, Mapping[str, Any]],
    **particulars: Any,
) -> dict[str, Any]:
    """The content in the shape that `pdf.render` prints; the particulars are its other keys.

    Beyond that shape a group keeps its office's id and a line its record's, for the comparison
    with what is on record later. `seals` are the files of the seals that the units put on it.
    """
    units = by_unit(lines)
    groups = [
        {
            "unit": unit,
            "name_zh": offices[unit].name_zh,
            "name_en": offices[unit].name_en,
            "credit_code": offices[unit].credit_code,
            "total_minutes": total_minutes(of_unit),
            "verified_minutes": verified_minutes(of_unit),
            "seal": seals.get(unit),
            "lines": [_frozen(line) for line in of_unit],
        }
        for unit, of_unit in units.items()
    ]
    return {
        "issuer": _issuer([offices[unit] for unit in units]),
        "groups": groups,
        "total_minutes": total_minutes(lines),
        "verified_minutes": verified_minutes(lines),
        **particulars,
    }


def is_training(content: Mapping[str, Any]) -> bool:
    """Whether it says what was learned; contents that name no kind are of service."""
    return content.get("kind") == CertificateKind.TRAINING.value


def of_training(record: TrainingRecord, *, place: str, teacher: str | None, source: str) -> Line:
    """A training record as a certificate lists it. Where and who is as the session said it then."""
    return Line(
        record=record.id,
        unit=record.office_id,
        date=record.held_on,
        activity=record.name,
        place=place,
        content=record.content,
        minutes=record.minutes,
        organiser=record.organiser,
        in_charge=teacher or "",
        source=source,
    )


def lines_in(content: Mapping[str, Any]) -> list[Line]:
    """The lines again, as they were certified; what else is said of a line does not count."""
    return [
        Line(
            **{key: value for key, value in line.items() if key in _FIELDS}
            | {"unit": group["unit"], "date": date.fromisoformat(line["date"])}
        )
        for group in content["groups"]
        for line in group["lines"]
    ]


def verified_minutes(lines: Iterable[Line]) -> int:
    """As much of their time as this system took itself, on the spot."""
    return total_minutes(line for line in lines if Origin[line.source.upper()].verified)


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256, hex, of the content with its keys in order."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _frozen(line: Line) -> dict[str, Any]:
    kept = asdict(line)
    del kept["unit"]
    verified = Origin[line.source.upper()].verified
    return kept | {"date": line.date.isoformat(), "verified": verified}


def _issuer(units: Sequence[Office]) -> dict[str, str | None]:
    """谁记录谁证明: the recording units themselves issue; with several, each for its group."""
    only = units[0] if len(units) == 1 else None
    english = [unit.name_en for unit in units if unit.name_en]
    return {
        "name_zh": "、".join(unit.name_zh for unit in units),
        "name_en": ", ".join(english) if len(english) == len(units) else None,
        "credit_code": only.credit_code if only else None,
        "contact": (only.contact_phone or only.contact_email) if only else None,
    }

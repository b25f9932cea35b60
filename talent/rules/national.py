"""What is entered in the designated system: 志愿服务记录与证明出具办法（试行）(Order 67), Art. 4.

Art. 5 and 7 name the fields. How a file has to look is no law: a mapping says it, see `mappings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from talent.rules.identity import DocumentKind, Sex
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Value = str | int | Decimal | None

MINUTES_IN_HOUR = 60
ANY_CODE = "*"  # of a table of codes: whatever it does not name
DAY, MOMENT = "YYYY-MM-DD", "YYYY-MM-DD hh:mm"
DAY_PARTS = {"YYYY": "%Y", "MM": "%m", "DD": "%d"}
MOMENT_PARTS = DAY_PARTS | {"hh": "%H", "mm": "%M", "ss": "%S"}


class Shape(Enum):
    """What kind of value a field holds."""

    TEXT = "text"
    LIST = "list"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"
    CODE = "code"


class Source(Word):
    """What a column can hold: the fields of Art. 5 and 7, and the numbers of both systems."""

    NAME = "name", N_("Name")
    SEX = "sex", N_("Sex")
    BORN = "birth_date", N_("Birth date")
    DOCUMENT_KIND = "document_kind", N_("Kind of document")
    DOCUMENT = "document", N_("Document number")
    AREA = "area", N_("Area of residence")
    CONTACT = "contact", N_("Contact")
    SKILLS = "skills", N_("Skills")
    CATEGORIES = "categories", N_("Service categories")
    VOLUNTEER = "volunteer_number", N_("Volunteer number of the designated system")
    OWN_NUMBER = "own_number", N_("Volunteer number here")
    RECORD = "record", N_("Record number")
    ACTIVITY = "activity", N_("Activity")
    DATE = "date", N_("Day")
    PLACE = "place", N_("Place")
    CONTENT = "content", N_("Content")
    TIME = "time", N_("Service time")
    STARTS = "starts", N_("Start")
    ENDS = "ends", N_("End")
    ORGANISER = "organiser", N_("Organised by")
    IN_CHARGE = "person_in_charge", N_("Person in charge")
    CATEGORY = "category", N_("Category of the service")
    ORIGIN = "origin", N_("Source of the record")
    UNIT = "unit", N_("Recording office")
    UNIT_CODE = "unit_code", N_("Credit code of the recording office")


SHAPES = {
    Source.SEX: Shape.CODE, Source.DOCUMENT_KIND: Shape.CODE, Source.ORIGIN: Shape.CODE,
    Source.CATEGORY: Shape.CODE, Source.CATEGORIES: Shape.LIST, Source.BORN: Shape.DAY,
    Source.DATE: Shape.DAY, Source.STARTS: Shape.MOMENT, Source.ENDS: Shape.MOMENT,
    Source.TIME: Shape.TIME,
}  # fmt: skip
CLOSED: dict[Source, type[Word]] = {Source.SEX: Sex, Source.DOCUMENT_KIND: DocumentKind}
# Whose record it is, and the seven fields of Art. 7: without them there is nothing to enter.
NEEDED = (
    Source.NAME, Source.DOCUMENT, Source.ACTIVITY, Source.DATE, Source.PLACE, Source.CONTENT,
    Source.TIME, Source.ORGANISER, Source.IN_CHARGE,
)  # fmt: skip


class Lack(Word):
    """Why a record cannot be written into the file."""

    EMPTY = "empty", N_("“%(title)s” is empty.")
    NO_CODE = "no_code", N_("“%(title)s”: the mapping has no code for “%(value)s”.")


class Entered(Word):
    """How much of a certificate stands in the designated system."""

    NOT_ENTERED = "not_entered", N_("Not entered in the designated system")
    PARTLY = "partly", N_("Partly entered in the designated system")
    ENTERED = "entered", N_("Entered in the designated system")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: a field, or a fixed value."""

    title: str
    source: Source | None = None
    value: str = ""
    required: bool = False
    format: str = ""
    unit: str = ""
    decimals: int = 0
    rounding: str = "down"
    codes: str = ""
    separator: str = "、"


@dataclass(frozen=True, slots=True)
class Answer:
    """How the file that comes back is read: titles of columns, and words for yes and no."""

    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How a file for the designated system looks, and how its answer is read."""

    title: str
    kind: str  # xlsx or csv
    sheet: str
    columns: tuple[Column, ...]
    codes: Mapping[str, Mapping[str, str]]
    answer: Answer


def filled(mapping: FileMapping, facts: Mapping[Source, Any]) -> tuple[list[Value], list[Because]]:
    """Art. 5 and 7: one record as a row of the file, and what lacks; with a lack no row leaves."""
    row: list[Value] = []
    lacks: list[Because] = []
    for column in mapping.columns:
        fact = facts.get(column.source) if column.source else column.value
        value = _written(column, mapping.codes.get(column.codes), fact)
        if isinstance(value, Because):
            lacks.append(value)
            value = None
        elif column.required and value in {None, ""}:
            lacks.append(Because(Lack.EMPTY, {"title": column.title}))
        row.append(value)
    return row, lacks


def entered(accepted: Iterable[bool]) -> Entered:
    """Art. 4: whether all, some or none of the records of a certificate are entered there.

    A record counts when the designated system said that it took it, and as it stands now.
    """
    each = list(accepted)
    if each and all(each):
        return Entered.ENTERED
    return Entered.PARTLY if any(each) else Entered.NOT_ENTERED


def normal(word: str) -> str:
    """A word of an answer without what people vary."""
    return "".join(word.split()).casefold()


def _written(column: Column, codes: Mapping[str, str] | None, fact: Any) -> Value | Because:
    shape = SHAPES.get(column.source, Shape.TEXT) if column.source else Shape.TEXT
    if fact is None or fact == "":
        return None
    if shape is Shape.TIME:
        return int(fact) if column.unit == "minutes" else _hours(column, int(fact))
    if shape in {Shape.DAY, Shape.MOMENT} and isinstance(fact, date | datetime):
        return fact.strftime(_pattern(column.format, shape))
    if shape is Shape.LIST:
        coded = [_coded(column, codes, each) for each in fact]
        wrong = [each for each in coded if isinstance(each, Because)]
        return wrong[0] if wrong else column.separator.join(map(str, coded))
    return _coded(column, codes, fact)


def _hours(column: Column, minutes: int) -> Decimal:
    """Hours with the stated decimals: rounded down, so that no more is claimed than was served."""
    way = ROUND_HALF_UP if column.rounding == "half_up" else ROUND_DOWN
    return (Decimal(minutes) / MINUTES_IN_HOUR).quantize(Decimal(1).scaleb(-column.decimals), way)


def _coded(column: Column, codes: Mapping[str, str] | None, fact: Any) -> str | Because:
    """A pair (code, name) by the table; without one the name; other facts as they are."""
    code, name = fact if isinstance(fact, tuple) else (str(fact), str(fact))
    if codes is None:
        return str(name)
    if (found := codes.get(code, codes.get(ANY_CODE))) is None:
        return Because(Lack.NO_CODE, {"title": column.title, "value": name})
    return found


def _pattern(given: str, shape: Shape) -> str:
    parts = MOMENT_PARTS if shape is Shape.MOMENT else DAY_PARTS
    pattern = (given or (MOMENT if shape is Shape.MOMENT else DAY)).replace("%", "%%")
    for part, code in parts.items():
        pattern = pattern.replace(part, code)
    return pattern

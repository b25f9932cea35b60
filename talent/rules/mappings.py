"""Reading a mapping: how files for the designated system look (Order 67, Art. 4).

A mapping is a table of settings (TOML). It is checked whole, and nothing in it is ever run.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from talent.rules.national import (
    ANY_CODE,
    CLOSED,
    DAY_PARTS,
    MOMENT_PARTS,
    NEEDED,
    SHAPES,
    Answer,
    Column,
    FileMapping,
    Shape,
    Source,
    normal,
)
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_COLUMNS = 100
LONGEST_MAPPING = 50_000  # characters
MOST_DECIMALS = 4


class Trouble(Word):
    """Why a mapping is not taken."""

    TOO_LONG = "too_long", N_("The mapping is too long: at most %(most)s characters.")
    UNREADABLE = "unreadable", N_("Line %(line)s cannot be read.")
    UNKNOWN = "unknown", N_("%(where)s: “%(name)s” is not known here.")
    WRONG_VALUE = "wrong_value", N_("%(where)s: “%(name)s” cannot be %(value)s.")
    NO_KIND = "no_kind", N_("[file]: “kind” must be xlsx or csv.")
    NO_COLUMNS = "no_columns", N_("There is no column in the mapping.")
    TOO_MANY = "too_many", N_("There are more than %(most)s columns.")
    NO_TITLE = "no_title", N_("Column %(number)s has no title.")
    TWICE = "twice", N_("Two columns are called “%(title)s”.")
    NO_FIELD = "no_field", N_("Column “%(title)s” says neither a field nor a fixed value.")
    UNKNOWN_FIELD = "unknown_field", N_("Column “%(title)s”: there is no field “%(name)s”.")
    LACKS = "lacks", N_("No column holds “%(field)s”, which has to be entered.")
    NO_UNIT = "no_unit", N_("Column “%(title)s”: say in which unit the time is, hours or minutes.")
    NO_DECIMALS = (
        "no_decimals",
        N_("Column “%(title)s”: say how many decimals the hours have, from 0 to %(most)s."),
    )
    BAD_FORMAT = (
        "bad_format",
        N_("Column “%(title)s”: write the format with %(parts)s and signs between them."),
    )
    NO_CODES = "no_codes", N_("Column “%(title)s”: there is no table [codes.%(name)s].")
    UNKNOWN_CODE = (
        "unknown_code",
        N_("[codes.%(table)s]: “%(name)s” is not a value of “%(field)s”."),
    )
    NO_RESULT = (
        "no_result",
        N_("[answer]: say in which column the result stands, and the words for yes and no."),
    )
    NO_KEY = (
        "no_key",
        N_("[answer]: name the column of the record number, or those of document, activity, day."),
    )
    BOTH = "both", N_("[answer]: “%(word)s” cannot mean accepted and refused.")


ANSWER_COLUMNS = (
    "record", "document", "activity", "date", "result", "reason", "number", "volunteer_number",
)  # fmt: skip
_TOP = {"title", "file", "columns", "codes", "answer"}
_COLUMN = {
    "title", "field", "value", "required", "format", "unit", "decimals", "rounding", "codes",
    "separator",
}  # fmt: skip


def read(text: str) -> tuple[FileMapping | None, list[Because]]:
    """Art. 4: the mapping, or every reason why it is none. Nothing in it is ever run."""
    if len(text) > LONGEST_MAPPING:
        return None, [Because(Trouble.TOO_LONG, {"most": LONGEST_MAPPING})]
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        at = re.search(r"line (\d+)", str(error))
        line = at[1] if at else text.count("\n") + 1
        return None, [Because(Trouble.UNREADABLE, {"line": line})]
    reader = _Reader()
    mapping = reader.mapping(given)
    return (None if reader.found else mapping), reader.found


class _Reader:
    """Reads a mapping and gathers everything that is wrong with it."""

    def __init__(self) -> None:
        self.found: list[Because] = []

    def mapping(self, given: dict[str, Any]) -> FileMapping:
        self.only(given, _TOP, "mapping")
        file = self.table(given, "file", "mapping")
        self.only(file, {"kind", "sheet"}, "[file]")
        kind = file.get("kind")
        if kind not in {"xlsx", "csv"}:
            self.add(Trouble.NO_KIND)
        codes = self.codes(given)
        columns = self.columns(given, codes)
        return FileMapping(
            title=self.text(given, "title", "mapping"),
            kind=str(kind),
            sheet=self.text(file, "sheet", "[file]") or "Sheet1",
            columns=tuple(columns),
            codes=codes,
            answer=self.answer(self.table(given, "answer", "mapping")),
        )

    def add(self, why: Trouble, **facts: Any) -> None:
        self.found.append(Because(why, facts))

    def only(self, given: Mapping[str, Any], known: set[str], where: str) -> None:
        for name in given.keys() - known:
            self.add(Trouble.UNKNOWN, where=where, name=name)

    def table(self, given: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
        value = given.get(name, {})
        return value if isinstance(value, dict) else self.wrong(where, name, value, {})

    def text(self, given: Mapping[str, Any], name: str, where: str, default: str = "") -> str:
        value = given.get(name, default)
        return value if isinstance(value, str) else self.wrong(where, name, value, default)

    def wrong(self, where: str, name: str, value: Any, default: Any) -> Any:
        self.add(Trouble.WRONG_VALUE, where=where, name=name, value=str(value)[:40])
        return default

    def codes(self, given: dict[str, Any]) -> dict[str, dict[str, str]]:
        tables: dict[str, dict[str, str]] = {}
        for name in (named := self.table(given, "codes", "mapping")):
            table = self.table(named, name, "[codes]")
            tables[name] = {code: self.text(table, code, f"[codes.{name}]") for code in table}
        return tables

    def columns(self, given: dict[str, Any], codes: Mapping[str, Any]) -> list[Column]:
        each = given.get("columns", [])
        if not isinstance(each, list) or not all(isinstance(one, dict) for one in each):
            each = self.wrong("mapping", "columns", each, [])
        if not each:
            self.add(Trouble.NO_COLUMNS)
            return []
        if len(each) > MOST_COLUMNS:
            self.add(Trouble.TOO_MANY, most=MOST_COLUMNS)
            return []
        columns = [self.column(number, one, codes) for number, one in enumerate(each, 1)]
        titles = [column.title for column in columns if column.title]
        for title in dict.fromkeys(t for t in titles if titles.count(t) > 1):
            self.add(Trouble.TWICE, title=title)
        held = {column.source for column in columns}
        for source in NEEDED:
            if source not in held:
                self.add(Trouble.LACKS, field=source)
        return columns

    def column(self, number: int, given: dict[str, Any], codes: Mapping[str, Any]) -> Column:
        title = self.text(given, "title", str(number)).strip()
        where = title or str(number)
        if not title:
            self.add(Trouble.NO_TITLE, number=number)
        self.only(given, _COLUMN, where)
        name = self.text(given, "field", where)
        source = Source.of(name)
        if name and source is None:
            self.add(Trouble.UNKNOWN_FIELD, title=where, name=name)
        elif not name and "value" not in given:
            self.add(Trouble.NO_FIELD, title=where)
        required = given.get("required", False)
        column = Column(
            title=title,
            source=source,
            value=self.text(given, "value", where),
            required=required
            if isinstance(required, bool)
            else self.wrong(where, "required", required, default=False),
            format=self.text(given, "format", where),
            unit=self.text(given, "unit", where),
            decimals=given.get("decimals", 0),
            rounding=self.text(given, "rounding", where, "down"),
            codes=self.text(given, "codes", where),
            separator=self.text(given, "separator", where, "、"),
        )
        self.shape(column, given, codes)
        return column

    def shape(self, column: Column, given: dict[str, Any], codes: Mapping[str, Any]) -> None:
        """What the kind of field asks for besides its title."""
        shape = SHAPES.get(column.source, Shape.TEXT) if column.source else Shape.TEXT
        if shape is Shape.TIME:
            self.time(column, given)
        if shape in {Shape.DAY, Shape.MOMENT} and column.format:
            parts = MOMENT_PARTS if shape is Shape.MOMENT else DAY_PARTS
            rest = column.format
            for part in parts:
                rest = rest.replace(part, "", 1)
            lacking = [part for part in DAY_PARTS if part not in column.format]
            if lacking or re.search(r"[A-Za-z0-9%]", rest):
                self.add(Trouble.BAD_FORMAT, title=column.title, parts=" ".join(parts))
        if column.codes and column.codes not in codes:
            self.add(Trouble.NO_CODES, title=column.title, name=column.codes)
        elif column.codes and column.source in CLOSED:
            known = {word.value for word in CLOSED[column.source]} | {ANY_CODE}
            for name in codes[column.codes].keys() - known:
                self.add(Trouble.UNKNOWN_CODE, table=column.codes, name=name, field=column.source)

    def time(self, column: Column, given: dict[str, Any]) -> None:
        if column.unit not in {"hours", "minutes"}:
            self.add(Trouble.NO_UNIT, title=column.title)
        decimals = given.get("decimals")
        exact = type(decimals) is int and 0 <= decimals <= MOST_DECIMALS
        if column.unit == "hours" and not exact:
            self.add(Trouble.NO_DECIMALS, title=column.title, most=MOST_DECIMALS)
        if column.rounding not in {"down", "half_up"}:
            self.wrong(column.title, "rounding", column.rounding, None)

    def answer(self, given: dict[str, Any]) -> Answer:
        if not given:
            return Answer()
        self.only(given, {*ANSWER_COLUMNS, "accepted", "refused"}, "[answer]")
        titles = {name: self.words(given, name) for name in ANSWER_COLUMNS if name in given}
        accepted, refused = self.words(given, "accepted"), self.words(given, "refused")
        if not (titles.get("result") and accepted and refused):
            self.add(Trouble.NO_RESULT)
        if not titles.get("record") and not all(
            titles.get(name) for name in ("document", "activity", "date")
        ):
            self.add(Trouble.NO_KEY)
        yes, no = frozenset(map(normal, accepted)), frozenset(map(normal, refused))
        for word in sorted(yes & no):
            self.add(Trouble.BOTH, word=word)
        return Answer(titles, yes, no)

    def words(self, given: Mapping[str, Any], name: str) -> tuple[str, ...]:
        value: Sequence[Any] | Any = given.get(name, [])
        each = [value] if isinstance(value, str) else value
        if not isinstance(each, list) or not all(isinstance(one, str) for one in each):
            return tuple(self.wrong("[answer]", name, value, ()))
        return tuple(one.strip() for one in each if one.strip())

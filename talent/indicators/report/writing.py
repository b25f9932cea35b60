"""The report as rows of text and numbers, and as a PDF: the digits are those of the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from talent.certificates import pdf
from talent.i18n import date_of, gettext, language, listed, named, sentence
from talent.indicators.forms import unit_of
from talent.sheets.writing import write_xlsx, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from talent.indicators.report.service import Line, Report
    from talent.sheets.writing import Value

TEMPLATE = Path(__file__).parents[3] / "templates" / "indicators" / "report.typ"


def said(line: Line) -> str:
    """Why a figure or its judgement is missing, with the names of who did not state."""
    found = [sentence(reason) for reason in line.reasons]
    if line.missing:
        found.append(listed(named(office) for office in line.missing))
    return " ".join(found)


def met_word(line: Line) -> str | None:
    """Whether the target is met, in a word."""
    if line.met is None:
        return None
    return str(gettext("met") if line.met else gettext("not met"))


def titled(line: Line) -> str:
    """The name of the indicator, with its number in the plan."""
    number = line.indicator.number
    name = named(line.indicator)
    return f"{number}. {name}" if number else name


def sheet(report: Report) -> bytes:
    """The report as a workbook: the office first, then each office below it."""
    columns = [
        gettext("Indicator"),
        gettext("Office"),
        gettext("Unit"),
        gettext("Numerator"),
        gettext("Number of the numerator"),
        gettext("Denominator"),
        gettext("Number of the denominator"),
        gettext("Value"),
        gettext("Value at the end of the year before"),
        gettext("Change"),
        gettext("Target value"),
        gettext("Target met"),
        gettext("Lacking to the target, of the numerator"),
        gettext("Figures from"),
        gettext("Figures until"),
        gettext("Source"),
        gettext("Remarks"),
    ]
    rows = [_cells(row.line, row.before.value, row.change) for row in report.rows]
    rows += [_cells(line, None, None) for _, lines in report.below for line in lines]
    return write_xlsx(f"{report.year} {named(report.office)}", columns, rows)


def _cells(line: Line, before: Value, change: Value) -> list[Value]:
    of = line.indicator
    first, last = line.as_of or (None, None)
    return [
        titled(line),
        named(line.office),
        unit_of(of),
        named(of.numerator),
        line.numerator,
        named(of.denominator) if of.denominator else None,
        line.denominator,
        line.value,
        before,
        change,
        line.level,
        met_word(line),
        line.lacking,
        first,
        last,
        line.source,
        said(line),
    ]


def paper(report: Report, *, printed_on: date) -> bytes:
    """The report on A4, in the reader's language."""
    heads = [
        gettext("Indicator"),
        gettext("Numerator / denominator"),
        gettext("Value"),
        gettext("Year before"),
        gettext("Target value"),
        gettext("Target met"),
        gettext("Lacking"),
    ]
    lines = [row.line for row in report.rows]
    main = [
        [
            f"{titled(row.line)}（{unit_of(row.line.indicator)}）"
            if language() == "zh"
            else f"{titled(row.line)} ({unit_of(row.line.indicator)})",
            _pair(row.line),
            _number(row.line.value),
            _number(row.before.value),
            _number(row.line.level),
            met_word(row.line) or "—",
            _number(row.line.lacking),
        ]
        for row in report.rows
    ]
    content = {
        "language": language(),
        "title": gettext("Indicators in %(year)s", year=report.year),
        "office": named(report.office),
        "day": gettext("Figures of %(day)s", day=date_of(report.on)),
        "printed": gettext("Printed on %(day)s", day=date_of(printed_on)),
        "on": printed_on.isoformat(),
        "main": {"heads": heads, "rows": main},
        "notes": [[titled(line), said(line)] for line in lines if line.reasons],
        "notes_title": gettext("What could not be said, and why"),
        "below_title": gettext("Office by office"),
        "below": [
            {
                "title": f"{titled(lines_[0])} · {unit_of(of)}",
                "heads": [
                    gettext("Office"),
                    gettext("Numerator / denominator"),
                    gettext("Value"),
                    gettext("Target value"),
                    gettext("Target met"),
                    gettext("Lacking"),
                ],
                "rows": [_below(line) for line in lines_],
            }
            for of, lines_ in report.below
            if any(line.measured.known.pair for line in lines_)
        ],
        "rounding": gettext(
            "Upper offices: all numerators over all denominators, never an average of averages. "
            "Whether a target is met is decided from figures that are not rounded."
        ),
        "page": gettext("Page"),
    }
    text = _printable(json.dumps(content, ensure_ascii=False, sort_keys=True))
    return pdf.compiled(TEMPLATE, {"report": text}, issued_on=printed_on.isoformat())


def _below(line: Line) -> list[str]:
    return [
        named(line.office),
        _pair(line),
        _number(line.value),
        _number(line.level),
        met_word(line) or "—",
        _number(line.lacking),
    ]


def _pair(line: Line) -> str:
    numbers: Sequence[Value] = [line.numerator, line.denominator]
    return " / ".join(written(one) for one in numbers if one is not None) or "—"


def _number(number: Value) -> str:
    return "—" if number is None else written(number)


def _printable(text: str) -> str:
    """What no font of ours has is printed as a printer marks it."""
    lost = pdf.unprintable(text)
    return "".join(pdf.GETA if one in lost else one for one in text)

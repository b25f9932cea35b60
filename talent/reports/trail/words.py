"""The particulars of an act in words: what each is called, and its value as people write it."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from talent.db import db
from talent.i18n import day, gettext, hours, label, moment, sentence, translated
from talent.rules.reason import N_, unpacked
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from talent.audit import AuditEntry

IN_MINUTES = frozenset({"minutes", "old", "new"})
# What the particulars of acts are called.
CALLED = {
    "about": N_("Account concerned"),
    "accepted": N_("Accepted"),
    "account": N_("Account"),
    "activity_area": N_("Area of activity rooms"),
    "added": N_("Added"),
    "after": N_("Afterwards"),
    "agreement": N_("Agreement"),
    "answer": N_("Answer"),
    "appointments": N_("Appointments"),
    "as_of": N_("As of"),
    "asked": N_("Asked"),
    "before": N_("Before"),
    "between": N_("In between"),
    "by": N_("By"),
    "came": N_("Came"),
    "changed": N_("Changed"),
    "claim": N_("Request for records"),
    "closed": N_("Closed"),
    "code": N_("Its code"),
    "columns": N_("Columns"),
    "consent": N_("Consent"),
    "count": N_("Number"),
    "digest": N_("Digest"),
    "done": N_("Deed"),
    "door": N_("Place asked for"),
    "doubtful": N_("Doubtful"),
    "early": N_("Early by"),
    "ended": N_("Ended"),
    "facility_area": N_("Area of facilities"),
    "field": N_("Field"),
    "fields": N_("Fields"),
    "figures": N_("Figures"),
    "file": N_("File"),
    "filter": N_("Filter"),
    "fingerprint": N_("Fingerprint"),
    "first": N_("First"),
    "first_day": N_("First day"),
    "from": N_("From which day"),
    "from_no": N_("From number"),
    "full_numbers": N_("Whole numbers"),
    "giver": N_("Who gives"),
    "goal": N_("Goal"),
    "guardian": N_("Guardian"),
    "hours": N_("Hours"),
    "identity": N_("With identity numbers"),
    "in": N_("In"),
    "invitation": N_("Invitation"),
    "kind": N_("Kind"),
    "kinds": N_("Kinds"),
    "language": N_("Language"),
    "last_day": N_("Last day"),
    "late": N_("Late by"),
    "leave_from": N_("Leave from"),
    "leave_to": N_("Leave to"),
    "level": N_("Level"),
    "login": N_("Way to sign in"),
    "many": N_("Act upon many people"),
    "measure": N_("Measure"),
    "members": N_("Members"),
    "merge": N_("Merge"),
    "minutes": N_("Time"),
    "mode": N_("Mode"),
    "month": N_("Month"),
    "months": N_("Months"),
    "most": N_("At most"),
    "name": N_("Name"),
    "need": N_("Need"),
    "new": N_("New"),
    "new_floor_area": N_("New floor area"),
    "new_service_area": N_("New area of service"),
    "number": N_("Number"),
    "old": N_("Old"),
    "on_leave": N_("On leave"),
    "on_paper": N_("Signed on paper"),
    "open": N_("Is open"),
    "out": N_("Out"),
    "overridden": N_("Reasons that were set aside"),
    "own": N_("Own"),
    "parent": N_("Part of"),
    "passed": N_("Passed"),
    "people": N_("People"),
    "person": N_("Person"),
    "planned": N_("Planned"),
    "probation": N_("On probation"),
    "purpose": N_("Purpose"),
    "reason": N_("Reason"),
    "receiver": N_("Who takes over"),
    "record": N_("Record"),
    "records": N_("Records"),
    "refused": N_("Refused"),
    "registered": N_("Registered"),
    "removed": N_("Removed"),
    "restricted": N_("Restricted"),
    "role": N_("Role"),
    "rows": N_("Number of rows"),
    "said": N_("Said"),
    "second": N_("Second"),
    "self_service": N_("Self-service points"),
    "session": N_("Session"),
    "setting": N_("Setting"),
    "sex": N_("Sex"),
    "share": N_("Share of full time"),
    "shift": N_("Shift"),
    "since": N_("Since"),
    "source": N_("Source"),
    "standing": N_("State"),
    "state": N_("State"),
    "stated": N_("As stated"),
    "status": N_("Status answered"),
    "step": N_("Which step"),
    "target": N_("To which file"),
    "team": N_("Team"),
    "times": N_("How often this hour"),
    "to": N_("To which"),
    "to_no": N_("To number"),
    "twice": N_("Counted twice"),
    "valid_from": N_("Valid from"),
    "value": N_("Value"),
    "verdict": N_("Verdict"),
    "version": N_("Version"),
    "volunteer_site": N_("Site for volunteers"),
    "was": N_("Before"),
    "way": N_("Way"),
    "what": N_("What"),
    "why": N_("Reason"),
    "wish": N_("Wish"),
    "with_facility": N_("With facilities"),
    "withdrawn": N_("Withdrawn"),
    "works": N_("Working day"),
    "year": N_("Year"),
}


def worded(entry: AuditEntry) -> list[tuple[str, str]]:
    """The particulars with their names, as the reader says them."""
    table = entry.subject.partition(":")[0]
    return [
        (_called(name), label(word) if (word := _of(table, name, value)) else _said(name, value))
        for name, value in entry.facts.items()
    ]


def _of(table: str, name: str, value: Any) -> Word | None:
    """The word that a code is in the column of the thing itself, if it is one."""
    column = db.metadata.tables[table].c.get(name) if table in db.metadata.tables else None
    kind = None if column is None else getattr(column.type, "enum_class", None)
    return kind.of(value) if kind and issubclass(kind, Word) and isinstance(value, str) else None


def _called(name: str) -> str:
    return translated(CALLED[name]) if name in CALLED else name.replace("_", " ")


def _said(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, int):
        return _number(name, value)
    if isinstance(value, list):
        return "、".join(_said(name, each) for each in value)
    if isinstance(value, dict):
        return _together(value)
    return _text(value) if isinstance(value, str) else str(value)


def _number(name: str, value: int) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return hours(value) if name in IN_MINUTES else str(value)


def _together(value: Mapping[str, Any]) -> str:
    """A reason as its sentence, anything else as pairs."""
    if {"why", "facts"} <= value.keys():
        return sentence(unpacked(value))
    return ", ".join(f"{_called(key)}: {_said(key, each)}" for key, each in value.items())


def _text(value: str) -> str:
    """A word of a list by its label where only one list has it; a moment or a day as such."""
    if (word := _words().get(value)) is not None:
        return label(word)
    try:
        if len(value) == len("2026-01-05"):
            return day(date.fromisoformat(value))
        if "T" in value and (at := datetime.fromisoformat(value)).tzinfo:
            return moment(at)
    except ValueError:
        pass
    return value


@cache
def _words() -> dict[str, Word]:
    """The codes that mean the same wherever they stand."""
    found: dict[str, Word | None] = {}
    for word in _all(Word):
        if word.value.isdecimal():
            continue  # a figure is a figure
        same = found.get(word.value, word)
        found[word.value] = word if same is not None and same.label == word.label else None
    return {code: word for code, word in found.items() if word is not None}


def _all(kind: type[Word]) -> Iterator[Word]:
    for each in kind.__subclasses__():
        yield from each
        yield from _all(each)

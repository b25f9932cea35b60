"""What a row states of a person, of a guardian and of a household: each cell read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from talent.intake import lines as all_lines
from talent.intake.models import Way
from talent.people.particulars.service import Particulars
from talent.rules import identity, names
from talent.rules.identity import DocumentKind, Sex
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.sheets import cells
from talent.sheets.cells import CellTrouble, Unusable
from talent.sheets.outcomes import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from talent.intake.lines import By, Line
    from talent.offices.models import ServiceCategory
    from talent.sheets.cells import Cell
    from talent.sheets.reading import Row

_SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male"), Sex.MALE),
    **dict.fromkeys(("女", "女性", "f", "female"), Sex.FEMALE),
}
_HEADS = frozenset({"户主", "本人", "是", "户主本人", "head", "self", "yes", "y"})


class PersonNote(Word):
    """What is to be said of a row of people."""

    ON_RECORD = "on_record", N_("On record at this office already; nothing changes.")
    HERE_TOO = "here_too", N_("On record already; will be registered at this office as well.")
    BORN_NEEDED = "born_needed", N_("This document does not tell the birth date: enter it here.")
    SEX_NEEDED = "sex_needed", N_("This document does not tell the sex: choose it here.")
    CHILD = (
        "child",
        N_("Under 14: not active until the guardian's consent to both notices is on record."),
    )
    MINOR = "minor", N_("Under 18: not active until the guardian's consent is on record.")
    NO_CONTACT = "no_contact", N_("A telephone number or a mail address is missing.")
    NO_SEX = "no_sex", N_("“%(text)s” is not a sex.")
    NO_MAIL = "no_mail", N_("“%(text)s” is not a mail address.")
    NO_CATEGORY = "no_category", N_("“%(text)s” is not a kind of service here: left out.")
    OTHER_BORN = "other_born", N_("On record is the birth date %(day)s.")
    OTHER_SEX = "other_sex", N_("On record is another sex.")
    GUARDIAN_NAME = "guardian_name", N_("The guardian's document is on record under another name.")
    GUARDIAN_MINOR = "guardian_minor", N_("A guardian must be of age.")
    GUARDIAN_SELF = "guardian_self", N_("Nobody is the guardian of himself.")
    NO_WARD = "no_ward", N_("Of age: has no guardian any more. The guardian is left out.")
    NO_HOUSEHOLD = "no_household", N_("The number of the household is missing: left out.")


@dataclass(slots=True)
class Guardian:
    """Who speaks for a minor, as a row states it."""

    name: str
    document: str
    phone: str | None


@dataclass(slots=True)
class Stated:
    """What a row says of a person, and of those around him."""

    particulars: Particulars
    registers: bool = True  # becomes a volunteer of the office by this row
    guardian: Guardian | None = None
    household: tuple[str, str, bool] | None = None  # number, relation, whether the head


def read(each: Line, known: Mapping[str, ServiceCategory], by: By) -> Stated:
    """What a row says, each cell read; what cannot be read is noted."""
    row, answers = each.row, each.kept.answers or {}
    kind = row.take("kind", all_lines.kind_of_document) or DocumentKind.RESIDENT_ID
    skills = row.take("skills", cells.text)
    new = each.person is None
    stated = Particulars(
        name=row.take("name", cells.text, required=True) or "",
        document_kind=kind,
        document=row.take("document", cells.digits, required=new and by.intake.way != Way.UPDATE)
        or "",
        sex=row.take("sex", _sex) or Sex.of(answers.get("sex", "")),
        born=row.take("born", cells.day) or _day(answers.get("born", "")),
        area=(row.take("area", cells.text) or "")[:100],
        phone=row.take("phone", cells.phone),
        email=row.take("email", _email),
        skills=skills if "skills" not in row.letters else skills or "",
        guardian_name=row.take("guardian_name", cells.text),
        guardian_phone=row.take("guardian_phone", cells.phone),
        guardian_relation=(row.take("guardian_relation", cells.text) or "")[:20] or None,
        categories=_categories(row, known),
    )
    stated.read()
    return Stated(stated, guardian=_guardian(row, stated), household=_household(row, stated))


def _guardian(row: Row, stated: Particulars) -> Guardian | None:
    number = row.take("guardian_document", cells.digits)
    if not number:
        return None
    if not stated.guardian_name:
        row.note("guardian_name", CellTrouble.MISSING)
        return None
    return Guardian(stated.guardian_name, identity.normalise(number), stated.guardian_phone)


def _household(row: Row, stated: Particulars) -> tuple[str, str, bool] | None:
    number = (row.take("household", cells.digits) or "")[:40]
    relation = (row.take("relation", cells.text) or "")[:20]
    named = row.take("head", cells.text) or ""
    if not number:
        if relation or named:
            row.note("household", PersonNote.NO_HOUSEHOLD, State.TAKE)
        return None
    head = relation.casefold() in _HEADS or named.casefold() in _HEADS
    head = head or (bool(named) and names.normalise(named) == stated.name)
    return number, relation or ("户主" if head else ""), head


def _sex(cell: Cell) -> Sex:
    return all_lines.word(cell, _SEXES, PersonNote.NO_SEX)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _email(cell: Cell) -> str:
    address = cells.text(cell, plain=True)
    name, at, host = address.rpartition("@")
    if not (name and at and "." in host) or " " in address:
        raise Unusable(PersonNote.NO_MAIL, text=address)
    return address


def _categories(row: Row, known: Mapping[str, ServiceCategory]) -> list[ServiceCategory]:
    """The kinds of service that a cell names; one that is not known here is said and left out."""
    found = []
    typed = row.take("categories", cells.text) or ""
    for name in filter(None, re.split(r"[、，,;；/\s]+", typed)):
        if name in known:
            found.append(known[name])
        else:
            row.note("categories", Because(PersonNote.NO_CATEGORY, {"text": name}), State.TAKE)
    return list(dict.fromkeys(found))

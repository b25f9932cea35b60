"""The form of the sheet: two times for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, TimeField
from wtforms.validators import Optional

from talent.files import FileTrouble
from talent.forms import Form
from talent.i18n import gettext, sentence
from talent.rules.attendance import Unattendable
from talent.shifts.sheets.service import Line, line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

    from talent.rules.reason import Because
    from talent.shifts.attendees.service import Attendee
    from talent.shifts.sheets.service import Lines

UNFILLED, MISSED = "unfilled", "missed"
LEFT = (Unattendable.OUT_NOT_AFTER_IN,)  # is about when somebody left
FIELD_OF: dict[StrEnum, str] = dict.fromkeys(FileTrouble, "picture")


class SheetForm(Form):
    """All the names of a sheet."""

    attendees: Sequence[Attendee]
    rest = RadioField(_l("Names without times"), default=UNFILLED)

    @property
    def rows(self) -> list[tuple[Attendee, Any, Any]]:
        """Each name with its two fields."""
        ids = [(one, one.signup.id) for one in self.attendees]
        return [(one, self[f"came_{id_}"], self[f"left_{id_}"]) for one, id_ in ids]

    @property
    def lines(self) -> Lines:
        """What was typed, by sign-up."""
        return {one.signup.id: Line(came.data, left.data) for one, came, left in self.rows}

    @property
    def rest_missed(self) -> bool:
        """Whether a name without times did not come."""
        return bool(self.rest.data == MISSED)

    def blame(self, found: Mapping[int, list[Because]]) -> None:
        """Put what is wrong beside the field that it is about."""
        for id_, reasons in found.items():
            for because in reasons:
                field = self[f"left_{id_}" if because.why in LEFT else f"came_{id_}"]
                field.errors = [*field.errors, sentence(because)]


class PictureForm(Form):
    """A picture of the sheet."""

    picture = FileField(
        _l("Photograph or scan of the signed sheet"),
        validators=[FileRequired(message=_l("Choose a file."))],
        description=_l("PDF, PNG or JPEG, at most 5 MB."),
    )


def sheet_form(attendees: Sequence[Attendee]) -> SheetForm:
    """The form for these names, with what is written down already."""
    fields: dict[str, Any] = {"attendees": attendees}
    given: dict[str, Any] = {}
    for one in attendees:
        id_, kept = one.signup.id, line_of(one)
        fields[f"came_{id_}"] = TimeField(_l("Came at"), validators=[Optional()])
        fields[f"left_{id_}"] = TimeField(_l("Left at"), validators=[Optional()])
        given |= {f"came_{id_}": kept.came, f"left_{id_}": kept.left}
    form: SheetForm = type("SheetForm", (SheetForm,), fields)(data={"rest": UNFILLED, **given})
    form.rest.choices = [
        (UNFILLED, gettext("are not filled in yet")),
        (MISSED, gettext("did not come")),
    ]
    return form

"""The forms of attendance: how a list came about, and times that are put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from talent.forms import Form, MomentField
from talent.i18n import gettext, label, moment
from talent.rules.training import Source, Unsigned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from talent.training.attendance.models import Presence
    from talent.training.sessions.models import SessionPart

FIELD_OF = {
    Unsigned.BACKWARDS: "left_at",
    Unsigned.OUTSIDE: "came_at",
    Unsigned.FUTURE: "left_at",
}
BY_HAND = (Source.LIST, Source.PAPER)
CHOOSE = _l("Please choose one.")


class ListForm(Form):
    """How the list came about."""

    source = RadioField(_l("This list was"), validators=[InputRequired(CHOOSE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source.choices = [(each.value, label(each)) for each in BY_HAND]
        if not self.is_submitted():
            self.source.data = Source.LIST.value


class TimesForm(Form):
    """When somebody came and went on a date."""

    part_id = SelectField(_l("Date"), coerce=int)
    came_at = MomentField(_l("Came at"), validators=[Optional()])
    left_at = MomentField(_l("Left at"), validators=[Optional()])
    absent = BooleanField(_l("Was not there on this date"))
    source = RadioField(_l("How this is known"), validators=[InputRequired(CHOOSE)])

    def __init__(
        self, dates: Sequence[SessionPart], had: Mapping[int, Presence | None], zone: str
    ) -> None:
        super().__init__()
        self.parts = {part.id: part for part in dates}
        self.part_id.choices = [(part.id, moment(part.starts_at)) for part in dates]
        self.source.choices = [(each.value, label(each)) for each in BY_HAND]
        self.came_at.zone = self.left_at.zone = zone
        if not self.is_submitted():
            self.source.data = Source.LIST.value
            open_ = [p for p in dates if (one := had[p.id]) and one.left_at is None]
            part = (open_ or dates)[0]
            presence = had[part.id]
            self.part_id.data = part.id
            self.came_at.data = presence.came_at if presence else part.starts_at
            self.left_at.data = (presence and presence.left_at) or part.ends_at

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Both times, or that he was not there."""
        well: bool = super().validate(*args, **kwargs)
        if not self.absent.data:
            for field in (self.came_at, self.left_at):
                if field.data is None and not field.errors:
                    field.errors = [gettext("Please fill in this field.")]
                    well = False
        return well

    @property
    def part(self) -> SessionPart:
        """The date that was chosen."""
        return self.parts[self.part_id.data]

    @property
    def times(self) -> tuple[datetime, datetime] | None:
        """The times, or None: he was not there."""
        return None if self.absent.data else (self.came_at.data, self.left_at.data)

    @property
    def chosen(self) -> Source:
        """How it is known."""
        return Source[self.source.data.upper()]

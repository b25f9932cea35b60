"""Forms of the queue: another office, an interview, what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from talent.forms import Form, MomentField, at_most, given, required
from talent.i18n import label, named
from talent.people.registrations.service import NoStep
from talent.rules.applications import InterviewState, InterviewWay, Unqueued

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.offices.models import Office

FIELDS = {
    Unqueued.PAST: "starts_at",
    Unqueued.MINUTES: "minutes",
    Unqueued.WHERE: "place",
    Unqueued.SAME_OFFICE: "office",
    Unqueued.CLOSED: "office",
    Unqueued.REGISTERED_THERE: "office",
    Unqueued.WHY: "why",
    Unqueued.NOT_BEGUN: "state",
}


class ReferForm(Form):
    """To which office the application goes, and why."""

    office = SelectField(_l("To which office"), coerce=int)
    why = StringField(
        _l("Reason"),
        [required(), at_most(300)],
        description=_l("The volunteer and the other office read it."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]


class ReturnForm(Form):
    """Why an application goes back; a page of the queue holds many of them."""

    reason = StringField(_l("Reason"), [DataRequired(_l(NoStep.REASON.label)), at_most(300)])

    def __init__(self, registration_id: int) -> None:
        super().__init__()
        self.reason.id = f"reason-{registration_id}"


class InterviewForm(Form):
    """When, how long, how and where."""

    starts_at = MomentField(_l("Begins"), [given()])
    minutes = IntegerField(_l("Minutes"), [given()], default=30)
    way = SelectField(_l("How"))
    place = StringField(
        _l("Place, or how to reach each other"),
        [required(), at_most(200)],
        description=_l("For example the room, the number that will call, or the link."),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.starts_at.zone = zone
        self.way.choices = [(each.value, label(each)) for each in InterviewWay]

    @property
    def asked(self) -> dict[str, Any]:
        """The fields, as the service takes them."""
        return {
            "starts_at": self.starts_at.data,
            "lasts": timedelta(minutes=max(self.minutes.data, 0)),
            "way": InterviewWay(self.way.data),
            "where": self.place.data,
        }


class ResultForm(Form):
    """What became of the interview."""

    state = RadioField(_l("What became of it"), [required()])
    result = TextAreaField(_l("Note"), [Optional(), at_most(1000)], render_kw={"rows": 3})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = [each for each in InterviewState if each is not InterviewState.PLANNED]
        self.state.choices = [(each.value, label(each)) for each in ends]

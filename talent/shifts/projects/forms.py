"""Forms of projects and positions. Choices are given by the view, inside the actor's offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Boxes, Form, at_most, blank_is_none, required
from talent.i18n import gettext, label, named
from talent.people import service as people
from talent.rules.attendance import SignMode
from talent.rules.planning import Unplanned
from talent.rules.publishing import Unpublishable
from talent.rules.volunteering import ActivityKind
from talent.shifts.projects import service
from talent.shifts.projects.service import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum
    from typing import Any

    from talent.offices.models import Office
    from talent.shifts.models import Requirement


def number(text: str | int | None) -> int | None:
    """The id that a list sends; an empty one is none."""
    return int(text) if text and str(text).isdecimal() else None


def said_or_empty(text: str | None) -> str:
    """A text that a draft may still lack."""
    return text or ""


FIELD_OF: dict[StrEnum, str] = {
    Unpublishable.PERSON_IN_CHARGE: "person_in_charge",
    Unpublishable.CONTENT: "content",
    Unpublishable.PLACE: "place",
    Unpublishable.RISKS: "risks",
    Unpublishable.SAFEGUARDS: "safeguards",
    Unpublishable.POLICY_NUMBER: "insurance_no",
    Unpublishable.COVER_DATES: "insured_from",
    Unpublishable.COVER_TURNED: "insured_to",
    Unplanned.HALF_PLACED: "latitude",
    Unplanned.LEAST: "least",
}


def an_age() -> list[Any]:
    """The validators of an age that is asked for, or of none."""
    said = _l("Give an age from 6 to 80, or none.")
    return [Optional(), NumberRange(min=6, max=80, message=said)]


def a_number(least: int, most: int) -> list[Any]:
    """The validators of a number between two others."""
    said = _l("Give a number from %(least)s to %(most)s.", least=least, most=most)
    return [Optional(), NumberRange(min=least, max=most, message=said)]


class AskingForm(Form):
    """What is asked for: an age, and boxes for each credential, course and skill."""

    minimum_age = IntegerField(_l("Minimum age on the day"), validators=an_age())
    credential_kind_ids = Boxes(_l("Credentials, valid on the day"), coerce=int)
    course_ids = Boxes(_l("Courses, valid on the day"), coerce=int)
    skill_ids = Boxes(_l("Skills"), coerce=int)

    def offer(self, planned: Iterable[Office], asked: Iterable[Requirement]) -> None:
        """Offer what these offices may ask for; what is asked for already stays on offer."""
        offered: dict[str, Iterable[Any]] = {
            "credential_kind_ids": service.credential_kinds(),
            "course_ids": service.courses(planned),
            "skill_ids": people.skills(),
        }
        names = people.skill_names(named)
        for name, rows in offered.items():
            asked_ids = [id_ for each in asked if (id_ := getattr(each, REQUIRED[name]))]
            choices = {row.id: named(row) for row in rows}
            if name == "skill_ids":
                choices = {id_: names[id_] for id_ in choices}
            for each in asked:
                id_ = getattr(each, REQUIRED[name])
                if id_ and id_ not in choices:
                    choices[id_] = gettext("%(thing)s (closed)", thing=named(each.thing))
            self[name].choices = list(choices.items())
            if not self.is_submitted():
                self[name].data = asked_ids

    @property
    def asking(self) -> list[Any]:
        """The groups of boxes that have any."""
        return [self[name] for name in REQUIRED if self[name].choices]

    @property
    def asked(self) -> dict[str, list[int]]:
        """What is ticked, as the service takes it."""
        return {name: self[name].data or [] for name in REQUIRED}


class ProjectForm(AskingForm):
    """A service project, as it is announced."""

    seen = HiddenField()
    office_id = SelectField(
        _l("Office that records the hours and issues certificates"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    audience_id = SelectField(
        _l("Who may see it"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
        description=_l("Volunteers of this office, of those below it and of those above it."),
    )
    category_id = SelectField(
        _l("Service category"),
        coerce=number,
        validators=[InputRequired(message=_l("Please choose one."))],
    )
    name = StringField(_l("Name of the project"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), validators=[Optional(), at_most(150)], filters=[blank_is_none]
    )
    content = TextAreaField(
        _l("What the service consists of"), validators=[at_most(4000)], filters=[said_or_empty]
    )
    place = StringField(_l("Place"), validators=[at_most(200)], filters=[said_or_empty])
    person_in_charge = StringField(
        _l("Person in charge"), validators=[at_most(50)], filters=[said_or_empty]
    )
    contact = StringField(
        _l("How to reach that person"),
        validators=[Optional(), at_most(100)],
        filters=[blank_is_none],
        description=_l("Volunteers see it, so give an office number."),
    )
    bring = StringField(
        _l("What to bring"), validators=[Optional(), at_most(200)], filters=[blank_is_none]
    )
    risks = TextAreaField(
        _l("Risks that may arise"),
        validators=[at_most(500)],
        description=_l("If there are none, say so."),
    )
    safeguards = TextAreaField(
        _l("Protection that is offered"),
        validators=[at_most(500)],
        description=_l("For example training, equipment, insurance, a companion."),
    )
    risky = BooleanField(_l("The service may endanger those who serve: insurance is needed"))
    insurance_no = StringField(
        _l("Number of the insurance policy"),
        validators=[Optional(), at_most(60)],
        filters=[blank_is_none],
    )
    insured_from = DateField(
        _l("First day of the insurance"), validators=[Optional()], filters=[blank_is_none]
    )
    insured_to = DateField(
        _l("Last day of the insurance"), validators=[Optional()], filters=[blank_is_none]
    )
    mode = SelectField(_l("How attendance is taken"), default=SignMode.IN_OUT.value)
    latitude = DecimalField(
        _l("Latitude"),
        places=6,
        validators=a_number(-90, 90),
        description=_l(
            "With these three, volunteers who agreed to it may sign in by their location."
        ),
    )
    longitude = DecimalField(_l("Longitude"), places=6, validators=a_number(-180, 180))
    radius_m = IntegerField(_l("Within how many metres"), validators=a_number(20, 2000))

    kind = SelectField(
        _l("Kind of activity"),
        default=ActivityKind.SERVICE.value,
        description=_l("Only voluntary service gives hours. All else can be planned without them."),
    )
    break_minutes = IntegerField(
        _l("Breaks in a whole turn"),
        validators=a_number(0, 1440),
        description=_l("They do not count. Left empty, the rule of the office holds."),
    )
    travel_minutes = IntegerField(
        _l("Time on the way in a whole turn"),
        default=0,
        validators=a_number(0, 1440),
        description=_l("It never counts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mode.choices = [(mode.value, label(mode)) for mode in SignMode]
        self.kind.choices = [(kind.value, label(kind)) for kind in ActivityKind]


class PositionForm(AskingForm):
    """What one does, and what it takes."""

    name = StringField(_l("Name of the position"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), validators=[Optional(), at_most(150)], filters=[blank_is_none]
    )
    places = IntegerField(_l("Places"), default=1, validators=a_number(0, 9999))
    least = IntegerField(
        _l("At least needed"),
        default=0,
        validators=a_number(0, 9999),
        description=_l("With fewer the shift is short."),
    )
    reserve = IntegerField(
        _l("Reserve"),
        default=0,
        validators=a_number(0, 9999),
        description=_l("So many may stand by beyond the places."),
    )
    leads = BooleanField(_l("Who holds this position leads the shift"))

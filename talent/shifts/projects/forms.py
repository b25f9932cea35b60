"""Forms of projects and positions. Choices are given by the view, inside the actor's offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, required
from talent.rules.publishing import Unpublishable

if TYPE_CHECKING:
    from enum import StrEnum


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
}


class ProjectForm(Form):
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


class PositionForm(Form):
    """What one does, and what it takes."""

    name = StringField(_l("Name of the position"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), validators=[Optional(), at_most(150)], filters=[blank_is_none]
    )
    minimum_age = IntegerField(
        _l("Minimum age on the day"),
        validators=[
            Optional(),
            NumberRange(min=6, max=80, message=_l("Give an age from 6 to 80, or none.")),
        ],
    )
    credential_kind_ids = SelectMultipleField(
        _l("Credentials, valid on the day"), coerce=number, validators=[Optional()]
    )
    course_ids = SelectMultipleField(
        _l("Courses, valid on the day"), coerce=number, validators=[Optional()]
    )

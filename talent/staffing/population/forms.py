"""The form of a population figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from talent.forms import Form, at_most, given, required
from talent.i18n import label, named
from talent.rules.staffing import PopulationKind
from talent.staffing.population.service import Figure, Unpublished

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

FIELDS: dict[StrEnum, str] = {
    Unpublished.TWICE: "as_of",
    Unpublished.IN_FUTURE: "as_of",
    Unpublished.TOO_LARGE: "number",
}


class FigureForm(Form):
    """What was published."""

    office = SelectField(_l("Office"), coerce=int)
    kind = SelectField(
        _l("What is counted"),
        description=_l("The official staffing ratio needs the urban residents."),
    )
    number = IntegerField(
        _l("How many"),
        [
            InputRequired(message=_l("Give a whole number.")),
            NumberRange(min=0, message=_l("A number below zero cannot be.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    as_of = DateField(
        _l("As of"), [given()], description=_l("The day on which so many were counted.")
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(200)],
        description=_l("Who published it, for example the census of 2020."),
    )

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.kind.choices = [(kind.value, label(kind)) for kind in PopulationKind]

    @property
    def figure(self) -> Figure:
        """The fields, as the service takes them."""
        return Figure(
            PopulationKind(self.kind.data), self.number.data, self.as_of.data, self.source.data
        )

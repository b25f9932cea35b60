"""The form of an evaluation: a step and a text for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from talent.forms import Form, at_most, blank_is_none
from talent.i18n import gettext, label
from talent.recognition.evaluations.service import Said
from talent.rules.stars import Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.hours.models import ServiceRecord
    from talent.recognition.models import Evaluation


class EvaluationForm(Form):
    """All the names of a shift, or one."""

    records: Sequence[ServiceRecord]
    all_step = SelectField(
        _l("The same for all who have none yet"),
        default="",
        description=_l("A step chosen beside a name goes before it."),
    )

    @property
    def rows(self) -> list[tuple[ServiceRecord, Any, Any]]:
        """Each service with its two fields."""
        return [(r, self[f"step_{r.id}"], self[f"remark_{r.id}"]) for r in self.records]

    @property
    def said(self) -> dict[int, Said]:
        """What was chosen, by record."""
        return {
            record.id: Said(int(step.data or self.all_step.data), remark.data)
            for record, step, remark in self.rows
            if step.data or self.all_step.data
        }


def evaluation_form(
    records: Sequence[ServiceRecord], kept: Mapping[int, Evaluation]
) -> EvaluationForm:
    """The form for these services, with what was said already."""
    fields: dict[str, Any] = {"records": records}
    given: dict[str, Any] = {}
    for record in records:
        fields[f"step_{record.id}"] = SelectField(_l("Quality of the service"))
        fields[f"remark_{record.id}"] = StringField(
            _l("In words"), filters=[blank_is_none], validators=[Optional(), at_most(500)]
        )
        said = kept.get(record.id)
        given[f"step_{record.id}"] = str(said.step) if said else ""
        given[f"remark_{record.id}"] = said.remark if said else None
    form: EvaluationForm = type("EvaluationForm", (EvaluationForm,), fields)(data=given)
    steps = [(each.value, label(each)) for each in Step]
    form.all_step.choices = [("", gettext("Say nothing")), *steps]
    for _, step, _remark in form.rows:
        step.choices = [("", gettext("Not evaluated")), *steps]
    return form

"""Forms of merging: which words stay, the last question, and what is undone or told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from talent.forms import Form, at_most, required
from talent.i18n import gettext
from talent.merging.plan import Side, Wish
from talent.merging.policies import FIELDS, LABELS
from talent.rules.merging import Unjoinable, Unpartable

if TYPE_CHECKING:
    from collections.abc import Mapping

JOIN_FIELDS: Mapping[Any, str] = {
    Unjoinable.PAPERS: "papers_seen",
    Unjoinable.NO_REASON: "why",
}
PART_FIELDS: Mapping[Any, str] = {Unpartable.NO_REASON: "why"}
ACCOUNT = "account"


class JoinForm(Form):
    """The last question. `seen` is the mark of what was shown."""

    seen = HiddenField()
    papers_seen = BooleanField(_l("I have seen the documents of both: it is one person"))
    why = StringField(
        _l("How do you know that both are one person?"), validators=[required(), at_most(300)]
    )


class PartForm(Form):
    """Why joined files are parted again."""

    why = StringField(_l("Why are the files parted?"), validators=[required(), at_most(300)])


class ApartForm(Form):
    """That two files are of two people."""

    why = StringField(_l("Remark"), validators=[at_most(300)])


class ChoiceForm(Form):
    """For every word that differs: from which file it is taken. It is an address, and no act."""

    class Meta(Form.Meta):
        """It writes nothing, so it needs no proof that the page was ours."""

        csrf = False


def choice_form(
    differing: Mapping[str, tuple[str, str]],
    sides: Mapping[str, Side],
    args: Any,
    *,
    accounts: bool,
) -> Any:
    """A form with a choice of two for each word that differs, shown as `differing` has them."""
    fields: dict[str, Any] = {}
    for group, (of_target, of_source) in differing.items():
        options = [
            SelectChoice(Side.TARGET.value, of_target),
            SelectChoice(Side.SOURCE.value, of_source),
        ]
        fields[group] = RadioField(
            gettext(LABELS[group]), choices=options, default=sides[group].value,
            validate_choice=False,
        )  # fmt: skip
    if accounts:
        options = [SelectChoice(side.value, gettext(side.label)) for side in Side]
        fields[ACCOUNT] = RadioField(
            _l("Which account stays?"), choices=options, default=Side.TARGET.value,
            validate_choice=False,
        )  # fmt: skip
    form: Any = type("Chosen", (ChoiceForm,), fields)
    return form(args) if args else form()


def wish_of(args: Mapping[str, str]) -> Wish:
    """What an address says about the choices; other words are left out."""
    chosen = {group: side for group in FIELDS if (side := Side.of(args.get(group)))}
    return Wish(chosen, Side.of(args.get(ACCOUNT)) or Side.TARGET)

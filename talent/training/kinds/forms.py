"""The form of a kind of credential."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from talent.forms import Boxes, Form, at_most, blank_is_none, required
from talent.i18n import gettext
from talent.rules.credentials import Unkind
from talent.rules.sources import Sure

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
LONGEST_CLASS = 10
MOST_CLASSES = 30
YEAR = 366  # days
FIELD_OF = {
    Unkind.MASK: "number_mask",
    Unkind.EXAMPLE: "number_example",
    Unkind.NO_EXAMPLE: "number_example",
    Unkind.NO_MONTHS: "months",
    Unkind.WINDOW: "renew_months",
    Unkind.REMINDERS: "remind_days",
    Unkind.SOURCE: "source",
}


def parts(text: Any) -> list[str]:
    """What was typed with commas or spaces between."""
    return [part for part in re.split(r"[,，、;；\s]+", str(text or "")) if part]


class KindForm(Form):
    """What holds for every credential of the kind."""

    name_zh = StringField(_l("Chinese name"), validators=[required(), at_most(100)])
    name_en = StringField(
        _l("English name"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    issuer = StringField(
        _l("Issuing authority"), filters=[blank_is_none], validators=[Optional(), at_most(150)]
    )
    lapses = BooleanField(_l("It lapses"))
    months = IntegerField(
        _l("Valid for"),
        description=_l("Used when the paper names no last day. Leave it empty if each differs."),
        validators=[Optional(), NumberRange(1, 600, WHOLE)],
    )
    recheck_months = IntegerField(
        _l("Checked anew every"),
        description=_l("A kind that lapses holds until the next check is due."),
        validators=[Optional(), NumberRange(1, 600, WHOLE)],
    )
    is_check = BooleanField(_l("It is a check of records, with a result"))
    renew_months = IntegerField(
        _l("A renewal is accepted before its end for"),
        validators=[Optional(), NumberRange(1, 60, WHOLE)],
    )
    learning_hours = IntegerField(
        _l("Continuing education in one term"),
        validators=[Optional(), NumberRange(1, 1000, WHOLE)],
    )
    renewal_zh = TextAreaField(
        _l("What a renewal takes (Chinese)"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(500)],
    )
    renewal_en = TextAreaField(
        _l("What a renewal takes (English)"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(500)],
    )
    courses = Boxes(_l("Courses after which it is renewed"), coerce=int)
    number_mask = StringField(
        _l("How its number looks"),
        description=_l("9 a digit, A a capital letter, * either, {n} repeats: A{2}9{6,8}"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(60)],
    )
    number_example = StringField(
        _l("An example of its number"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(60)],
    )
    evidence = BooleanField(_l("A file has to come with it"))
    classes = StringField(
        _l("Classes to choose from"),
        description=_l("With commas between, for example B1, C1. Empty: it has none."),
        validators=[Optional(), at_most(200)],
    )
    remind_days = StringField(
        _l("Reminders so many days before its end"),
        description=_l("With commas between. Empty: 90, 30, 7."),
        validators=[Optional(), at_most(60)],
    )
    source = StringField(
        _l("Where it is written"), filters=[blank_is_none], validators=[Optional(), at_most(300)]
    )
    sure = SelectField(_l("How sure it is"), coerce=Sure)
    open = BooleanField(_l("Open: credentials of this kind are taken down"), default=True)

    def validate_remind_days(self, field: Any) -> None:
        """Whole numbers of days within a year."""
        typed = parts(field.data)
        if not all(re.fullmatch(r"[0-9]{1,3}", p) and 1 <= int(p) <= YEAR for p in typed):
            raise ValidationError(
                gettext("Write up to %(most)s different numbers of days from 1 to 366.", most=6)
            )

    def validate_classes(self, field: Any) -> None:
        """Short words, not too many."""
        found = parts(field.data)
        if len(found) > MOST_CLASSES or any(len(each) > LONGEST_CLASS for each in found):
            raise ValidationError(
                gettext(
                    "Write at most %(most)s classes of %(long)s characters each.",
                    most=MOST_CLASSES,
                    long=LONGEST_CLASS,
                )
            )

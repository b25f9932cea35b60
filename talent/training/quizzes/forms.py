"""The forms of a quiz: how it is passed, and one question."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from talent.forms import Boxes, Form, at_most, blank_is_none, given, required
from talent.i18n import label
from talent.rules.quizzes import MOST_OPTIONS, Faulty, QuestionKind
from talent.training.quizzes.service import Asked, Terms

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.training.quizzes.models import Question

WHOLE = _l("Please enter a whole number from %(min)s to %(max)s.")
SHARE = _l("Please enter a number from %(min)s to %(max)s.")
LETTERS = "ABCDEFGH"[:MOST_OPTIONS]
FIELD_OF: dict[StrEnum, str] = {
    Faulty.FEW_OPTIONS: "option_b",
    Faulty.TWICE: "option_a",
    Faulty.NONE_RIGHT: "right",
    Faulty.ONE_RIGHT: "right",
    Faulty.UNKNOWN_RIGHT: "right",
    Faulty.NO_WEIGHT: "weight",
}


class QuizForm(Form):
    """How the quiz is passed."""

    pass_per_cent = DecimalField(
        _l("Pass mark"),
        places=None,
        validators=[given(), NumberRange(Decimal("0.01"), Decimal(100), SHARE)],
        description=_l("In per cent of all points. Exactly this much passes."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    number = IntegerField(
        _l("Questions in an attempt"),
        validators=[Optional(), NumberRange(1, 500, WHOLE)],
        description=_l("Drawn by lot from the bank. Leave it empty for all of them."),
    )
    attempts = IntegerField(
        _l("Attempts"),
        validators=[Optional(), NumberRange(1, 100, WHOLE)],
        description=_l("Leave it empty if there may be as many as one likes."),
    )
    wait_minutes = IntegerField(
        _l("Wait between two attempts"), validators=[given(), NumberRange(0, 100_000, WHOLE)]
    )
    limit_minutes = IntegerField(
        _l("Time for an attempt"),
        validators=[Optional(), NumberRange(1, 1000, WHOLE)],
        description=_l("Leave it empty if there is no limit. The clock of the system counts."),
    )
    needed = BooleanField(_l("No training record without passing it"))

    def validate_pass_per_cent(self, field: DecimalField) -> None:
        """Two decimals are kept, so no more are taken."""
        if not field.errors and field.data is not None:
            field.data = round(field.data, 2)

    @property
    def terms(self) -> Terms:
        """What was stated."""
        return Terms(**{name: self.data[name] for name in Terms.__slots__})


class QuestionForm(Form):
    """One question. True or false brings its own answers."""

    kind = RadioField(_l("Kind"), validators=[InputRequired(_l("Please choose one."))])
    text_zh = TextAreaField(_l("Question in Chinese"), validators=[required(), at_most(1000)])
    text_en = TextAreaField(
        _l("Question in English"), filters=[blank_is_none], validators=[Optional(), at_most(1500)]
    )
    right = Boxes(
        _l("Right answers"),
        description=_l("For “true or false”: A means true, B means false."),
    )
    weight = IntegerField(_l("Points"), validators=[given(), NumberRange(1, 100, WHOLE)], default=1)
    why_zh = TextAreaField(
        _l("Explanation in Chinese"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(1000)],
        description=_l("Shown when the attempt is finished."),
    )
    why_en = TextAreaField(
        _l("Explanation in English"),
        filters=[blank_is_none],
        validators=[Optional(), at_most(1500)],
    )

    def __init__(self, question: Question | None = None) -> None:
        super().__init__(obj=question)
        self.kind.choices = [(each.value, label(each)) for each in QuestionKind]
        self.right.choices = [(letter, letter) for letter in LETTERS]
        if self.is_submitted():
            return
        if question is None:
            self.kind.data = QuestionKind.SINGLE.value
        else:
            self.kind.data = question.kind.value
            self.right.data = [LETTERS[place] for place in sorted(question.right)]
            if question.kind is not QuestionKind.TRUE_FALSE:
                for letter, option in zip(LETTERS, question.options, strict=False):
                    self[f"option_{letter.lower()}"].data = option["zh"]
                    self[f"english_{letter.lower()}"].data = option["en"]

    @property
    def options(self) -> list[tuple[Any, Any]]:
        """The fields of each answer, in pairs."""
        return [(self[f"option_{one}"], self[f"english_{one}"]) for one in LETTERS.lower()]

    @property
    def asked(self) -> Asked:
        """What was stated; answers that were left empty are not there."""
        filled = [
            (letter, zh.data, en.data)
            for letter, (zh, en) in zip(LETTERS, self.options, strict=True)
            if zh.data
        ]
        letters = [letter for letter, _, _ in filled]
        kind = QuestionKind[self.kind.data.upper()]
        known = list("AB") if kind is QuestionKind.TRUE_FALSE else letters
        right = [known.index(one) if one in known else -1 for one in self.right.data or ()]
        return Asked(
            kind=kind,
            text_zh=self.text_zh.data,
            text_en=self.text_en.data,
            options=[(zh, en) for _, zh, en in filled],
            right=right,
            weight=self.weight.data,
            why_zh=self.why_zh.data,
            why_en=self.why_en.data,
        )


for _letter in LETTERS:
    setattr(
        QuestionForm,
        f"option_{_letter.lower()}",
        StringField(
            _l("Answer %(letter)s in Chinese", letter=_letter),
            filters=[blank_is_none],
            validators=[Optional(), at_most(300)],
        ),
    )
    setattr(
        QuestionForm,
        f"english_{_letter.lower()}",
        StringField(
            _l("Answer %(letter)s in English", letter=_letter),
            filters=[blank_is_none],
            validators=[Optional(), at_most(400)],
        ),
    )

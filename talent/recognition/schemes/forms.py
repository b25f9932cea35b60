"""The forms of star schemes: a line for each level, and some empty ones."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import NumberRange, Optional

from talent.forms import Form, at_most, blank_is_none, composed, given, required
from talent.i18n import gettext, label, named
from talent.offices.models import OfficeKind
from talent.recognition.schemes.service import Outline, Rung
from talent.rules.stars import (
    MOST_LEVELS,
    MOST_STEPS,
    Condition,
    LevelKind,
    Quality,
    Source,
    StarPeriod,
    Unstarred,
    Way,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from talent.offices.models import Office

EMPTY_LINES = 2
MOST_UP = 3
FIELD_OF: dict[StrEnum, str] = {
    Unstarred.AVERAGE: "least_average",
    Unstarred.COUNT: "least_count",
    Unstarred.ENDS_EARLY: "last_day",
}
_STEP = Decimal("0.01")
_HOURS = _l("Write a whole number from 1 to 100,000.")


class LevelForm(wtforms.Form):
    """One level; a line with neither hours nor a name says nothing."""

    hours = IntegerField(
        _l("Hours"), validators=[Optional(), NumberRange(1, 100_000, message=_HOURS)]
    )
    name_zh = StringField(_l("Name in Chinese"), filters=[composed], validators=[at_most(50)])
    name_en = StringField(
        _l("Name in English"), filters=[composed], validators=[Optional(), at_most(80)]
    )
    kind = SelectField(_l("What it gives"), default=LevelKind.STAR.value)
    way = SelectField(_l("How it is given"), default=Way.APPLICATION.value)
    decides = SelectField(_l("Who decides"), default="0")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(each.value, label(each)) for each in LevelKind]
        self.way.choices = [(each.value, label(each)) for each in Way]
        ups = [gettext("The volunteer's own office"), gettext("The level above it")]
        ups += [gettext("%(count)s levels above it", count=up) for up in range(2, MOST_UP + 1)]
        self.decides.choices = [(str(up), said) for up, said in enumerate(ups)] + [
            (each.value, gettext("The nearest of the kind: %(kind)s", kind=label(each)))
            for each in OfficeKind
        ]

    @property
    def filled(self) -> bool:
        """Whether anything was typed."""
        return any((*(self.hours.raw_data or ()), self.name_zh.data, self.name_en.data))

    @property
    def rung(self) -> Rung:
        """The level, as the service takes it."""
        own = self.decides.data.isdecimal()
        return Rung(
            hours=self.hours.data or 0,
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip() or None,
            kind=LevelKind(self.kind.data),
            way=Way(self.way.data),
            levels_up=int(self.decides.data) if own else 0,
            decider_kind=None if own else OfficeKind(self.decides.data),
        )


class SchemeForm(Form):
    """A scheme: for which office, for which hours, with which levels."""

    office = SelectField(
        _l("Holds for"),
        coerce=int,
        description=_l("This office, and all offices below it that have no scheme of their own."),
    )
    name_zh = StringField(_l("Name in Chinese"), [required(), at_most(100)])
    name_en = StringField(
        _l("Name in English"), [Optional(), at_most(150)], filters=[blank_is_none]
    )
    period = RadioField(_l("Which hours are added up"), [required()])
    quality = RadioField(_l("What is asked for beside the hours"), [required()])
    least_average = DecimalField(
        _l("Least average, from 1 to 5"),
        [Optional(), NumberRange(Decimal(1), Decimal(MOST_STEPS))],
        places=None,
        render_kw={"inputmode": "decimal", "step": "any"},
    )
    least_count = IntegerField(_l("From at least so many"), [Optional(), NumberRange(1, 1000)])
    first_day = DateField(_l("First day"), [given()])
    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Leave it empty while no end is known.")
    )
    source = StringField(
        _l("Source"),
        [required(), at_most(300)],
        description=_l("The document or decision that sets it."),
    )
    sureness = SelectField(_l("How sure the source is"))
    levels = FieldList(FormField(LevelForm), max_entries=MOST_LEVELS)

    def __init__(self, *args: Any, offices: Iterable[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office.choices = [(office.id, named(office)) for office in offices]
        self.period.choices = [(each.value, label(each)) for each in StarPeriod]
        self.quality.choices = [(each.value, label(each)) for each in Quality]
        self.sureness.choices = [(each.value, label(each)) for each in Source]
        if not self.is_submitted():
            for _ in range(min(EMPTY_LINES, MOST_LEVELS - len(self.levels))):
                self.levels.append_entry()

    @classmethod
    def of(cls, outline: Outline, **given_: Any) -> SchemeForm:
        """The form with what a template says."""
        levels = [
            {
                "hours": rung.hours,
                "name_zh": rung.name_zh,
                "name_en": rung.name_en,
                "kind": rung.kind.value,
                "way": rung.way.value,
                "decides": rung.decider_kind.value if rung.decider_kind else str(rung.levels_up),
            }
            for rung in outline.rungs
        ]
        return cls(
            name_zh=outline.name_zh,
            name_en=outline.name_en,
            period=outline.period.value,
            quality=outline.condition.quality.value,
            source=outline.source,
            sureness=outline.sureness.value,
            levels=levels,
            **given_,
        )

    @property
    def outline(self) -> Outline:
        """What was typed, as the service takes it."""
        return Outline(
            self.name_zh.data,
            self.name_en.data,
            StarPeriod(self.period.data),
            [entry.form.rung for entry in self.levels if entry.form.filled],
            self.source.data,
            Source(self.sureness.data),
            Condition(
                Quality(self.quality.data),
                (self.least_average.data or Decimal(0)).quantize(_STEP),
                self.least_count.data or 0,
            ),
        )


class EndForm(Form):
    """The last day of a scheme."""

    last_day = DateField(_l("Last day"), [given()])

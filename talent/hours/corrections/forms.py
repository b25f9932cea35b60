"""The forms of a request for a correction: what is wrong, the answer to it, an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from talent.errors import Refused
from talent.files import FileTrouble
from talent.forms import Form, MomentField, at_most, required
from talent.hours.amending import service as amending
from talent.hours.corrections.service import Entry, Remedy
from talent.hours.requests import service as requests
from talent.i18n import gettext, named
from talent.offices import service as offices
from talent.rules.corrections import DETAILS, Unanswerable, Unaskable, Unchangeable, Wrong
from talent.rules.hours import Deed, Unrecordable
from talent.rules.span import MINUTE, Span

if TYPE_CHECKING:
    from enum import StrEnum

    from talent.hours.models import CorrectionRequest

_DAY_MINUTES = 24 * 60
_ONE_DAY = NumberRange(0, _DAY_MINUTES, _l("Enter whole minutes, from 0 to 1440."))
ENTER, FOUND, ACCEPT, DECLINE = "enter", "found", "accept", "decline"

FIELD_OF: dict[StrEnum, str] = {
    **dict.fromkeys(FileTrouble, "file"),
    Unaskable.NO_WORDS: "wrong",
    Unaskable.NO_ACTIVITY: "activity",
    Unaskable.NO_TIMES: "starts_at",
    Unaskable.BACKWARDS: "ends_at",
    Unaskable.FUTURE: "ends_at",
    Unaskable.TOO_LONG: "ends_at",
    Unaskable.NOTHING_WISHED: "activity",
    Unchangeable.EMPTY: "activity",
    Unrecordable.ACTIVITY: "activity",
    Unrecordable.PLACE: "place",
    Unrecordable.CONTENT: "content",
    Unrecordable.PERSON_IN_CHARGE: "person_in_charge",
    Unrecordable.EVIDENCE: "evidence",
    Unanswerable.NO_REMEDY: "verdict",
}


class AskForm(Form):
    """What every request says: what is wrong, and what shows it."""

    wrong = TextAreaField(
        _l("What is wrong, and how do you know?"), validators=[required(), at_most(500)]
    )
    evidence = TextAreaField(
        _l("Evidence"),
        description=_l("Who was there, which list or message shows it."),
        validators=[Optional(), at_most(500)],
    )
    file = FileField(
        _l("A photograph or a scan"),
        description=_l("PDF, PNG or JPEG, at most 5 MB."),
        validators=[Optional()],
    )


class TimeForm(AskForm):
    """The time is wrong."""

    wished = IntegerField(_l("How many minutes did you serve?"), validators=[Optional(), _ONE_DAY])


class DetailsForm(AskForm):
    """The words are wrong: each as it should be."""

    activity = StringField(_l("Name of the activity"), validators=[at_most(150)])
    place = StringField(_l("Place"), validators=[at_most(200)])
    content = TextAreaField(_l("Content of the service"), validators=[at_most(500)])
    person_in_charge = StringField(_l("Person in charge"), validators=[at_most(50)])


class MissingForm(AskForm):
    """Service that no record shows."""

    shift_id = SelectField(_l("Shift"), coerce=int, default=0)
    office_id = SelectField(_l("Office"), coerce=int)
    activity = StringField(_l("What was it?"), validators=[Optional(), at_most(150)])
    starts_at = MomentField(_l("From"), validators=[Optional()])
    ends_at = MomentField(_l("To"), validators=[Optional()])


ASK_FORMS: dict[Wrong, type[AskForm]] = {
    Wrong.TIME: TimeForm,
    Wrong.DETAILS: DetailsForm,
    Wrong.NOT_MINE: AskForm,
}


class AnswerForm(Form):
    """The office's answer, or the decision of the level above."""

    verdict = RadioField(_l("Answer"), validators=[required()])
    reason = TextAreaField(_l("Why"), validators=[required(), at_most(500)])


class TimeAnswer(AnswerForm):
    """With the minutes that count."""

    to_minutes = IntegerField(_l("Minutes that count"), validators=[Optional(), _ONE_DAY])


class DetailsAnswer(AnswerForm):
    """With the words as they are to stand."""

    activity = StringField(_l("Name of the activity"), validators=[at_most(150)])
    place = StringField(_l("Place"), validators=[at_most(200)])
    content = TextAreaField(_l("Content of the service"), validators=[at_most(500)])
    person_in_charge = StringField(_l("Person in charge"), validators=[at_most(50)])


class MissingAnswer(AnswerForm):
    """Entered by hand, found on record meanwhile, or neither."""

    record_id = SelectField(_l("The record of that day"), coerce=int, default=0)
    category_id = SelectField(_l("Category"), coerce=int)
    activity = StringField(_l("Name of the activity"), validators=[at_most(150)])
    starts_at = MomentField(_l("From"), validators=[Optional()])
    ends_at = MomentField(_l("To"), validators=[Optional()])
    place = StringField(_l("Place"), validators=[at_most(200)])
    content = TextAreaField(_l("Content of the service"), validators=[at_most(500)])
    person_in_charge = StringField(_l("Person in charge"), validators=[at_most(50)])
    evidence = TextAreaField(_l("Evidence"), validators=[at_most(500)])


_VERDICTS = [
    (ACCEPT, _l("That is right: the record is corrected")),
    (DECLINE, _l("The record stands as it is")),
]
_VERDICTS_ON_MISSING = [
    (ENTER, _l("It took place: I enter it by hand, and somebody else approves it")),
    (FOUND, _l("It stands on record meanwhile")),
    (DECLINE, _l("It is not put on record")),
]


class AppealForm(Form):
    """Why the level above should look at it."""

    why = TextAreaField(_l("Why do you not agree?"), validators=[required(), at_most(500)])


def answer_form(asked: CorrectionRequest) -> AnswerForm:
    """The form for what is asked, filled in with what is wished."""
    if requests.enters(asked):
        return _missing_answer(asked)
    form = AnswerForm()
    if asked.kind is Wrong.DETAILS and asked.record:
        form = DetailsAnswer(data={**amending.details(asked.record), **asked.wished})
    elif asked.kind is Wrong.TIME:
        form = TimeAnswer(data={"to_minutes": asked.wished_minutes})
    form.verdict.choices = _VERDICTS
    return form


def _missing_answer(asked: CorrectionRequest) -> MissingAnswer:
    old, shift = asked.record, asked.shift
    project = shift.project if shift else None
    given = {
        "activity": asked.activity,
        "starts_at": asked.starts_at,
        "ends_at": asked.ends_at,
        "place": shift.where if shift else None,
        "content": project.content if project else None,
        "person_in_charge": project.person_in_charge if project else None,
        "category_id": project.category_id if project else None,
        "evidence": asked.evidence,
    }
    if old:
        given |= amending.details(old) | {
            "starts_at": old.starts_at,
            "ends_at": old.ends_at,
            "category_id": old.category_id,
        }
    form = MissingAnswer(data=given)
    form.verdict.choices = _VERDICTS_ON_MISSING
    form.category_id.choices = [(c.id, named(c)) for c in offices.categories()]
    form.record_id.choices = [(0, gettext("None"))]
    form.record_id.choices += [(r.id, r.activity) for r in requests.of_that_day(asked)]
    return form


def remedy_of(asked: CorrectionRequest, form: AnswerForm) -> Remedy | None:
    """What becomes of the record, as the form says it; None when it stands."""
    verdict = form.verdict.data
    if verdict == DECLINE:
        return None
    if isinstance(form, MissingAnswer):
        if verdict == FOUND:
            return Remedy(record_id=form.record_id.data or None)
        return Remedy(entry=_entry(asked, form))
    if isinstance(form, DetailsAnswer):
        return Remedy(details={name: form[name].data or "" for name in DETAILS})
    return Remedy(minutes=form.to_minutes.data if isinstance(form, TimeAnswer) else None)


def _entry(asked: CorrectionRequest, form: MissingAnswer) -> Entry:
    start, end = form.starts_at.data, form.ends_at.data
    if not (start and end):
        raise Refused([Unaskable.NO_TIMES])
    if end <= start:
        raise Refused([Unaskable.BACKWARDS])
    span = Span(start, end)
    deed = Deed(
        activity=form.activity.data or "",
        day=span.start.astimezone(ZoneInfo(asked.office.zone)).date(),
        place=form.place.data or "",
        content=form.content.data or "",
        minutes=span.length // MINUTE,
        organiser=asked.office.name_zh,
        person_in_charge=form.person_in_charge.data or "",
        by_hand=True,
        evidence=form.evidence.data or "",
    )
    return Entry(deed, form.category_id.data, span)

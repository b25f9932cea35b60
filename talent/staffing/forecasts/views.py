"""The pages of the forecast: all offices, one office, ages of retirement, planned figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.i18n import month as month_name
from talent.offices import service as offices
from talent.rules.forecast import MONTHS, YEAR, Outlook
from talent.rules.outcomes import plain, shown
from talent.sheets.writing import written
from talent.staffing.forecasts import ages, service
from talent.staffing.forecasts.forms import FIELDS, AgeForm, PlannedFigureForm
from talent.staffing.forecasts.models import RetirementAge
from talent.staffing.levels import service as levels
from talent.staffing.levels.forms import EVERYBODY
from talent.staffing.levels.views import offered, office_of
from talent.staffing.models import OFFICIAL, AppointmentKind
from talent.staffing.standards import service as standards
from talent.staffing.standards import wording
from talent.web import actor, done, form_page, ids, next_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.rules.forecast import Change
    from talent.web import Answer

PAGE = 60


def chosen_measure() -> dict[str, Any]:
    """Which standards are shown, the official ones unless the address says it; and all."""
    known = standards.concerning(actor())
    names = wording.measure_names(known)
    held = dict.fromkeys([OFFICIAL, *sorted({row.measure for row in known})])
    if (measure := request.args.get("measure", OFFICIAL)) not in held:
        raise NotFound
    return {
        "measure": measure,
        "measures": [(code, names[code]) for code in held],
        "measure_name": names[measure],
    }


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """Which offices fall below within 24 months, when, and how many to hire by then."""
    chosen, every = chosen_measure(), "every" in request.args
    foresight = service.Foresight(actor(), clock.today(DEFAULT_ZONE), chosen["measure"])
    lines = foresight.lines()
    wanted = [line for line in lines if every or line.falls or line.falls_at_worst]
    after = next(iter(ids([request.args.get("after", "")])), None)
    at = next((n for n, line in enumerate(wanted, 1) if line.office.id == after), 0)
    rows, more = wanted[at : at + PAGE], len(wanted) > at + PAGE
    kept = {"measure": chosen["measure"], **({"every": 1} if every else {})}
    return render_template(
        "staffing/forecast.html",
        lines=rows,
        all_lines=lines,
        every=every,
        today=foresight.today,
        year=YEAR,
        whole=MONTHS,
        unknown=foresight.ahead.unknown,
        next_url=url_for(".forecast", after=rows[-1].office.id, **kept) if more else "",
        written=written,
        **chosen,
    )


@allow(Permission.SEE_STAFFING)
def show(office_id: int) -> Answer:
    """One office month by month; each month opens to those who come and go."""
    chosen = chosen_measure()
    foresight, line = service.opened(
        actor(), office_id, today=clock.today(DEFAULT_ZONE), measure=chosen["measure"]
    )
    changes = {
        outlook: foresight.changes(line.office, outlook)
        for outlook in (Outlook.LIKELY, Outlook.LOW)
    }
    at = _month(line, changes)
    return render_template(
        "staffing/forecast_office.html",
        line=line,
        at=at,
        events=service.events(changes, at) if at else [],
        counted=_counted(changes[Outlook.LIKELY]),
        labels=[_("Today"), *(month_name(month.day) for month in line.months[1:])],
        growth=foresight.growth(line.office),
        unknown=foresight.ahead.unknown,
        written=written,
        shown=lambda number: None if number is None else plain(shown(number)),
        edits=actor().may(Permission.EDIT_STAFFING, line.office.path),
        **chosen,
    )


def _month(line: service.Line, changes: dict[Outlook, list[Change]]) -> int:
    """The month that is opened: the one asked for, else that of the fall, else of an event."""
    days = [month.day for month in line.months]
    asked = next((at for at, day in enumerate(days) if f"{day:%Y-%m}" == request.args.get("at")), 0)
    if asked:
        return asked
    if line.falls and not line.falls.already:
        return days.index(line.falls.month)
    return next((one.at for found in changes.values() for one in found), 0)


def _counted(changes: Sequence[Change]) -> dict[int, dict[str, Counter[Any]]]:
    """Of each month how many come and how many go, by their causes."""
    found: dict[int, dict[str, Counter[Any]]] = defaultdict(
        lambda: {"come": Counter(), "go": Counter()}
    )
    for one in changes:
        found[one.at]["go" if one.heads < 0 or one.share < 0 else "come"][one.cause] += 1
    return dict(found)


@allow(Permission.SEE_STAFFING)
def retirement_ages() -> Answer:
    """The ages of retirement that concern the actor's offices."""
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = ages.listed(actor(), after=after)
    return render_template(
        "staffing/ages.html",
        ages=found[: ages.PAGE],
        next_url=next_page(found, ages.PAGE, ".ages"),
        word=AppointmentKind,
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        edits_all=levels.sets_for_all(actor()),
    )


@allow(Permission.EDIT_STAFFING)
def new_age() -> Answer:
    """Write down an age of retirement."""
    form = AgeForm(
        **offered(),
        step_months=0,
        early_months=0,
        late_months=0,
        notice_months=0,
        valid_from=clock.today(DEFAULT_ZONE),
    )
    if form.validate_on_submit():
        try:
            ages.add_age(office_of(form), form.terms(), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".ages"), _("The age of retirement is on record."))
    return form_page("staffing/age.html", form=form, age=None)


@allow(Permission.EDIT_STAFFING)
def edit_age(age_id: int) -> Answer:
    """Change an age of retirement."""
    row = levels.editable(RetirementAge, age_id, actor())
    terms = ages.terms_of(row)
    form = AgeForm(
        offices=[row.office] if row.office else [],
        everybody=row.office is None,
        office=row.office_id or EVERYBODY,
        **{name: getattr(terms, name) for name in terms.__slots__ if name not in {"kinds", "sure"}},
        kinds=[kind.value for kind in terms.kinds],
    )
    if form.validate_on_submit():
        try:
            ages.change_age(row, form.terms(row.sure), actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".ages"), _("Saved."))
    return form_page("staffing/age.html", form=form, age=row)


@allow(Permission.SEE_STAFFING)
def figures() -> Answer:
    """Population figures that somebody expects."""
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = ages.planned_figures(actor(), after=after)
    return render_template(
        "staffing/planned_figures.html",
        figures=found[: ages.PAGE],
        next_url=next_page(found, ages.PAGE, ".planned_figures"),
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
    )


@allow(Permission.EDIT_STAFFING)
def new_figure() -> Answer:
    """Write down how many people are expected."""
    form = PlannedFigureForm(offices=offices.offices_of(actor(), Permission.EDIT_STAFFING))
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        now = clock.now()
        today = clock.today(DEFAULT_ZONE, now)
        try:
            ages.plan_figure(office, **form.stated, actor=actor(), now=now, today=today)
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(url_for(".planned_figures"), _("The planned figure is on record."))
    return form_page("staffing/planned_figure.html", form=form)


@allow(Permission.EDIT_STAFFING)
def drop_figure(figure_id: int) -> Answer:
    """Take a planned figure back."""
    ages.drop_figure(actor(), figure_id, now=clock.now())
    return done(url_for(".planned_figures"), _("The planned figure is taken back."))


BOTH = ["GET", "POST"]
DOORS = (
    ("/forecast", "forecast", index, None),
    ("/forecast/<int:office_id>", "forecast_office", show, None),
    ("/forecast/ages", "ages", retirement_ages, None),
    ("/forecast/ages/new", "new_age", new_age, BOTH),
    ("/forecast/ages/<int:age_id>/edit", "edit_age", edit_age, BOTH),
    ("/forecast/figures", "planned_figures", figures, None),
    ("/forecast/figures/new", "new_planned_figure", new_figure, BOTH),
    ("/forecast/figures/<int:figure_id>/removal", "drop_planned_figure", drop_figure, ["POST"]),
)

"""The doors of offices: the tree, what holds there, the work calendar, the service categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, url_for
from flask_babel import gettext, ngettext
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.db import one
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, label, named
from talent.offices import calendar, categories, service, settings, tree
from talent.offices.forms import (
    OFFICE_FIELDS,
    CategoryForm,
    DayForm,
    EditCategoryForm,
    EditOfficeForm,
    NewOfficeForm,
    rule_form,
    shown,
)
from talent.offices.models import ServiceCategory, Setting
from talent.offices.subjects import by_subject
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

P = Permission
bp = Blueprint("offices", __name__, url_prefix="/offices")


@bp.get("/")
@allow(P.SEE_OFFICES)
def index() -> Answer:
    """The tree of all offices that the reader may see."""
    return render_template("offices/index.html", tree=tree.tree(actor()))


@bp.get("/<int:office_id>")
@allow(P.SEE_OFFICES)
def show(office_id: int) -> Answer:
    """One office, what stands above and below it."""
    office = service.visible_office(actor(), P.SEE_OFFICES, office_id)
    above, below = tree.above(actor(), office), tree.below(office)
    return render_template("offices/show.html", office=office, above=above, below=below)


@bp.route("/new", methods=["GET", "POST"])
@allow(P.EDIT_OFFICES)
def new() -> Answer:
    """A new office below one that the actor may change."""
    parents = {office.id: office for office in service.offices_of(actor(), P.EDIT_OFFICES)}
    form = NewOfficeForm(parent_id=request.args.get("below", type=int))
    form.parent_id.choices = {office.id: named(office) for office in parents.values()}
    if form.validate_on_submit():
        parent = parents[form.parent_id.data]
        try:
            office = tree.make_office(parent, form.particulars, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, OFFICE_FIELDS)
        else:
            return done(url_for(".show", office_id=office.id), gettext("The office is added."))
    return form_page("offices/new.html", form=form)


@bp.route("/<int:office_id>/edit", methods=["GET", "POST"])
@allow(P.EDIT_OFFICES)
def edit(office_id: int) -> Answer:
    """Another name, code, contact or kind."""
    office = service.visible_office(actor(), P.EDIT_OFFICES, office_id)
    form = EditOfficeForm(obj=office)
    if form.validate_on_submit():
        try:
            tree.change_office(office, form.particulars, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, OFFICE_FIELDS)
        else:
            return done(url_for(".show", office_id=office.id), gettext("The office is changed."))
    return form_page("offices/edit.html", form=form, office=office)


@bp.get("/<int:office_id>/rules")
@allow(P.SEE_OFFICES)
def rules(office_id: int) -> Answer:
    """What holds at an office today, and who said so."""
    office = service.visible_office(actor(), P.SEE_OFFICES, office_id)
    told = service.told(office, on=clock.today(office.zone))
    return render_template("offices/rules.html", office=office, parts=by_subject(told), shown=shown)


@bp.route("/<int:office_id>/rules/<code>", methods=["GET", "POST"])
@allow(P.EDIT_RULES)
def rule(office_id: int, code: str) -> Answer:
    """One setting: what holds, what held before, another value from a day on."""
    office = service.visible_office(actor(), P.EDIT_RULES, office_id)
    setting = next((each for each in Setting if each.value == code), None)
    if setting is None:
        raise NotFound
    now = clock.now()
    today = clock.today(office.zone, now)
    said = next(t for t in service.told(office, on=today) if t.setting is setting)
    form = rule_form(setting, value=settings.written(said.value), valid_from=today)
    if form.validate_on_submit():
        try:
            value = None if form.inherit.data else settings.read(setting, form.value.data)
            settings.set_rule(
                office, setting, value, valid_from=form.valid_from.data, today=today,
                actor=actor(), now=now,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(
                refusal,
                dict.fromkeys(settings.Unset, "value") | {settings.Unset.PAST: "valid_from"},
            )
        else:
            to = url_for(".rules", office_id=office.id)
            return done(to, gettext("Saved: %(what)s", what=label(setting)))
    return form_page(
        "offices/rule.html", form=form, office=office, said=said, shown=shown,
        history=settings.history(office, setting),
    )  # fmt: skip


@bp.get("/calendar", endpoint="calendar")
@allow(P.SEE_OFFICES, Scope.HOUSE)
def calendar_page() -> Answer:
    """Days off and make-up days of a year."""
    this_year = clock.today(DEFAULT_ZONE).year
    year = request.args.get("year", this_year, type=int)
    year = min(max(year, calendar.FIRST_YEAR), calendar.LAST_YEAR)
    return render_template(
        "offices/calendar.html", year=year, days=calendar.days_of(year),
        may_edit=calendar.may_edit(actor()),
    )  # fmt: skip


@bp.route("/calendar/day", methods=["GET", "POST"])
@allow(P.EDIT_RULES, Scope.HOUSE)
def set_day() -> Answer:
    """Say that a day is off, or worked."""
    calendar.must_edit(actor())
    chosen = calendar.day_named(request.args.get("day", ""))
    form = DayForm(obj=chosen)
    if form.validate_on_submit():
        day = form.day.data
        calendar.set_day(
            day, works=form.works.data == "1", name=form.name.data, actor=actor(), now=clock.now()
        )
        return done(url_for(".calendar", year=day.year), gettext("The calendar is changed."))
    return form_page("offices/day.html", form=form, chosen=chosen)


@bp.post("/calendar/day/remove")
@allow(P.EDIT_RULES, Scope.HOUSE)
def remove_day() -> Answer:
    """Let a day be what its weekday says."""
    calendar.must_edit(actor())
    if (chosen := calendar.day_named(request.args.get("day", ""))) is None:
        raise NotFound
    day = chosen.day
    calendar.remove_day(day, actor=actor(), now=clock.now())
    return done(url_for(".calendar", year=day.year), gettext("The calendar is changed."))


@bp.post("/calendar/fill")
@allow(P.EDIT_RULES, Scope.HOUSE)
def fill_calendar() -> Answer:
    """Add the public holidays of a year that are not there yet."""
    calendar.must_edit(actor())
    year = request.form.get("year", type=int)
    if year is None or not calendar.FIRST_YEAR <= year <= calendar.LAST_YEAR:
        raise NotFound
    filled = calendar.seed_calendar([year], actor=actor(), now=clock.now())
    said = ngettext("%(num)d day was added.", "%(num)d days were added.", filled.added)
    if filled.without_make_up_days:
        said += " " + gettext("The make-up days of this year are not known here: add them by hand.")
    return done(url_for(".calendar", year=year), said)


@bp.get("/categories", endpoint="categories")
@allow(P.SEE_OFFICES, Scope.HOUSE)
def categories_page() -> Answer:
    """The kinds of service that projects and people choose from."""
    return render_template(
        "offices/categories.html", categories=service.categories(all_=True),
        may_edit=calendar.may_edit(actor()),
    )  # fmt: skip


@bp.route("/categories/new", methods=["GET", "POST"])
@allow(P.EDIT_RULES, Scope.HOUSE)
def new_category() -> Answer:
    """One more service category."""
    calendar.must_edit(actor())
    form = CategoryForm()
    if form.validate_on_submit():
        categories.add_category(
            name_zh=form.name_zh.data, name_en=form.name_en.data, actor=actor(), now=clock.now()
        )
        return done(url_for(".categories"), gettext("The category is added."))
    return form_page("offices/category.html", form=form, category=None)


@bp.route("/categories/<int:category_id>", methods=["GET", "POST"])
@allow(P.EDIT_RULES, Scope.HOUSE)
def category(category_id: int) -> Answer:
    """Another name or place, or no longer offered."""
    calendar.must_edit(actor())
    row = one(ServiceCategory, category_id)
    form = EditCategoryForm(obj=row)
    if form.validate_on_submit():
        categories.change_category(
            row, name_zh=form.name_zh.data, name_en=form.name_en.data,
            place=form.place.data or 0, is_open=form.open.data, actor=actor(), now=clock.now(),
        )  # fmt: skip
        return done(url_for(".categories"), gettext("The category is changed."))
    return form_page("offices/category.html", form=form, category=row)

"""The pages of drafts: listed, made, changed, compared, shared, answered, planned; and moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.offices.models import OfficeKind
from talent.rules.outcomes import plain, shown
from talent.rules.whatif import EDITABLE, ChangeKind, DraftState
from talent.sheets.writing import written
from talent.staffing.appointments import service as appointing
from talent.staffing.drafts import moving, service
from talent.staffing.drafts.forms import FIELDS, DraftForm, WordsForm, change_form
from talent.staffing.drafts.service import Wanted
from talent.staffing.forecasts.views import chosen_measure
from talent.staffing.models import AppointmentKind
from talent.staffing.plans import service as planned
from talent.web import actor, done, form_page, ids, next_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.offices.models import Office
    from talent.staffing.drafts.models import Draft
    from talent.staffing.models import Appointment
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """One's own drafts, and those that are shared."""
    after = next(iter(ids([request.args.get("after", "")])), None)
    found = service.listed(actor(), after=after)
    return render_template(
        "staffing/drafts.html",
        drafts=found[: service.PAGE],
        next_url=next_page(found, service.PAGE, ".drafts"),
        edits=actor().may(Permission.EDIT_STAFFING),
        me=actor().account_id,
        shared=DraftState.SHARED,
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """Begin a draft."""
    chosen = chosen_measure()
    form = DraftForm(
        offices=offices.offices_of(actor(), Permission.EDIT_STAFFING),
        measures=chosen["measures"],
        measure=chosen["measure"],
    )
    if form.validate_on_submit():
        office = offices.visible_office(actor(), Permission.EDIT_STAFFING, form.office.data)
        now = clock.now()
        draft = service.make(
            office,
            name=form.name.data or "",
            measure=form.measure.data,
            note=form.note.data,
            today=clock.today(DEFAULT_ZONE, now),
            actor=actor(),
            now=now,
        )
        return done(_to(draft), _("The draft is begun. Nothing real changes."))
    return form_page("staffing/draft_new.html", form=form)


@allow(Permission.SEE_STAFFING)
def show(draft_id: int) -> Answer:
    """Before and after side by side, what would change, what was said."""
    return _page(service.visible(actor(), draft_id), WordsForm())


def _page(draft: Draft, form: WordsForm) -> Answer:
    names = dict(_measures()["measures"])
    foresight, found = service.beside(actor(), draft, today=clock.today(DEFAULT_ZONE))
    every = "every" in request.args
    return form_page(
        "staffing/draft.html",
        draft=draft,
        form=form,
        measure_name=names.get(draft.measure, draft.measure),
        lines=[one for one in found if every or one.differs or one.office.id == draft.office_id],
        every=every,
        days=[foresight.days[at] for at in service.LOOKS],
        since=service.changed_since(draft) if draft.state in EDITABLE else None,
        own=service.is_own(actor(), draft),
        editable=service.is_own(actor(), draft) and draft.state in EDITABLE,
        answers=service.answers(actor(), draft),
        may_remark=service.may_remark(actor(), draft),
        who=service.names_in(draft),
        kinds=ChangeKind,
        states=DraftState,
        figure=lambda number: "—" if number is None else written(plain(shown(number))),
    )


def _measures() -> dict[str, Any]:
    return chosen_measure()


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def change(draft_id: int, kind: str) -> Answer:
    """Take one more change into a draft."""
    draft, what = service.own(actor(), draft_id), ChangeKind.of(kind)
    if what is None:
        raise NotFound
    below = _below(draft)
    source = next((o for o in below if [o.id] == ids([request.args.get("from", "")])), None)
    held: Sequence[Appointment] = ()
    if what in {ChangeKind.MOVE, ChangeKind.END}:
        if source is None:
            return render_template(
                "staffing/draft_from.html", draft=draft, kind=what, offices=below
            )
        held = appointing.held_at(source, on=draft.base_on)
    form = change_form(what, offices=below, appointments=held, starts_on=draft.base_on)
    if form.validate_on_submit():
        try:
            service.add(draft, _wanted(what, form, below, held), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_to(draft), _("The change is in the draft."))
    return form_page("staffing/draft_change.html", form=form, draft=draft, kind=what, source=source)


def _below(draft: Draft) -> list[Office]:
    """The offices that a draft may touch: open ones at and below its own that employ people."""
    return [
        office
        for office in offices.offices_of(actor(), Permission.EDIT_STAFFING)
        if office.open
        and office.kind is not OfficeKind.PARTNER
        and draft.office_id in office.ancestor_ids
    ]


def _wanted(
    kind: ChangeKind, form: Any, below: Sequence[Office], held: Sequence[Appointment]
) -> Wanted:
    known = {office.id: office for office in below}
    told = form.data
    appointment = next((row for row in held if row.id == told.get("appointment")), None)
    named_kind = told.get("appointment_kind")
    return Wanted(
        kind,
        told["starts_on"],
        appointment=appointment,
        office=known.get(told.get("office") or 0),
        merged=known.get(told.get("merged") or 0),
        appointment_kind=AppointmentKind(named_kind) if named_kind else None,
        share=told.get("share"),
        number=told.get("number"),
        target=told.get("target"),
    )


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def unchange(draft_id: int, change_id: int) -> Answer:
    """Take a change out again."""
    draft = service.own(actor(), draft_id)
    service.remove(draft, change_id, now=clock.now())
    return done(_to(draft), _("The change is out of the draft."))


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def rebase(draft_id: int) -> Answer:
    """Take today's facts as the base of a draft."""
    draft, now = service.own(actor(), draft_id), clock.now()
    service.rebase(draft, today=clock.today(DEFAULT_ZONE, now), now=now)
    return done(_to(draft), _("The draft stands on today's facts."))


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def share(draft_id: int) -> Answer:
    """Show the draft to the level above."""
    draft, form = service.own(actor(), draft_id), WordsForm()
    if form.validate_on_submit():
        service.share(draft, form.words.data, actor=actor(), now=clock.now())
        return done(_to(draft), _("The draft is shared with the level above."))
    return _page(draft, form)


@allow(Permission.EDIT_STAFFING)
def answer(draft_id: int) -> Answer:
    """Agree to a draft, send it back in words, or make a remark."""
    draft, form = service.visible(actor(), draft_id), WordsForm()
    if not service.answers(actor(), draft):
        raise NotFound
    if form.validate_on_submit():
        agreed = request.form.get("answer") == "agree"
        try:
            service.answer(draft, form.words.data, agreed=agreed, actor=actor(), now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(_to(draft), _("The answer is on record."))
    return _page(draft, form)


@allow(Permission.REMARK_STAFFING)
def remark(draft_id: int) -> Answer:
    """Say something of a draft that is shared."""
    draft, form = service.visible(actor(), draft_id), WordsForm()
    if not service.may_remark(actor(), draft):
        raise NotFound
    if form.validate_on_submit() and form.words.data:
        service.remark(draft, form.words.data, actor=actor(), now=clock.now())
        return done(_to(draft), _("The remark is on record."))
    if not form.words.data:
        form.words.errors = [*form.words.errors, _("Please fill in this field.")]
    return _page(draft, form)


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def drop(draft_id: int) -> Answer:
    """Throw a draft away."""
    draft = service.own(actor(), draft_id)
    service.drop(draft, actor=actor(), now=clock.now())
    return done(url_for(".drafts"), _("The draft is thrown away."))


@allow(Permission.EDIT_STAFFING, Scope.OWN)
def plan(draft_id: int) -> Answer:
    """Make a plan of a draft."""
    draft = service.own(actor(), draft_id)
    made = service.plan(draft, actor=actor(), now=clock.now())
    return done(url_for(".plan", plan_id=made.id), _("The draft is a plan now."))


@allow(Permission.SEE_STAFFING)
def show_plan(plan_id: int) -> Answer:
    """One plan: the posts to fill, and what is to be carried out beside them."""
    found = planned.visible_plan(actor(), plan_id)
    return render_template(
        "staffing/plan.html",
        plan=found,
        posts=planned.posts_in(found),
        steps=service.steps_of(found),
        kinds=ChangeKind,
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        today=clock.today(DEFAULT_ZONE),
        figure=lambda number: "—" if number is None else written(plain(shown(number))),
    )


@allow(Permission.SEE_STAFFING)
def moves() -> Answer:
    """From surplus to shortfall by the fewest moves, within one of the actor's offices."""
    chosen, places = chosen_measure(), moving.places_to_look(actor())
    asked = ids([request.args.get("office", "")])
    under = next((o for o in places if [o.id] == asked), places[0] if places else None)
    found = None
    if under:
        today = clock.today(DEFAULT_ZONE)
        found = moving.proposed(actor(), under, measure=chosen["measure"], today=today)
    return render_template(
        "staffing/moves.html",
        found=found,
        under=under,
        offices=places,
        written=lambda number: written(plain(number)),
        **chosen,
    )


@allow(Permission.EDIT_STAFFING)
def take_moves() -> Answer:
    """Make a draft of the proposal."""
    chosen, now = chosen_measure(), clock.now()
    under = moving.within(actor(), next(iter(ids([request.form.get("office", "")])), 0))
    today = clock.today(DEFAULT_ZONE, now)
    measure = request.form.get("measure", chosen["measure"])
    if measure not in dict(chosen["measures"]):
        raise NotFound
    found = moving.proposed(actor(), under, measure=measure, today=today)
    if not found.steps:
        return done(url_for(".moves", office=under.id), _("There is nobody to move."))
    name = _("Surplus to shortfall, %(day)s", day=today.isoformat())
    draft = moving.take_over(
        under, found, name=name, measure=measure, today=today, actor=actor(), now=now
    )
    return done(_to(draft), _("The moves are a draft now. Nothing real changes."))


def _to(draft: Draft) -> str:
    return url_for(".draft", draft_id=draft.id)


BOTH, POST = ["GET", "POST"], ["POST"]
DOORS = (
    ("/drafts", "drafts", index, None),
    ("/drafts/new", "new_draft", new, BOTH),
    ("/drafts/<int:draft_id>", "draft", show, None),
    ("/drafts/<int:draft_id>/changes/<kind>", "change_draft", change, BOTH),
    ("/drafts/<int:draft_id>/changes/<int:change_id>/removal", "unchange_draft", unchange, POST),
    ("/drafts/<int:draft_id>/base", "rebase_draft", rebase, POST),
    ("/drafts/<int:draft_id>/sharing", "share_draft", share, POST),
    ("/drafts/<int:draft_id>/answer", "answer_draft", answer, POST),
    ("/drafts/<int:draft_id>/remarks", "remark_draft", remark, POST),
    ("/drafts/<int:draft_id>/end", "drop_draft", drop, POST),
    ("/drafts/<int:draft_id>/plan", "plan_draft", plan, POST),
    ("/plans/<int:plan_id>", "plan", show_plan, None),
    ("/moves", "moves", moves, None),
    ("/moves/draft", "take_moves", take_moves, POST),
)

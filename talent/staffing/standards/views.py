"""The pages of staffing standards: the list with its history, templates, a new one, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from htmx_flask import request
from sqlalchemy import select

from talent import clock
from talent.access import Permission, Scope, allow
from talent.db import db
from talent.errors import NotFound, Refused
from talent.i18n import DEFAULT_ZONE, language, named
from talent.i18n import gettext as _
from talent.offices import service as offices
from talent.rules.social_workers import Grade
from talent.rules.sources import Sure
from talent.rules.standards import Bands, StandardKind
from talent.staffing.levels import service as levels
from talent.staffing.levels.views import end_page, offered, office_of
from talent.staffing.models import OFFICIAL, AppointmentKind, Standard
from talent.staffing.standards import service, wording
from talent.staffing.standards.forms import FIELDS, StandardForm
from talent.staffing.standards.templates import GROUPS, TEMPLATES, numbers
from talent.training.models import CredentialKind
from talent.web import actor, done, form_page, ids

if TYPE_CHECKING:
    from talent.staffing.standards.templates import Template
    from talent.web import Answer


@allow(Permission.SEE_STAFFING)
def index() -> Answer:
    """The standards that concern the actor's offices; `measure` asks for the history of one."""
    after = next(iter(ids([request.args.get("after", "")])), None)
    measure = request.args.get("measure", "")
    found = service.listed(actor(), after=after, measure=measure)
    rows, more = found[: service.PAGE], len(found) > service.PAGE
    more_url = url_for(".standards", after=rows[-1].id, measure=measure) if more else ""
    return render_template(
        "staffing/standards.html",
        standards=rows,
        measure=measure,
        names=wording.measure_names(service.concerning(actor())),
        formula=wording.formula,
        unit=wording.unit,
        next_url=more_url,
        today=clock.today(DEFAULT_ZONE),
        edits={o.id for o in offices.offices_of(actor(), Permission.EDIT_STAFFING)},
        edits_all=levels.sets_for_all(actor()),
        word=AppointmentKind,
        grades=Grade,
        credential_names=_credential_names(),
    )


@allow(Permission.SEE_STAFFING, Scope.HOUSE)
def templates() -> Answer:
    """Standards that offices follow, each with its source and how sure it is."""
    return render_template(
        "staffing/standard_templates.html",
        groups=GROUPS,
        kinds=StandardKind,
        primary=Sure.PRIMARY,
        formula=wording.formula,
        edits=actor().may(Permission.EDIT_STAFFING),
        named_of=lambda each: each.name_zh if language() == "zh" else each.name_en,
    )


@allow(Permission.EDIT_STAFFING)
def new() -> Answer:
    """Set a standard: one of a kind, or a template taken into force."""
    template = TEMPLATES.get(request.args.get("template", ""))
    kind = template.terms.kind if template else _kind()
    form = StandardForm(
        kind=kind,
        **offered(),
        measures=wording.measure_names(service.concerning(actor())),
        credential_kinds=_credential_kinds(),
        **_begun(template, kind),
    )
    if form.validate_on_submit():
        stated = form.stated
        sure = service.sureness(template, stated["terms"], stated["source"])
        try:
            row = service.add_standard(
                office=office_of(form),
                **stated,
                template=template.code if template else None,
                sure=sure,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELDS)
        else:
            return done(
                url_for(".standards", _anchor=f"standard-{row.id}"), _("The standard is set.")
            )
    remarks = template.terms.remarks() if template and isinstance(template.terms, Bands) else []
    return form_page(
        "staffing/standard.html",
        form=form,
        kind=kind,
        taken=template,
        remarks=remarks,
        primary=Sure.PRIMARY,
    )


@allow(Permission.EDIT_STAFFING)
def end(standard_id: int) -> Answer:
    """Say on which day a standard holds for the last time."""
    row = levels.editable(Standard, standard_id, actor())
    return end_page(
        row,
        lambda last: service.end(row, last_day=last, actor=actor(), now=clock.now()),
        template="staffing/standard_end.html",
        back=url_for(".standards"),
        said=_("The end of the standard is on record."),
        standard=row,
    )


def _kind() -> StandardKind:
    code = request.args.get("kind", StandardKind.RATIO.value)
    if (kind := StandardKind.of(code)) is None:
        raise NotFound
    return kind


def _begun(template: Template | None, kind: StandardKind) -> dict[str, Any]:
    """What the form begins with: the template's numbers; its source, where it was read itself."""
    begun: dict[str, Any] = {
        "valid_from": clock.today(DEFAULT_ZONE),
        "measure": OFFICIAL if kind is StandardKind.RATIO else "",
    }
    if template is None:
        return begun
    columns = service.counting_of(template).columns
    begun |= {name: getattr(each, "value", each) for name, each in columns.items()}
    begun |= numbers(template.terms)
    begun.pop("kind")
    if isinstance(template.terms, Bands):
        begun["bands"] = template.terms.bands
    return begun | {
        "measure": template.measure,
        "name_zh": template.name_zh,
        "name_en": template.name_en,
        "source": template.source if template.sure is Sure.PRIMARY else "",
        "for_kind": columns["for_kind"] or "",
        "settlement": columns["settlement"] or "",
    }


def _credential_kinds() -> list[CredentialKind]:
    query = select(CredentialKind).where(CredentialKind.open, ~CredentialKind.professional)
    return list(db.session.scalars(query.order_by(CredentialKind.place, CredentialKind.id)))


def _credential_names() -> dict[str, str]:
    """Of every kind, also of one that is used no more: a standard of last year may ask for it."""
    return {each.code: named(each) for each in db.session.scalars(select(CredentialKind))}

"""The pages on which issued certificates are looked up, printed and revoked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.certificates import paper, service
from talent.certificates.models import CertificateKind, RevocationKind
from talent.certificates.pdf import MissingGlyph
from talent.certificates.register import service as entries
from talent.certificates.register.forms import RevocationForm, SoughtForm
from talent.errors import Refused
from talent.exports import with_reason
from talent.i18n import gettext, label, named, zone
from talent.offices import service as offices
from talent.people import service as people
from talent.sheets.writing import XLSX_TYPE, write_xlsx
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from talent.access import Actor
    from talent.certificates.models import Certificate
    from talent.certificates.register.service import Sought
    from talent.sheets.writing import Value
    from talent.web import Answer

log = logging.getLogger("talent")


@allow(Permission.SEE_CERTIFICATES)
def register() -> Answer:
    """The register of one's offices, the latest entry first, narrowed by what is looked for."""
    form = SoughtForm(offices.offices_of(actor(), Permission.SEE_CERTIFICATES), _issuers())
    found = entries.listed(actor(), form.sought, after=request.args.get("after", type=int))
    shown = found[: entries.PAGE]
    more = len(found) > entries.PAGE
    number, minutes = entries.counted(actor(), form.sought)
    return render_template(
        "certificates/register.html",
        form=form,
        kept=form.kept,
        entries=shown,
        standings=service.standings(entry.certificate for entry in shown),
        number=number,
        minutes=minutes,
        kinds=list(CertificateKind),
        next_url=url_for("certificates.register", after=shown[-1].id, **form.kept) if more else "",
    )


def _issuers() -> list[tuple[int, str]]:
    return entries.issuers(actor())


@allow(Permission.SEE_CERTIFICATES)
def register_paper() -> Answer:
    """What is found, on A4."""
    form = SoughtForm(offices.offices_of(actor(), Permission.SEE_CERTIFICATES), _issuers())
    number, minutes = entries.counted(actor(), form.sought)
    return render_template(
        "certificates/register_paper.html",
        kept=form.kept,
        told=form.told,
        pieces=((each, service.standings(e.certificate for e in each))
            for each in entries.all_of(actor(), form.sought)),
        number=number,
        minutes=minutes,
        most=entries.MOST_EXPORTED,
        now=clock.now(),
    )  # fmt: skip


@allow(Permission.SEE_CERTIFICATES)
def register_export() -> Answer:
    """What is found, as a workbook, for whoever says why."""
    back = url_for("certificates.register", **request.args)
    return with_reason(
        "certificate_register", gettext("Register of certificates"), _workbook, back=back
    )


def _workbook() -> Answer:
    form = SoughtForm(offices.offices_of(actor(), Permission.SEE_CERTIFICATES), _issuers())
    body = write_xlsx(gettext("Register of certificates"), columns(), rows(actor(), form.sought))
    name = f"register-{clock.today(zone(), clock.now()).isoformat()}.xlsx"
    return Response(
        body,
        mimetype=XLSX_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def columns() -> list[str]:
    """The heads of the exported register."""
    return [
        gettext("Year"), gettext("Number in the year"), gettext("Recording office"),
        gettext("Number"), gettext("Name"), gettext("Volunteer number"), gettext("First day"),
        gettext("Last day"), gettext("Issued"), gettext("Handled by"), gettext("State"),
        gettext("Minutes"), gettext("System-verified (minutes)"),
        gettext("Entered by hand (minutes)"), gettext("Revoked"), gettext("Kind"),
    ]  # fmt: skip


def rows(who: Actor, sought: Sought) -> Iterator[list[Value]]:
    """An entry a row, in the order of the columns."""
    for piece in entries.all_of(who, sought):
        standings = service.standings(entry.certificate for entry in piece)
        for entry in piece:
            one = entry.certificate
            revoked = one.revoked_at.astimezone(ZoneInfo(zone())) if one.revoked_at else None
            yield [
                entry.year, entry.sequence, named(entry.office), one.number,
                one.content["person"]["name"], one.person.volunteer_no, one.period_from,
                one.period_to, entry.issued_on, one.content["handler"],
                label(standings[one.id].status), entry.minutes, entry.verified,
                entry.minutes - entry.verified, revoked, label(one.kind),
            ]  # fmt: skip


@allow(Permission.SEE_CERTIFICATES)
def person(person_id: int) -> Answer:
    """The certificates of one person, for the page of that person."""
    shown = people.visible_person(actor(), Permission.SEE_CERTIFICATES, person_id)
    after = request.args.get("after", type=int)
    found = service.of_person(actor(), shown.id, after=after)
    return render_template(
        "certificates/person.html",
        person=shown,
        **_page(found, "certificates.person", person_id=shown.id),
    )


def _page(found: Sequence[Certificate], endpoint: str, **kept: Any) -> dict[str, Any]:
    shown = found[: service.PAGE]
    more = len(found) > service.PAGE
    return {
        "certificates": shown,
        "standings": service.standings(shown),
        "next_url": url_for(endpoint, after=shown[-1].id, **kept) if more else "",
    }


@allow(Permission.SIGNED_IN, Scope.EITHER)
def show(certificate_id: int) -> Answer:
    """One certificate: where it stands, what it says, how it is printed and verified."""
    return _shown(service.visible_certificate(actor(), certificate_id))


def _shown(certificate: Certificate, *, broken: bool = False) -> str:
    return render_template(
        "certificates/show.html",
        certificate=certificate,
        standing=service.standing(certificate),
        own=certificate.person_id == actor().person_id,
        ward=certificate.person.guardian_id == (actor().person_id or 0),
        whole=service.sees_all_of(actor(), certificate),
        may_revoke=service.may_revoke(actor(), certificate.id),
        broken=broken,
    )


@allow(Permission.SIGNED_IN, Scope.EITHER)
def pdf(certificate_id: int) -> Answer:
    """The certificate on paper, from what was frozen: the same bytes each time."""
    content = service.printable(actor(), certificate_id)
    try:
        printed = paper.printed(content)
    except (MissingGlyph, RuntimeError):
        log.exception("certificate %s cannot be printed", content["number"])
        return _shown(service.visible_certificate(actor(), certificate_id), broken=True), 503
    name = f"{content['number']}.pdf"
    return Response(
        printed,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@allow(Permission.REVOKE_CERTIFICATES)
def revoke(certificate_id: int) -> Answer:
    """Say why, and the certificate is not valid any more."""
    certificate = service.revocable_certificate(actor(), certificate_id)
    form = RevocationForm()
    if form.validate_on_submit():
        try:
            service.revoke(
                certificate,
                kind=RevocationKind[form.kind.data.upper()],
                why=form.why.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            there = url_for("certificates.show", certificate_id=certificate.id)
            return done(there, gettext("The certificate is revoked."))
    return form_page("certificates/revoke.html", form=form, certificate=certificate)

"""The pages on which issued certificates are looked up, printed and revoked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.certificates import service
from talent.certificates.models import RevocationKind
from talent.certificates.pdf import MissingGlyph, render
from talent.certificates.register.forms import RevocationForm
from talent.errors import Refused
from talent.forms import composed
from talent.i18n import gettext
from talent.people import service as people
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.certificates.models import Certificate
    from talent.web import Answer

log = logging.getLogger("talent")


@allow(Permission.SEE_CERTIFICATES)
def register() -> Answer:
    """Certificates of one's offices, the latest first."""
    q = composed(request.args.get("q", ""))
    found = service.register(actor(), q=q, after=request.args.get("after", type=int))
    return render_template(
        "certificates/register.html", q=q, **_page(found, "certificates.register", q=q or None)
    )


@allow(Permission.SEE_CERTIFICATES)
def person(person_id: int) -> Answer:
    """The certificates of one person, for the page of that person."""
    shown = people.visible_person(actor(), Permission.SEE_CERTIFICATES, person_id)
    after = request.args.get("after", type=int)
    found = service.register(actor(), person_id=shown.id, after=after)
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


@allow(Permission.SIGNED_IN)
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


@allow(Permission.SIGNED_IN)
def pdf(certificate_id: int) -> Answer:
    """The certificate on paper, from what was frozen: the same bytes each time."""
    content = service.printable(actor(), certificate_id)
    try:
        printed = render(content)
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

"""The pages on which an office keeps its seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, url_for
from htmx_flask import request

from talent import clock
from talent.access import Permission, allow
from talent.certificates.seals import service
from talent.certificates.seals.forms import FIELD_OF, SealForm
from talent.errors import NotFound, Refused
from talent.i18n import gettext
from talent.offices import service as offices
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.REVOKE_CERTIFICATES)
def seals() -> Answer:
    """The offices whose seals one keeps, and which of them have one."""
    kept = offices.offices_of(actor(), Permission.REVOKE_CERTIFICATES)
    return render_template(
        "certificates/seals.html", offices=kept, seals=service.current(one.id for one in kept)
    )


@allow(Permission.REVOKE_CERTIFICATES)
def seal(office_id: int) -> Answer:
    """The seal of one office, and the form that hands in another one."""
    office = offices.visible_office(actor(), Permission.REVOKE_CERTIFICATES, office_id)
    form = SealForm()
    if form.validate_on_submit():
        sent = request.files.get("picture")
        try:
            service.put(
                office,
                sent.read(service.LARGEST_BYTES + 1) if sent else b"",
                own_exports=form.own_exports.data,
                actor=actor(),
                now=clock.now(),
            )
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("New certificates carry this seal. Those that are issued keep theirs.")
            return done(url_for("certificates.seal", office_id=office.id), said)
    now = service.current([office.id]).get(office.id)
    return form_page("certificates/seal.html", form=form, office=office, held=now)


@allow(Permission.REVOKE_CERTIFICATES)
def seal_picture(office_id: int) -> Answer:
    """The picture itself."""
    office = offices.visible_office(actor(), Permission.REVOKE_CERTIFICATES, office_id)
    if (now := service.current([office.id]).get(office.id)) is None:
        raise NotFound
    return Response(now.file.content, mimetype=now.file.media_type)


@allow(Permission.REVOKE_CERTIFICATES)
def end_seal(office_id: int) -> Answer:
    """From now on an empty place for the seal."""
    office = offices.visible_office(actor(), Permission.REVOKE_CERTIFICATES, office_id)
    service.take_away(office, actor=actor(), now=clock.now())
    said = gettext("New certificates have an empty place for the seal.")
    return done(url_for("certificates.seal", office_id=office.id), said)

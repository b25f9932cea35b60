"""Keys as everybody sees them, and as an office replaces and withdraws its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, render_template, url_for

from talent import clock
from talent.access import Permission, allow
from talent.certificates.keys import minting, service
from talent.certificates.keys.forms import FIELD_OF, ReplacementForm, WithdrawalForm
from talent.db import one
from talent.errors import Refused
from talent.i18n import gettext
from talent.offices.models import Office
from talent.offices.service import visible_office
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer

PERMISSION = Permission.REVOKE_CERTIFICATES


@allow(Permission.PUBLIC)
def keys() -> Answer:
    """The anchor of the installation, and the offices that sign."""
    return render_template(
        "certificates/keys/index.html", roots=service.roots(), offices=service.owners()
    )


@allow(Permission.PUBLIC)
def office_keys(office_id: int) -> Answer:
    """All keys an office ever had, with what tells them apart."""
    office = one(Office, office_id)
    g.zone = office.zone
    return render_template(
        "certificates/keys/office.html",
        office=office,
        keys=service.of_office(office.id),
        kept=actor().may(PERMISSION, office.path),
    )


@allow(Permission.PUBLIC)
def key_pem(fingerprint: str) -> Answer:
    """A key to take home: its certificate, or the bare key where it has none."""
    key = service.public_key(fingerprint)
    name = f"{key.purpose.value}-{key.fingerprint[:16]}.pem"
    return Response(
        minting.pem(key.public, key.certificate),
        mimetype="application/x-pem-file",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@allow(PERMISSION)
def replace_keys(office_id: int) -> Answer:
    """From now on new keys sign; what the old ones signed stays valid."""
    office = visible_office(actor(), PERMISSION, office_id)
    form = ReplacementForm()
    if form.validate_on_submit():
        service.replace(office.id, why=form.why.data, actor=actor(), now=clock.now())
        said = gettext("New keys sign from now on.")
        return done(url_for("certificates.office_keys", office_id=office.id), said)
    return form_page("certificates/keys/replace.html", form=form, office=office)


@allow(PERMISSION)
def withdraw_key(key_id: int) -> Answer:
    """Somebody else may have had it: what it signed since then is not believed."""
    key, now = service.kept_key(actor(), key_id), clock.now()
    office = one(Office, key.office_id or 0)
    g.zone = office.zone
    form = WithdrawalForm(now=now, zone=office.zone)
    if form.validate_on_submit():
        try:
            service.withdraw(key, since=form.since.data, why=form.why.data, actor=actor(), now=now)
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF)
        else:
            said = gettext("The key is withdrawn.")
            return done(url_for("certificates.office_keys", office_id=office.id), said)
    return form_page("certificates/keys/withdraw.html", form=form, office=office, key=key)

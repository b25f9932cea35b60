"""The page on which a certificate of attendance is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from talent.access import Permission, allow
from talent.certificates.attendance import service
from talent.certificates.attendance.forms import AttendanceForm
from talent.certificates.issuing.views import circumstances
from talent.errors import Refused
from talent.i18n import gettext
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.SIGNED_IN)
def attendance(record_id: int) -> Answer:
    """One's own at once and free; an office for what it held."""
    found = service.attended(actor(), record_id)
    form = AttendanceForm()
    if form.validate_on_submit():
        try:
            certificate = service.issue(
                found, form.chosen, circumstances(), volunteer_no=form.volunteer_no.data
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            said = gettext("The certificate is issued.")
            return done(url_for("certificates.show", certificate_id=certificate.id), said)
    reasons = service.refusals(found)
    return form_page("certificates/attendance.html", form=form, found=found, reasons=reasons)

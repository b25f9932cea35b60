"""The page on which a certificate of attendance is issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from talent.access import Permission, Scope, allow
from talent.certificates.attendance import service
from talent.certificates.attendance.forms import AttendanceForm
from talent.certificates.issuing.views import circumstances
from talent.errors import Refused
from talent.i18n import gettext, ngettext
from talent.training.sessions import service as sessions
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.rules.reason import Because
    from talent.web import Answer


@allow(Permission.SIGNED_IN, Scope.EITHER)
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


@allow(Permission.ISSUE_CERTIFICATES)
def of_session(session_id: int) -> Answer:
    """All who earned a certificate in a session: issued in one act, and where each one is."""
    session = sessions.visible_session(actor(), Permission.ISSUE_CERTIFICATES, session_id)
    form = AttendanceForm()
    left_out: dict[int, list[Because]] = {}
    if form.validate_on_submit():
        made, left_out = service.issue_session(
            session, form.chosen, circumstances(), volunteer_no=form.volunteer_no.data
        )
        if not left_out:
            said = ngettext(
                "%(num)s person has a certificate.", "%(num)s people have a certificate.", len(made)
            )
            return done(url_for("certificates.of_session", session_id=session.id), said)
    found = service.of_session(actor(), session)
    return form_page(
        "certificates/session.html",
        form=form,
        session=session,
        found=found,
        issued=service.certified(one.record.id for one in found),
        left_out=left_out,
    )

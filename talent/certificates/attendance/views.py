"""The page on which a certificate of attendance is issued."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Response, current_app, url_for

from talent import clock
from talent.access import Permission, Scope, allow
from talent.certificates import archive, paper
from talent.certificates import service as certificates
from talent.certificates.archive import Printed
from talent.certificates.attendance import service
from talent.certificates.attendance.forms import AttendanceForm
from talent.certificates.issuing.views import circumstances
from talent.certificates.pdf import MissingGlyph
from talent.errors import NotFound, Refused
from talent.i18n import gettext, ngettext
from talent.training.sessions import service as sessions
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flask.ctx import AppContext

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.web import Answer

log = logging.getLogger("talent.certificates")


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


@allow(Permission.ISSUE_CERTIFICATES)
def zip_of_session(session_id: int) -> Answer:
    """Every certificate of a session that is valid, in one file."""
    session = sessions.visible_session(actor(), Permission.ISSUE_CERTIFICATES, session_id)
    found = service.of_session(actor(), session)
    issued = list(service.certified(one.record.id for one in found).values())
    if not issued:
        raise NotFound
    day = clock.today(session.office.zone, session.ends_at)
    unable: list[str] = []
    return Response(
        archive.zipped(
            _printed(issued, actor(), current_app.app_context, unable), _named(unable), day
        ),
        mimetype="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="certificates-session-{session_id}.zip"'
        },
    )


def _printed(
    issued: Sequence[int], who: Actor, context: Callable[[], AppContext], unable: list[str]
) -> Iterator[Printed]:
    """One certificate after the other, each printed when it is sent: the request is over then."""
    for certificate_id in issued:
        with context():
            content = certificates.printable(who, certificate_id)
            name = archive.file_name(content["person"]["name"], content["number"])
            try:
                file = Printed(name, paper.printed(content))
            except (MissingGlyph, RuntimeError):
                log.exception("certificate %s cannot be printed", content["number"])
                unable.append(name)
                continue
        yield file


def _named(unable: Sequence[str]) -> Iterator[Printed]:
    if unable:
        yield Printed(archive.UNPRINTED, "\r\n".join(unable).encode())

"""The page of a batch, and the doors to what it printed: one ZIP, or PDFs for the printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, make_response, render_template, url_for
from htmx_flask import request

from talent.access import Permission, Scope, allow
from talent.certificates import archive
from talent.certificates import service as certificates
from talent.certificates.archive import Printed
from talent.certificates.batches import service as batches
from talent.certificates.batches.models import BatchMember
from talent.certificates.printing import service
from talent.errors import NotFound
from talent.i18n import gettext, sentence
from talent.sheets.writing import write_csv
from talent.web import actor, done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flask.ctx import AppContext

    from talent.access import Actor
    from talent.certificates.batches.models import CertificateBatch
    from talent.web import Answer

LOOK_AGAIN = 2  # seconds, while the worker is at it


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def batch(batch_id: int) -> Answer:
    """How far it is; then what came of it: certificates, who was left out and why, the files."""
    shown = batches.own_batch(actor(), batch_id)
    after = request.args.get("after", 0, type=int)
    beyond = BatchMember.place > after
    members = batches.members_of(shown, actor(), beyond, most=batches.PAGE + 1)
    more = len(members) > batches.PAGE
    members = members[: batches.PAGE]
    found = [member.certificate for member in members if member.certificate]
    further = (
        url_for("certificates.batch", batch_id=batch_id, after=members[-1].place) if more else ""
    )
    answer = make_response(
        render_template(
            "certificates/batch.html",
            batch=shown,
            progress=batches.progress([shown])[shown.id],
            volumes=service.volumes(shown),
            certificates=found,
            standings=certificates.standings(found),
            left_out=[] if shown.busy else batches.left_out(shown, actor(), most=batches.PAGE),
            next_url=further,
            look_again=LOOK_AGAIN,
        )
    )
    if shown.busy and not request.htmx:
        answer.headers["Refresh"] = str(LOOK_AGAIN)  # for those without JavaScript as well
    return answer


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def resume_batch(batch_id: int) -> Answer:
    """Go on with what was cancelled, or print anew what is not kept any more."""
    service.again(batches.own_batch(actor(), batch_id))
    return done(url_for("certificates.batch", batch_id=batch_id))


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def zip_of_batch(batch_id: int) -> Answer:
    """Every PDF that is still valid, and a table of those who were left out."""
    batch = batches.own_batch(actor(), batch_id)
    service.check(batch)
    files = _streamed(service.parts_of(batch), actor(), current_app.app_context)
    day = batch.issued_on or batch.made_at.date()
    return Response(
        archive.zipped(files, list(_texts(batch)), day),
        mimetype="application/zip",
        headers=_as_file(f"certificates-{batch_id}.zip"),
    )


def _streamed(
    parts: Sequence[int], who: Actor, context: Callable[[], AppContext]
) -> Iterator[Printed]:
    """One part after the other, each read when it is sent: the request is over by then."""
    for part_id in parts:
        with context():
            files = service.given(part_id, who)
        yield from files


def _texts(batch: CertificateBatch) -> Iterator[Printed]:
    columns = [gettext("Name"), gettext("Volunteer number"), gettext("Reason")]
    rows = [
        [person.name, person.volunteer_no, " ".join(sentence(each) for each in reasons)]
        for person, reasons in batches.left_out(batch, actor())
    ]
    if rows:
        yield Printed(f"{gettext('Without a certificate')}.csv", write_csv(columns, rows))
    if unprinted := service.unprinted(batch, actor()):
        yield Printed(archive.UNPRINTED, "\r\n".join(unprinted).encode())


@allow(Permission.ISSUE_CERTIFICATES, Scope.OWN)
def joined_batch(batch_id: int) -> Answer:
    """Some of them in one PDF, for the printer."""
    batch = batches.own_batch(actor(), batch_id)
    service.check(batch)
    volume = request.args.get("volume", 1, type=int)
    if not 1 <= volume <= max(service.volumes(batch), 1):
        raise NotFound
    parts = service.parts_of(batch, volume=volume)
    files = [file for part_id in parts for file in service.given(part_id, actor())]
    if not files:
        here = url_for("certificates.batch", batch_id=batch_id)
        return done(here, gettext("None of these certificates is valid any more."))
    return Response(
        archive.joined(files, gettext("Certificates, for printing")),
        mimetype="application/pdf",
        headers=_as_file(f"certificates-{batch_id}-{volume}.pdf"),
    )


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}

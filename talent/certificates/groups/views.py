"""The pages on which an office issues for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, url_for
from htmx_flask import request

from talent.access import Permission, allow
from talent.certificates import service as certificates
from talent.certificates.archive import zipped
from talent.certificates.groups import service
from talent.certificates.groups.forms import GroupForm
from talent.certificates.issuing.forms import FIELD_OF
from talent.certificates.issuing.views import circumstances
from talent.certificates.models import CertificateStatus
from talent.errors import Refused
from talent.offices import service as offices
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from talent.web import Answer


@allow(Permission.ISSUE_CERTIFICATES)
def issue_group() -> Answer:
    """An office issues for many: people of an office, of a shift, of a project."""
    units = offices.offices_of(actor(), Permission.ISSUE_CERTIFICATES)
    sought: dict[str, Any] = {
        f"{name}_id": request.args.get(name, type=int) for name in ("office", "shift", "project")
    }
    if not any(sought.values()):
        sought["office_id"] = units[0].id
    offered = service.candidates(actor(), **sought, after=request.args.get("after", ""))
    kept = {name.removesuffix("_id"): value for name, value in sought.items() if value}
    form = GroupForm(units, offered)
    if form.validate_on_submit():
        chosen = [person for person in offered.people if person.id in form.people.data]
        try:
            group = service.issue(chosen, form.wish, circumstances())
        except Refused as refusal:
            form.refuse(refusal, FIELD_OF | {service.Unchosen.NOBODY: "people"})
        else:
            return done(url_for("certificates.group", group_id=group.id))
    if request.method == "GET" and not sought["office_id"]:
        form.people.data = [p.id for p in offered.people if offered.minutes.get(p.id)]
    return form_page(
        "certificates/issue_group.html",
        form=form,
        offered=offered,
        offices=units,
        sought=sought,
        here=url_for("certificates.issue_group", **kept, after=request.args.get("after")),
        next_url=url_for("certificates.issue_group", **kept, after=offered.after)
        if offered.after
        else "",
    )


@allow(Permission.ISSUE_CERTIFICATES)
def group(group_id: int) -> Answer:
    """What came of it: the certificates, who was left out and why, the ZIP."""
    made = service.own_group(actor(), group_id)
    found = service.certificates_of(made, actor())
    return render_template(
        "certificates/group.html",
        group=made,
        certificates=found,
        standings=certificates.standings(found),
        left_out=service.left_out(made),
    )


@allow(Permission.ISSUE_CERTIFICATES)
def archive(group_id: int) -> Answer:
    """The PDF of each that is still valid, in one ZIP."""
    made = service.own_group(actor(), group_id)
    found = service.certificates_of(made, actor())
    standings = certificates.standings(found)
    contents = [c.content for c in found if standings[c.id].status is CertificateStatus.VALID]
    name = f"certificates-{made.id}.zip"
    return Response(
        zipped(contents),
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""The doors of certificates: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.certificates.groups import views as groups
from talent.certificates.issuing import views as issuing
from talent.certificates.register import views as register
from talent.certificates.verifying import views as verifying

bp = Blueprint("certificates", __name__)

READ, FORM = ["GET"], ["GET", "POST"]

for address, view, methods in (
    ("/certificates/", issuing.index, FORM),
    ("/certificates/children/<int:person_id>", issuing.issue_child, FORM),
    ("/certificates/<int:certificate_id>", register.show, READ),
    ("/certificates/<int:certificate_id>/pdf", register.pdf, READ),
    ("/certificates/<int:certificate_id>/revocation", register.revoke, FORM),
    # The office
    ("/certificates/register", register.register, READ),
    ("/certificates/people/<int:person_id>", register.person, READ),
    ("/certificates/people/<int:person_id>/issue", issuing.issue, FORM),
    ("/certificates/groups/new", groups.issue_group, FORM),
    ("/certificates/groups/<int:group_id>", groups.group, READ),
    ("/certificates/groups/<int:group_id>/zip", groups.archive, READ),
    # Anybody
    ("/verify", verifying.verify, READ),
    ("/verify/<number>", verifying.check, READ),
):
    bp.add_url_rule(address, view_func=view, methods=methods)

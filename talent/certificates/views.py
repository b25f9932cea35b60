"""The doors of certificates: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.certificates.attendance import views as attendance
from talent.certificates.badges import views as badges
from talent.certificates.batches import views as batches
from talent.certificates.checking import views as checking
from talent.certificates.issuing import views as issuing
from talent.certificates.keys import views as keys
from talent.certificates.printing import views as printing
from talent.certificates.register import views as register
from talent.certificates.seals import views as seals

bp = Blueprint("certificates", __name__)

READ, FORM, ACT = ["GET"], ["GET", "POST"], ["POST"]

for address, view, methods in (
    ("/certificates/", issuing.index, FORM),
    ("/certificates/children/<int:person_id>", issuing.issue_child, FORM),
    ("/certificates/training/<int:record_id>", attendance.attendance, FORM),
    ("/certificates/training/sessions/<int:session_id>", attendance.of_session, FORM),
    ("/certificates/training/sessions/<int:session_id>/zip", attendance.zip_of_session, READ),
    ("/certificates/<int:certificate_id>", register.show, READ),
    ("/certificates/<int:certificate_id>/pdf", register.pdf, READ),
    ("/certificates/<int:certificate_id>/revocation", register.revoke, FORM),
    ("/certificates/<int:certificate_id>/badges", badges.badges, READ),
    ("/certificates/<int:certificate_id>/badges/<int:unit_id>", badges.badge, READ),
    # The office
    ("/certificates/register", register.register, READ),
    ("/certificates/register/export", register.register_export, FORM),
    ("/certificates/register/paper", register.register_paper, READ),
    ("/certificates/people/<int:person_id>", register.person, READ),
    ("/certificates/seals/", seals.seals, READ),
    ("/certificates/seals/<int:office_id>", seals.seal, FORM),
    ("/certificates/seals/<int:office_id>/picture", seals.seal_picture, READ),
    ("/certificates/seals/<int:office_id>/end", seals.end_seal, ACT),
    ("/certificates/people/<int:person_id>/issue", issuing.issue, FORM),
    ("/certificates/batches/", batches.batches, READ),
    ("/certificates/batches/new", batches.new_batch, FORM),
    ("/certificates/batches/<int:batch_id>", printing.batch, READ),
    ("/certificates/batches/<int:batch_id>/cancellation", batches.cancel_batch, ACT),
    ("/certificates/batches/<int:batch_id>/resumption", printing.resume_batch, ACT),
    ("/certificates/batches/<int:batch_id>/zip", printing.zip_of_batch, READ),
    ("/certificates/batches/<int:batch_id>/pdf", printing.joined_batch, READ),
    ("/certificates/keys/<int:office_id>/replacement", keys.replace_keys, FORM),
    ("/certificates/keys/<int:key_id>/withdrawal", keys.withdraw_key, FORM),
    # Anybody
    ("/verify", checking.verify, READ),
    ("/verify", checking.check_file, ACT),
    ("/verify/<number>", checking.check, READ),
    ("/verify/c/<code>", checking.code, READ),
    ("/verify/offline", checking.offline, READ),
    ("/verify/offline/keys", checking.offline_keys, READ),
    ("/verify/sw.js", checking.worker, READ),
    ("/verify/badges/<code>/<int:number>", badges.badge_status, READ),
    ("/verify/keys", keys.keys, READ),
    ("/verify/keys/<int:office_id>", keys.office_keys, READ),
    ("/verify/keys/<string(length=64):fingerprint>.pem", keys.key_pem, READ),
):
    bp.add_url_rule(address, view_func=view, methods=methods)

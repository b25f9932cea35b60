"""The tablet at the door, and where a coordinator registers and revokes it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import (
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    session,
    url_for,
)
from flask_login import logout_user
from flask_wtf.csrf import generate_csrf
from htmx_flask import request

from talent import clock
from talent.access import Permission, Scope, allow
from talent.checkin.kiosks import service
from talent.checkin.kiosks.forms import KioskForm, PairingForm
from talent.checkin.queue import service as queue
from talent.checkin.queue.forms import read, written
from talent.checkin.queue.service import Batch, Bearer, Tap
from talent.errors import Refused
from talent.i18n import gettext
from talent.offices import service as offices
from talent.qr import code_of
from talent.rules.certificates import masked_name
from talent.rules.queue import SignAct, Verdict
from talent.rules.reason import unpacked
from talent.shifts.models import Project
from talent.web import actor, done, form_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.checkin.kiosks.models import Kiosk
    from talent.checkin.queue.models import QueuedAct
    from talent.web import Answer

COOKIE = "kiosk"
YEARS = 2 * 365 * 24 * 60 * 60  # seconds; a revoked kiosk's cookie opens nothing
RETURN = 15  # seconds after which the kiosk shows its list again
NEW_LIST = 300  # seconds after which that list is fetched anew, where no script does it sooner


@allow(Permission.PLAN_SHIFTS)
def index(office_id: int) -> Answer:
    """The office's kiosks, and a new one."""
    office = offices.visible_office(actor(), Permission.PLAN_SHIFTS, office_id)
    form = KioskForm()
    if form.validate_on_submit():
        kiosk = service.register(office, form.name.data, actor=actor(), now=clock.now())
        return done(url_for("checkin.kiosk_page", kiosk_id=kiosk.id))
    kiosks = service.kiosks_of(office)
    return form_page("checkin/kiosks.html", form=form, office=office, kiosks=kiosks)


@allow(Permission.PLAN_SHIFTS)
def kiosk_page(kiosk_id: int) -> Answer:
    """One kiosk: the code for its tablet, when it was heard of, the way to revoke it."""
    kiosk = service.visible_kiosk(actor(), kiosk_id)
    g.zone = kiosk.office.zone
    typed = service.pairing_code(kiosk, clock.now())
    address = current_app.config["PUBLIC_URL"] + url_for("checkin.pair", code=typed)
    return render_template(
        "checkin/kiosk_page.html",
        kiosk=kiosk,
        typed=typed,
        short=current_app.config["PUBLIC_URL"] + url_for("checkin.pair"),
        code=code_of(address) if typed else None,
    )


@allow(Permission.PLAN_SHIFTS)
def open_pairing(kiosk_id: int) -> Answer:
    kiosk = service.visible_kiosk(actor(), kiosk_id)
    service.open_pairing(kiosk, actor=actor(), now=clock.now())
    return done(url_for("checkin.kiosk_page", kiosk_id=kiosk_id))


@allow(Permission.PLAN_SHIFTS)
def revoke(kiosk_id: int) -> Answer:
    kiosk = service.visible_kiosk(actor(), kiosk_id)
    service.revoke(kiosk, actor=actor(), now=clock.now())
    said = gettext("The tablet shows nothing any more.")
    return done(url_for("checkin.kiosks", office_id=kiosk.office_id), said)


@allow(Permission.PUBLIC, Scope.TOKEN)
def pair() -> Answer:
    """On the tablet: it becomes the kiosk, and whoever was signed in on it is signed out."""
    form = PairingForm(code=request.args.get("code"))
    if form.validate_on_submit():
        try:
            cookie = service.paired(form.code.data, now=clock.now())
        except Refused as refusal:
            form.refuse(refusal, {service.Unpaired.WRONG: "code"})
        else:
            logout_user()
            session.clear()
            answer = make_response(done(url_for("checkin.kiosk")))
            answer.set_cookie(
                COOKIE,
                cookie,
                max_age=YEARS,
                path=url_for("checkin.kiosk"),
                httponly=True,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                samesite="Lax",
            )
            return answer
    return form_page("checkin/pair.html", form=form)


def _kiosk() -> Kiosk:
    """The kiosk that asks. Anything else is not found: there is no account behind it."""
    kiosk = service.of_cookie(request.cookies.get(COOKIE, ""))
    g.zone = kiosk.office.zone
    return kiosk


@allow(Permission.PUBLIC, Scope.TOKEN)
def kiosk() -> Answer:
    """Today's shifts of one office, with masked names."""
    own, now = _kiosk(), clock.now()
    boards = service.boards(own, now)
    page = render_template(
        "checkin/kiosk.html", kiosk=own, boards=boards, now=now, masked=masked_name
    )
    return _again(page, NEW_LIST)


@allow(Permission.PUBLIC, Scope.TOKEN)
def ask(signup_id: int) -> Answer:
    """Is it you? The list comes back by itself."""
    own, now = _kiosk(), clock.now()
    attendee = service.seat(own, signup_id, now)
    name = masked_name(attendee.signup.person.name)
    page = render_template("checkin/ask.html", kiosk=own, attendee=attendee, name=name)
    return _again(page, RETURN)


@allow(Permission.PUBLIC, Scope.TOKEN)
def take(signup_id: int) -> Answer:
    """Sign somebody in or out who stands at the tablet."""
    own, now = _kiosk(), clock.now()
    attendee = service.seat(own, signup_id, now)
    act = SignAct.of(request.form.get("act")) or abort(400)
    tap = Tap(str(uuid.uuid4()), 0, signup_id, act, now)
    (row,) = _bring(own, Batch("", now, (tap,)), now)
    if row.outcome is Verdict.REFUSED:
        raise Refused([unpacked(each) for each in row.reasons])
    name = masked_name(attendee.signup.person.name)
    said = {
        SignAct.IN: gettext("%(name)s is signed in.", name=name),
        SignAct.OUT: gettext("%(name)s is signed out.", name=name),
    }
    return done(url_for("checkin.kiosk"), said[act])


@allow(Permission.PUBLIC, Scope.TOKEN)
def bring() -> Answer:
    """What the tablet kept without a network."""
    own, now = _kiosk(), clock.now()
    rows = _bring(own, read(request), now)
    return jsonify(written(rows))


@allow(Permission.PUBLIC, Scope.TOKEN)
def token() -> Answer:
    """The proof that goes along with what the tablet brings."""
    _kiosk()
    return jsonify(token=generate_csrf())


def _bring(own: Kiosk, batch: Batch, now: datetime) -> Sequence[QueuedAct]:
    if queue.too_many(own.id, now):
        abort(429)
    own.seen_at = now
    named = Batch(f"kiosk-{own.id}", batch.sent_at, batch.taps)
    bearer = Bearer(Project.office_id == own.office_id, kiosk_id=own.id)
    return queue.bring(named, bearer, now=now)


def _again(page: str, seconds: int) -> Answer:
    """The page, and after a while the list: nobody is in the middle of reading there."""
    answer = make_response(page)
    answer.headers["Refresh"] = f"{seconds}; url={url_for('checkin.kiosk')}"
    return answer

"""The doors of the day: one table of addresses, whose views live with their nouns."""

from __future__ import annotations

from flask import Blueprint

from talent.checkin.codes import views as codes
from talent.checkin.kiosks import views as kiosks
from talent.checkin.queue import views as queue

bp = Blueprint("checkin", __name__)

READ, FORM, ACT = ["GET"], ["GET", "POST"], ["POST"]

for address, endpoint, view, methods in (
    # Codes
    ("/checkin/shifts/<int:shift_id>/code", "code", codes.code, READ),
    ("/checkin/scan/<token>/<code>", "scan", codes.scan, READ),
    ("/checkin/me", "me", codes.me, READ),
    ("/checkin/me/renewal", "renew", codes.renew, ACT),
    ("/checkin/people/<code>", "person", codes.person, READ),
    ("/checkin/people/<code>", "take_person", codes.take, ACT),
    # Kiosks, as their office sees them
    ("/checkin/offices/<int:office_id>/kiosks", "kiosks", kiosks.index, FORM),
    ("/checkin/kiosks/<int:kiosk_id>", "kiosk_page", kiosks.kiosk_page, READ),
    ("/checkin/kiosks/<int:kiosk_id>/pairing", "open_pairing", kiosks.open_pairing, ACT),
    ("/checkin/kiosks/<int:kiosk_id>/revocation", "revoke", kiosks.revoke, ACT),
    # The tablet
    ("/checkin/pair", "pair", kiosks.pair, FORM),
    ("/checkin/kiosk", "kiosk", kiosks.kiosk, READ),
    ("/checkin/kiosk/signups/<int:signup_id>", "ask", kiosks.ask, READ),
    ("/checkin/kiosk/signups/<int:signup_id>", "take_kiosk", kiosks.take, ACT),
    ("/checkin/kiosk/queue", "kiosk_token", kiosks.token, READ),
    ("/checkin/kiosk/queue", "kiosk_bring", kiosks.bring, ACT),
    # Without a network
    ("/checkin/shifts/<int:shift_id>/list", "sheet", queue.sheet, READ),
    ("/checkin/shifts/<int:shift_id>/taps", "taps", queue.taps, READ),
    ("/checkin/signups/<int:signup_id>", "take", queue.take, ACT),
    ("/checkin/queue", "token", queue.token, READ),
    ("/checkin/queue", "bring", queue.bring, ACT),
    ("/sw.js", "worker", queue.worker, READ),
):
    bp.add_url_rule(address, endpoint=endpoint, view_func=view, methods=methods)

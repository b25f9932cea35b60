"""What a tablet at the door and the pages of codes have on them."""

from __future__ import annotations

import uuid
from datetime import timedelta

from talent import clock
from talent.access import SYSTEM
from talent.checkin.codes import service as codes
from talent.checkin.kiosks import service as kiosks
from talent.checkin.queue import service as queue
from talent.checkin.queue.service import Batch, Bearer, Tap
from talent.db import db, writing
from talent.rules.queue import SignAct
from talent.shifts.models import (
    Project,
    Signup,
)


def desk(place, volunteer, shift):
    """A kiosk, the volunteer's own code, and taps of a device whose clock is wrong."""
    now = clock.now()
    places = db.session.query(Signup).filter_by(shift_id=shift.id)
    first, second, *_ = places.order_by(Signup.id)
    off = now - timedelta(minutes=20)
    taps = tuple(
        Tap(str(uuid.uuid4()), number, one.id, act, off)
        for number, (one, act) in enumerate(((first, SignAct.OUT), (second, SignAct.IN)))
    )
    leader = Bearer(Project.office_id == place.office.id, account_id=place.leader.id)
    with writing():
        kiosk = kiosks.register(place.office, "食堂门口", actor=SYSTEM, now=now)
        kiosks.register(place.office, "二楼", actor=SYSTEM, now=now)
        queue.bring(Batch("phone", off, taps), leader, now=now)
        return {
            "kiosk_id": kiosk.id,
            "checkin.person code": codes.own_code(volunteer.person_id),
        }

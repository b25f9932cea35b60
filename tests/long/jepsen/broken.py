"""The app as it must not be, so that the checker can show that it sees. BROKEN says how.

`lock`: nobody holds a shift while he looks whether a place is free, and no counter refuses.
`late`: the answer goes out before the commit.
"""

from __future__ import annotations

import os
import threading
import time

from sqlalchemy import select, update

from talent import web
from talent.app import create_app
from talent.db import db
from talent.rules.signup import HOLDING
from talent.shifts.models import Need, Signup
from talent.shifts.places import service as places
from talent.shifts.seating import service as seating

AFTER_THE_LOOK, AFTER_THE_ANSWER = 0.3, 0.6  # seconds


def without_lock():
    """Look, wait, take."""
    look = places.against

    def against(*given, **more):
        found = look(*given, **more)
        db.session.commit()  # whatever was held is let go
        time.sleep(AFTER_THE_LOOK)
        return found

    places.against = against

    def seat(one, need, state=None):
        one.state, one.seated = state, True
        db.session.flush()
        held = select(db.func.count()).where(Signup.need_id == need.id, Signup.state.in_(HOLDING))
        counted = update(Need).where(Need.id == need.id).values(taken=held.scalar_subquery())
        db.session.execute(counted, execution_options={"synchronize_session": False})

    places.seat = seat
    seating.sit = lambda *_given, **_more: None  # what is plain goes this way too


def commits_late():
    """The transaction is left open when the answer goes, and committed a while later."""
    settle = web._settle

    def late(response):
        if response.status_code not in {200, 303} or web.request.method != "POST":
            return settle(response)
        session = db.session()
        db.session.registry.clear()
        threading.Timer(AFTER_THE_ANSWER, lambda: (session.commit(), session.close())).start()
        return response

    web._settle = late


{"lock": without_lock, "late": commits_late}[os.environ["BROKEN"]]()
app = create_app()

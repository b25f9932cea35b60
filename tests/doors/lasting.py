"""One world for many tests, in which nothing that is written stays."""

from __future__ import annotations

import canaries
import make
import time_machine
import world as worlds

from talent.db import db


def world(lasting):
    """Two offices and everybody; each answer is given as ever, and then nothing of it is kept."""

    def forget(answer):
        db.session.rollback()  # before the hook of the app would commit
        return answer

    with time_machine.travel(make.NOW, tick=False), lasting() as app:
        made = worlds.build(app)
        made.marks = canaries.plant(made)
        app.after_request_funcs[None].append(forget)  # the last one in is asked first
        yield made
        app.after_request_funcs[None].remove(forget)

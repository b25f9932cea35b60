"""One world for all tests of a module, in which nothing that is written stays."""

from __future__ import annotations

import make
import pytest
import time_machine
import world as worlds

from talent.db import db


@pytest.fixture(scope="module")
def world(standing):
    """Two offices and everybody; each answer is given as ever, and then nothing of it is kept."""

    def forget(answer):
        db.session.rollback()  # before the hook of the app would commit
        return answer

    with time_machine.travel(make.NOW, tick=False):
        made = worlds.build(standing)
        standing.after_request_funcs[None].append(forget)  # the last one in is asked first
        yield made
        standing.after_request_funcs[None].remove(forget)

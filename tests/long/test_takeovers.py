"""Whoever leads is killed, frozen or told to stop, again and again: all is done, and done once.

LONG_SECONDS says how long (a minute without it), JEPSEN_SEED makes the same choices again.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter

import conftest
from earnest.pair import beats, once_each, until
from running import SECONDS, SEED


def test_the_lead_changes_hands_often_and_nothing_is_lost_or_done_twice(pair, capsys):
    chance, end, met, slowest = random.Random(SEED), time.monotonic() + SECONDS, Counter(), 0.0
    kinds = ["kill", "stop", *(["freeze"] if conftest.POSTGRESQL else [])]
    while time.monotonic() < end or met.total() < len(kinds):
        kind = chance.choice(kinds) if met.total() >= len(kinds) else kinds[met.total()]
        met[kind] += 1
        pair.letters(chance.randrange(1, 5))
        leader = pair.leader()
        pair.until_all_sent()  # what is in a dead one's hands waits ten minutes
        began = time.monotonic()
        if kind == "freeze":
            leader.freeze()
        elif kind == "kill":
            leader.kill()
        else:
            os.kill(leader.pid, signal.SIGTERM)
            leader.running.wait()
        pair.letters()
        assert pair.leader() is not leader
        slowest = max(slowest, time.monotonic() - began)
        pair.until_all_sent()
        if kind == "freeze":
            leader.wake()
            assert pair.leader() is not leader
        else:
            new = pair.replace(leader)
            until(lambda new=new: [row for row in beats() if row.id.split(":")[1] == str(new.pid)])
    once_each(pair)
    with capsys.disabled():
        told = ", ".join(f"{kind} {number}" for kind, number in sorted(met.items()))
        print(f"\nseed {SEED}: {told}; {pair.told} letters; another led within {slowest:.1f} s")

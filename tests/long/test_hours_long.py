"""Random histories of hours, for as long as there is time: `make test-all`."""

import os
import time

import sound
from history import ACTS, lived
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("LONG_SECONDS", "420")) / 4
AT_A_TIME = 5  # histories between two looks at the clock


def test_in_long_histories_all_totals_say_the_same_for_as_long_as_there_is_time(app):
    ends = time.monotonic() + SECONDS

    @settings(
        max_examples=AT_A_TIME,
        derandomize=False,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(acts=st.lists(ACTS, min_size=5, max_size=25))
    def live(acts):
        lived(acts)

    while True:
        live()
        if time.monotonic() >= ends:
            break
    # Hours go from one person to another here without their files being joined, as they else are.
    moved = "I6 certificates are of the person who served"
    assert [fault for fault in sound.faults() if not fault.startswith(moved)] == []

"""Random histories of hours, for as long as there is time: `make test-all`."""

import os
import time

from history import ACTS, lived
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("LONG_SECONDS", "420")) / 4


def test_in_long_histories_all_totals_say_the_same_for_as_long_as_there_is_time(app):
    ends = time.monotonic() + SECONDS

    @settings(
        max_examples=10_000,
        derandomize=False,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(acts=st.lists(ACTS, min_size=5, max_size=25))
    def live(acts):
        if time.monotonic() < ends:
            lived(acts)

    live()

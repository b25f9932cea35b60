"""Shifts as the tests of workload give them: served from one wall time to another."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from talent.rules.span import Span
from talent.rules.workload import (
    Engagement,
    Limits,
)
from talent.rules.workload import refusals as too_much

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
NOW = datetime(2026, 1, 1, tzinfo=SHANGHAI)
HALL, YARD = "社区食堂", "活动室"


def at(text, zone=SHANGHAI, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def serving(start, end, where=HALL, *, zone=SHANGHAI, key=1, stands_by=False):
    """A shift from one wall time to another."""
    span = Span(at(start, zone), at(end, zone))
    return Engagement(span, "送餐", key, where, stands_by)


def day(number, first="09:00", last="12:00", *, month=6, **more):
    return serving(
        f"2026-{month:02}-{number:02}T{first}", f"2026-{month:02}-{number:02}T{last}", **more
    )


def found(new, *others, zone=SHANGHAI, now=NOW, **limits):
    return too_much(new, zone, others, Limits(**limits), now)


moments = st.integers(0, 60 * 24 * 60).map(lambda minute: NOW + minute * MINUTE)
spans = st.builds(
    lambda start, length: Span(start, start + length * MINUTE), moments, st.integers(1, 900)
)
shifts = st.builds(
    Engagement, spans, st.just("x"), st.integers(1, 9), st.sampled_from([HALL, YARD, ""])
)
tolerances = st.builds(Limits, tolerance=st.integers(0, 300))

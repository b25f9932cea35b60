"""The day on which the tests of the forecast look ahead, and the days that may come."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from talent.rules.forecast import (
    Outlook,
)

TODAY, LONG_AGO = date(2026, 6, 1), date(2020, 1, 1)
LOW, LIKELY, HIGH = Outlook
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK

from talent.rules.quiet import (
    QUIET_HOURS,
    QuietHours,
    Reminder,
    deferred,
    last_allowed,
    next_allowed,
    reminder_due,
    reminders,
)

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
H2, H24, H48 = timedelta(hours=2), timedelta(hours=24), timedelta(hours=48)
NONE = QuietHours(time(0), time(0))


def at(hour, minute=0, day=10):
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


def berlin(month, day, hour, minute=0, fold=0):
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(22) - SECOND, at(22) - SECOND),
        (at(22), at(8, day=11)),
        (at(23, 59), at(8, day=11)),
        (at(0, day=11), at(8, day=11)),
        (at(8) - SECOND, at(8)),
        (at(8), at(8)),
        (at(12), at(12)),
        (at(23, day=10).astimezone(UTC), at(8, day=11)),
    ],
)
def test_a_message_of_the_night_waits_for_the_morning_at_its_place(moment, allowed):
    assert next_allowed(moment, ZONE) == allowed


def test_the_night_of_the_server_does_not_matter():
    server_night = datetime(2026, 6, 10, 2, tzinfo=UTC)  # ten o'clock in Shanghai
    assert next_allowed(server_night, ZONE) == server_night
    assert next_allowed(server_night, ZoneInfo("UTC")) == server_night.replace(hour=8)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(at(12), at(12)), (at(13), at(14)), (at(13, 59), at(14)), (at(14), at(14))],
)
def test_quiet_hours_may_lie_within_a_day(moment, allowed):
    assert next_allowed(moment, ZONE, QuietHours(time(13), time(14))) == allowed


def test_equal_times_mean_no_quiet_hours():
    assert next_allowed(at(3), ZONE, NONE) == at(3)
    assert last_allowed(at(3), ZONE, NONE) == at(3)


def test_quiet_hours_may_end_at_midnight():
    assert next_allowed(at(23), ZONE, QuietHours(time(22), time(0))) == at(0, day=11)


def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_is_changed():
    assert next_allowed(berlin(3, 28, 23), BERLIN) == berlin(3, 29, 8)
    assert next_allowed(berlin(10, 24, 23), BERLIN) == berlin(10, 25, 8)


def test_quiet_hours_that_end_in_a_skipped_hour_end_after_it():
    quiet = QuietHours(time(22), time(2, 30))
    allowed = next_allowed(berlin(3, 28, 23), BERLIN, quiet)
    assert allowed == berlin(3, 29, 3, 30)


def test_quiet_hours_that_end_in_a_repeated_hour_end_each_time():
    quiet = QuietHours(time(22), time(2, 30))
    first, second = (berlin(10, 25, 2, 30, fold=fold).astimezone(UTC) for fold in (0, 1))
    assert second - first == timedelta(hours=1)
    assert next_allowed(berlin(10, 24, 23), BERLIN, quiet) == first
    assert next_allowed(second - timedelta(minutes=20), BERLIN, quiet) == second


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(22) - SECOND, at(22) - SECOND),
        (at(22), at(21, 59)),
        (at(5, day=11), at(21, 59)),
        (at(8), at(8)),
    ],
)
def test_the_last_moment_before_the_quiet_hours(moment, allowed):
    assert last_allowed(moment, ZONE) == allowed


@pytest.mark.parametrize(
    ("moment", "before", "out"),
    [
        (at(23), None, at(8, day=11)),
        (at(23), at(9, day=11), at(8, day=11)),
        (at(23), at(8, day=11), at(23)),  # in the morning it would be too late
        (at(23), at(7, day=11), at(23)),
        (at(12), at(13), at(12)),
    ],
)
def test_what_would_be_useless_after_the_night_goes_out_at_once(moment, before, out):
    assert deferred(moment, ZONE, before=before) == out


def planned(start, signed_up_at, **more):
    return [(one.lead, one.at) for one in reminders(start, signed_up_at, ZONE, **more)]


EARLY = at(12, day=1)


def test_each_lead_time_gives_a_reminder():
    assert planned(at(15), EARLY) == [(H24, at(15, day=9)), (H2, at(13))]


@pytest.mark.parametrize(
    ("signed_up_at", "plan"),
    [
        (at(15, day=9), [(H24, at(15, day=9)), (H2, at(13))]),
        (at(15, day=9) + SECOND, [(H24, at(15, day=9) + SECOND), (H2, at(13))]),
        (at(9), [(H24, at(9)), (H2, at(13))]),
        (at(13), [(H2, at(13))]),
        (at(13) + SECOND, [(H2, at(13) + SECOND)]),
        (at(14, 59), [(H2, at(14, 59))]),
        (at(15), []),
        (at(16), []),
    ],
)
def test_who_signs_up_late_is_reminded_at_once_by_the_nearest_lead_that_has_passed(
    signed_up_at, plan
):
    assert planned(at(15), signed_up_at) == plan


def test_of_several_lead_times_that_have_passed_only_the_nearest_counts():
    leads = [H2, H48, H24]
    assert planned(at(15), at(20, day=9), leads=leads) == [(H24, at(20, day=9)), (H2, at(13))]


def test_no_lead_times_mean_no_reminders():
    assert planned(at(15), EARLY, leads=[]) == []


@pytest.mark.parametrize(
    ("start", "plan"),
    [
        (at(9), [(H24, at(9, day=9)), (H2, at(8))]),  # seven o'clock is quiet: eight
        (at(8), [(H24, at(8, day=9)), (H2, at(21, 59, day=9))]),  # eight would be too late
        (at(7), [(H24, at(8, day=9)), (H2, at(21, 59, day=9))]),
        (at(23), [(H24, at(8)), (H2, at(21))]),
    ],
)
def test_reminders_keep_out_of_the_night(start, plan):
    assert planned(start, EARLY) == plan


def test_a_reminder_is_never_brought_forward_to_before_the_sign_up():
    assert planned(at(7), at(23, day=9)) == [(H2, at(23, day=9))]


def test_two_reminders_that_the_night_moves_to_one_moment_become_one():
    assert planned(at(9), at(23, 30, day=9)) == [(H2, at(8))]


def test_lead_times_elapse_and_are_not_read_off_the_wall():
    start = berlin(3, 29, 12)
    plan = reminders(start, berlin(3, 1, 12), BERLIN)
    assert [one.at for one in plan] == [berlin(3, 28, 11), berlin(3, 29, 10)]


PLAN = [Reminder(at(15, day=9), H24), Reminder(at(13), H2)]


@pytest.mark.parametrize(
    ("now", "sent", "lead"),
    [
        (at(15, day=9) - SECOND, [], None),
        (at(15, day=9), [], H24),
        (at(15, day=9), [H24], None),
        (at(13), [H24], H2),
        (at(13), [], H2),  # the worker stood still: one message, not two
        (at(14), [H2], None),
        (at(14), [H24, H2], None),
        (at(15) - SECOND, [H24], H2),
        (at(15), [], None),
        (at(18), [], None),
    ],
)
def test_one_reminder_is_due_at_a_time_and_none_after_the_start(now, sent, lead):
    due = reminder_due(PLAN, at(15), now, sent)
    assert (due.lead if due else None) == lead


moments = st.datetimes(
    datetime(2025, 1, 1),
    datetime(2027, 1, 1),
    timezones=st.just(UTC),
)
zones = st.sampled_from([ZONE, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])
quiets = st.builds(QuietHours, st.times(), st.times())


@QUICK
@given(moments, zones, quiets)
def test_an_allowed_moment_is_outside_the_quiet_hours_and_not_earlier(moment, zone, quiet):
    allowed = next_allowed(moment, zone, quiet)
    assert moment <= allowed <= moment + timedelta(hours=26)
    assert not quiet.contains(allowed.astimezone(zone).time())
    assert next_allowed(allowed, zone, quiet) == allowed


@QUICK
@given(moments, st.timedeltas(timedelta(0), timedelta(days=5)), zones)
def test_every_reminder_lies_between_sign_up_and_start(start, earlier, zone):
    signed_up_at = start - earlier
    plan = reminders(start, signed_up_at, zone)
    assert all(signed_up_at <= one.at < start for one in plan)
    assert len({one.lead for one in plan}) == len(plan)
    assert bool(plan) is (signed_up_at < start)


def test_the_usual_quiet_hours_are_from_ten_to_eight():
    assert QuietHours(time(22), time(8)) == QUIET_HOURS

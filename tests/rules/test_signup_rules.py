from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from said import QUICK, whys

from talent.rules.reason import Because
from talent.rules.signup import (
    LIVE,
    OVERRIDABLE,
    Candidate,
    Gate,
    GateKind,
    Held,
    Place,
    Refusal,
    SignupState,
    age_refusals,
    gate_refusals,
    in_person,
    kept_until,
    overlap_refusals,
    refusals,
    refusals_to_accept,
    refusals_to_newcomer,
    refusals_to_settle,
    remaining,
)
from talent.rules.span import Span
from talent.rules.workload import Engagement, Overload

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
DAY = date(2026, 6, 10)
START = datetime(2026, 6, 10, 9, tzinfo=ZONE)
END = datetime(2026, 6, 10, 12, tzinfo=ZONE)
NOW = START - timedelta(days=3)
PLACE = Place(Span(START, END), ZONE, places=3, taken=2)
ADULT = Candidate(born=date(1990, 1, 1))
FIRST_AID = Gate(GateKind.CREDENTIAL, 7, "急救员证")
SAFETY = Gate(GateKind.TRAINING, 7, "安全培训")


def at(hour, minute=0, day=10):
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


def busy(start, end, title="送餐"):
    return Engagement(Span(start, end), title)


def test_nothing_keeps_an_active_adult_from_a_free_place():
    assert refusals(PLACE, ADULT, NOW) == []


@pytest.mark.parametrize(
    ("place", "candidate", "reason"),
    [
        ({"cancelled": True}, {}, Refusal.CANCELLED),
        ({"published": False}, {}, Refusal.NOT_PUBLISHED),
        ({"taken": 3}, {}, Refusal.FULL),
        ({"taken": 4}, {}, Refusal.FULL),
        ({"places": 0, "taken": 0}, {}, Refusal.FULL),
        ({}, {"already": True}, Refusal.ALREADY),
        ({}, {"active": False}, Refusal.NOT_ACTIVE),
        ({}, {"born": None}, Refusal.BORN_UNKNOWN),
        ({"opens_at": NOW + SECOND}, {}, Refusal.NOT_OPEN_YET),
        ({"closes_at": NOW}, {}, Refusal.CLOSED),
        ({"least_years": 40}, {}, Refusal.TOO_YOUNG),
        ({}, {"born": date(2010, 1, 1)}, Refusal.GUARDIAN_CONSENT),
        ({"gates": (FIRST_AID,)}, {}, Refusal.CREDENTIAL_MISSING),
        ({"gates": (SAFETY,)}, {}, Refusal.TRAINING_MISSING),
        ({}, {"engagements": (busy(at(11), at(13)),)}, Refusal.OVERLAP),
    ],
)
def test_each_fact_that_stands_against_it_has_its_reason(place, candidate, reason):
    found = refusals(replace(PLACE, **place), replace(ADULT, **candidate), NOW)
    assert whys(found) == [reason]


def test_all_reasons_are_told_at_once_the_shift_before_the_person():
    place = replace(PLACE, taken=3, closes_at=NOW, least_years=18, gates=(FIRST_AID, SAFETY))
    child = Candidate(
        born=date(2012, 1, 1),
        active=False,
        already=True,
        engagements=(busy(at(8), at(10)), busy(at(11), at(14))),
    )
    assert whys(refusals(place, child, NOW)) == [
        Refusal.CLOSED,
        Refusal.ALREADY,
        Refusal.FULL,
        Refusal.NOT_ACTIVE,
        Refusal.TOO_YOUNG,
        Refusal.GUARDIAN_CONSENT,
        Refusal.CREDENTIAL_MISSING,
        Refusal.TRAINING_MISSING,
        Refusal.OVERLAP,
        Refusal.OVERLAP,
    ]


def test_the_last_place_may_be_taken():
    assert refusals(replace(PLACE, taken=2), ADULT, NOW) == []
    assert replace(PLACE, taken=2).free == 1
    assert replace(PLACE, taken=5).free == 0


@pytest.mark.parametrize(
    ("now", "reasons"),
    [
        (at(8) - SECOND, [Refusal.NOT_OPEN_YET]),
        (at(8), []),
        (at(8, 30) - SECOND, []),
        (at(8, 30), [Refusal.CLOSED]),
        (START - SECOND, [Refusal.CLOSED]),
        (START, [Refusal.STARTED]),
        (END - SECOND, [Refusal.STARTED]),
        (END, [Refusal.ENDED]),
        (END + timedelta(days=1), [Refusal.ENDED]),
    ],
)
def test_signing_up_opens_and_closes_at_the_second(now, reasons):
    place = replace(PLACE, opens_at=at(8), closes_at=at(8, 30))
    assert whys(refusals(place, ADULT, now)) == reasons


def test_without_a_window_signing_up_is_open_until_the_start():
    assert refusals(PLACE, ADULT, START - SECOND) == []
    assert whys(refusals(PLACE, ADULT, START)) == [Refusal.STARTED]


@pytest.mark.parametrize(
    ("born", "reasons"),
    [
        (date(2010, 6, 10), []),  # 16 on the day
        (date(2010, 6, 11), [Refusal.TOO_YOUNG]),  # 16 on the day after
        (date(2010, 6, 9), []),
    ],
)
def test_age_is_that_on_the_day_of_the_shift_not_on_the_day_of_signing_up(born, reasons):
    place = replace(PLACE, least_years=16)
    candidate = Candidate(born=born, guardian_consents=True)
    assert whys(refusals(place, candidate, NOW - timedelta(days=300))) == reasons


@pytest.mark.parametrize(
    ("born", "day", "reasons"),
    [
        # born on 29 February: in common years the birthday is on 1 March
        (date(2008, 2, 29), date(2026, 2, 28), [Refusal.TOO_YOUNG, Refusal.GUARDIAN_CONSENT]),
        (date(2008, 2, 29), date(2026, 3, 1), []),
        (date(2008, 3, 1), date(2026, 2, 28), [Refusal.TOO_YOUNG, Refusal.GUARDIAN_CONSENT]),
        (date(2008, 3, 1), date(2026, 3, 1), []),
        (date(2008, 2, 28), date(2026, 2, 28), []),
        # the shift is on 29 February
        (date(2010, 2, 28), date(2028, 2, 29), []),
        (date(2010, 3, 1), date(2028, 2, 29), [Refusal.TOO_YOUNG, Refusal.GUARDIAN_CONSENT]),
        (date(2010, 3, 1), date(2028, 3, 1), []),
    ],
)
def test_age_on_the_day_of_the_shift_around_29_february(born, day, reasons):
    start = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZONE)
    place = replace(PLACE, least_years=18, span=Span(start, start + timedelta(hours=1)))
    assert whys(age_refusals(place, Candidate(born=born))) == reasons


def test_someone_too_young_learns_from_when_on_he_is_old_enough():
    candidate = Candidate(born=date(2010, 6, 11), guardian_consents=True)
    (because,) = refusals(replace(PLACE, least_years=16), candidate, NOW)
    assert because.facts == {"least": 16, "from_day": date(2026, 6, 11)}


def test_the_day_of_the_shift_is_the_one_at_its_place():
    early = Place(Span(at(1), at(3)), ZONE, places=1, taken=0, least_years=16)  # 9 June in UTC
    candidate = Candidate(born=date(2010, 6, 10), guardian_consents=True)
    assert refusals(early, candidate, NOW) == []


@pytest.mark.parametrize(
    ("born", "consents", "reasons"),
    [
        (date(2008, 6, 10), False, []),  # 18 on the day
        (date(2008, 6, 11), False, [Refusal.GUARDIAN_CONSENT]),
        (date(2008, 6, 11), True, []),
    ],
)
def test_a_guardian_consents_for_everyone_who_is_under_18_on_the_day(born, consents, reasons):
    candidate = Candidate(born=born, guardian_consents=consents)
    assert whys(refusals(PLACE, candidate, NOW)) == reasons


LAPSES, NOT_YET, MISSING = (
    Refusal.CREDENTIAL_LAPSES,
    Refusal.CREDENTIAL_NOT_YET,
    Refusal.CREDENTIAL_MISSING,
)


def holding(first_day=None, last_day=None, *, gate=FIRST_AID):
    return Held(gate.kind, gate.key, first_day, last_day)


@pytest.mark.parametrize(
    ("held", "reasons"),
    [
        ([], [MISSING]),
        ([holding()], []),
        ([holding(last_day=DAY)], []),
        ([holding(last_day=DAY - timedelta(days=1))], [LAPSES]),
        ([holding(first_day=DAY)], []),
        ([holding(first_day=DAY + timedelta(days=1))], [NOT_YET]),
        ([holding(DAY, DAY)], []),
        ([holding(last_day=date(2025, 1, 1)), holding(date(2026, 1, 1), date(2027, 1, 1))], []),
        ([holding(last_day=date(2025, 1, 1)), holding(first_day=date(2026, 7, 1))], [LAPSES]),
        ([holding(gate=SAFETY)], [MISSING]),  # the same key, of another kind
        ([Held(GateKind.CREDENTIAL, 8)], [MISSING]),
    ],
)
def test_a_credential_is_valid_on_the_day_of_the_shift(held, reasons):
    place = replace(PLACE, gates=(FIRST_AID,))
    candidate = replace(ADULT, held=tuple(held))
    assert whys(gate_refusals(place, candidate)) == reasons
    assert whys(refusals(place, candidate, NOW)) == reasons


def test_a_credential_that_is_valid_today_but_not_on_the_day_is_refused_with_both_dates():
    until = NOW.date()
    place = replace(PLACE, gates=(FIRST_AID,))
    candidate = replace(
        ADULT, held=(holding(last_day=until), holding(last_day=until - timedelta(days=9)))
    )
    (because,) = gate_refusals(place, candidate)
    assert because.facts == {"name": "急救员证", "until": until, "day": DAY, "key": 7}


def test_a_credential_to_come_is_refused_with_its_first_day():
    place = replace(PLACE, gates=(FIRST_AID,))
    soon, late = date(2026, 6, 12), date(2026, 8, 1)
    candidate = replace(ADULT, held=(holding(late), holding(soon)))
    (because,) = gate_refusals(place, candidate)
    assert because.facts == {"name": "急救员证", "since": soon, "day": DAY, "key": 7}


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ((), Refusal.TRAINING_MISSING),
        ((holding(last_day=date(2026, 6, 9), gate=SAFETY),), Refusal.TRAINING_LAPSES),
        ((holding(first_day=date(2026, 6, 11), gate=SAFETY),), Refusal.TRAINING_NOT_YET),
    ],
)
def test_training_has_reasons_of_its_own(held, reason):
    place = replace(PLACE, gates=(SAFETY,))
    assert whys(refusals(place, replace(ADULT, held=held), NOW)) == [reason]


@pytest.mark.parametrize(
    ("held", "reasons"),
    [
        ([holding(last_day=date(2026, 6, 11))], []),
        ([holding(last_day=DAY)], [LAPSES]),  # it lapses at midnight, in the middle
        ([holding(first_day=date(2026, 6, 11))], [NOT_YET]),
        ([holding(last_day=DAY), holding(first_day=date(2026, 6, 11))], []),  # renewed at midnight
    ],
)
def test_a_shift_across_midnight_asks_for_both_days(held, reasons):
    night = Place(Span(at(22), at(6, day=11)), ZONE, places=1, taken=0, gates=(FIRST_AID,))
    assert whys(gate_refusals(night, replace(ADULT, held=tuple(held)))) == reasons


def test_every_gate_is_asked():
    place = replace(PLACE, gates=(FIRST_AID, SAFETY))
    only_training = replace(ADULT, held=(holding(gate=SAFETY),))
    assert whys(gate_refusals(place, only_training)) == [Refusal.CREDENTIAL_MISSING]


@pytest.mark.parametrize(
    ("start", "end", "overlap"),
    [
        (at(9), at(12), True),  # equal
        (at(8), at(13), True),  # contains it
        (at(10), at(11), True),  # contained
        (at(8), at(10), True),
        (at(11), at(14), True),
        (at(8), at(9) + SECOND, True),
        (at(12) - SECOND, at(14), True),
        (at(7), at(9), False),  # touches the start
        (at(12), at(14), False),  # touches the end
        (at(9, day=11), at(12, day=11), False),
    ],
)
def test_overlapping_shifts_are_refused_and_touching_ones_are_not(start, end, overlap):
    candidate = replace(ADULT, engagements=(busy(start, end),))
    assert whys(refusals(PLACE, candidate, NOW)) == ([Refusal.OVERLAP] if overlap else [])


def test_each_overlap_is_named_in_order_of_time():
    engagements = [busy(at(11), at(14), "夜访"), busy(at(8), at(10), "送餐"), busy(at(12), at(13))]
    found = overlap_refusals(PLACE, engagements)
    assert [because.facts["title"] for because in found] == ["送餐", "夜访"]
    assert found[0].facts["start"] == at(8)
    assert found[0].facts["end"] == at(10)


@pytest.mark.parametrize(
    "reason",
    [
        Refusal.FULL,
        Refusal.ALREADY,
        Refusal.CANCELLED,
        Refusal.NOT_PUBLISHED,
        Refusal.ENDED,
        Refusal.NOT_ACTIVE,
        Refusal.BORN_UNKNOWN,
        Refusal.TOO_YOUNG,
        Refusal.GUARDIAN_CONSENT,
        Refusal.CREDENTIAL_MISSING,
        Refusal.CREDENTIAL_NOT_YET,
        Refusal.CREDENTIAL_LAPSES,
        Refusal.RISKS_UNREAD,
    ],
)
def test_what_no_coordinator_passes_over(reason):
    assert reason not in OVERRIDABLE


def test_every_other_reason_may_be_passed_over_by_a_recorded_decision():
    assert {
        Refusal.STARTED,
        Refusal.NOT_OPEN_YET,
        Refusal.CLOSED,
        Refusal.AGREEMENT,
        Refusal.TRAINING_MISSING,
        Refusal.TRAINING_NOT_YET,
        Refusal.TRAINING_LAPSES,
        Refusal.OVERLAP,
        *Overload,
    } == OVERRIDABLE


def test_an_override_leaves_what_it_may_not_pass_over():
    candidate = replace(ADULT, engagements=(busy(at(9), at(10)),))
    found = refusals(replace(PLACE, taken=3), candidate, NOW)
    assert whys(remaining(found, override=False)) == [Refusal.FULL, Refusal.OVERLAP]
    assert whys(remaining(found, override=True)) == [Refusal.FULL]


def test_a_walk_in_is_let_in_during_the_shift_and_not_after_it():
    during = refusals(PLACE, ADULT, START + timedelta(hours=1))
    assert remaining(during, override=True) == []
    after = refusals(PLACE, ADULT, END)
    assert whys(remaining(after, override=True)) == [Refusal.ENDED]


@pytest.mark.parametrize(
    ("place", "now", "reasons"),
    [
        ({"opens_at": START}, NOW, []),
        ({"closes_at": NOW}, NOW, []),
        ({}, START, []),
        ({}, END - SECOND, []),
        ({}, END, [Refusal.ENDED]),
        ({"taken": 3}, START, [Refusal.FULL]),
        ({"gates": (SAFETY,)}, START, [Refusal.TRAINING_MISSING]),
    ],
)
def test_who_walks_in_is_not_late_but_needs_all_the_rest(place, now, reasons):
    assert whys(in_person(refusals(replace(PLACE, **place), ADULT, now))) == reasons


@pytest.mark.parametrize(
    ("risky", "read", "reasons"),
    [
        (True, False, [Refusal.RISKS_UNREAD]),
        (True, True, []),
        (False, False, []),
        (False, True, []),
    ],
)
def test_who_signs_up_for_something_risky_says_that_he_read_the_risks(risky, read, reasons):
    assert whys(refusals_to_accept(risky=risky, read=read)) == reasons


def test_all_states_but_those_of_an_end_are_live():
    assert set(SignupState) - LIVE == {SignupState.CANCELLED, SignupState.REMOVED}


@QUICK
@given(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans(), st.booleans())
def test_no_override_ever_overfills_a_shift(places, taken, active, already, override):
    place = replace(PLACE, places=places, taken=taken)
    candidate = replace(ADULT, active=active, already=already)
    left = remaining(refusals(place, candidate, NOW), override=override)
    assert (left == []) is (taken < places and active and not already)


def test_a_newcomer_is_kept_a_place_whatever_the_registration_but_for_nothing_else():
    found = [Because(why) for why in Refusal]
    assert {b.why for b in refusals_to_newcomer(found)} == set(Refusal) - {Refusal.NOT_ACTIVE}


def test_a_kept_place_is_had_though_it_is_counted_and_signing_up_has_closed_and_for_no_more():
    found = [Because(why) for why in Refusal]
    passed = {Refusal.FULL, Refusal.NOT_OPEN_YET, Refusal.CLOSED}
    assert {b.why for b in refusals_to_settle(found)} == set(Refusal) - passed


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (timedelta(days=7) + SECOND, timedelta(days=7)),
        (timedelta(days=7), timedelta(days=7)),
        (timedelta(days=7) - SECOND, timedelta(days=7) - SECOND),
        (SECOND, SECOND),
    ],
)
def test_a_place_is_kept_for_a_week_and_never_beyond_the_start(before, kept):
    now = START - before
    assert kept_until(START, now) == now + kept

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from talent.rules.agreement import Unsigned, missing, refusals_to_publish, refusals_to_sign
from talent.rules.remedies import Remedy, RemedyKind, remedy
from talent.rules.signup import (
    Agreement,
    Candidate,
    Place,
    Refusal,
    person_refusals,
    refusals,
    remaining,
)
from talent.rules.span import Span

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)
ADULT, TURNS_18, MINOR = date(1990, 1, 1), date(2008, 6, 1), date(2008, 6, 2)


@pytest.mark.parametrize(
    ("asked", "signed", "lacks"),
    [(None, set(), False), (3, set(), True), (3, {2}, True), (3, {2, 3}, False)],
)
def test_another_version_has_to_be_signed_again(asked, signed, lacks):
    assert missing(asked, signed) is lacks


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({}, []),
        ({"signed": True}, [Unsigned.ALREADY]),
        ({"present": False}, [Unsigned.NOT_PRESENT]),
        ({"read": False}, [Unsigned.UNREAD]),
        ({"born": None}, []),
        ({"born": TURNS_18}, []),
        ({"born": MINOR}, [Unsigned.GUARDIAN_SIGNS]),
        ({"born": MINOR, "by_guardian": True}, []),
        ({"born": MINOR, "read": False}, [Unsigned.GUARDIAN_SIGNS, Unsigned.UNREAD]),
    ],
)
def test_the_present_version_is_signed_once_and_for_a_minor_by_the_guardian(facts, refused):
    given = {
        "born": ADULT, "today": TODAY, "by_guardian": False, "present": True, "signed": False,
        "read": True,
    }  # fmt: skip
    assert [b.why for b in refusals_to_sign(**{**given, **facts})] == refused


@pytest.mark.parametrize(
    ("text", "before", "refused"),
    [
        ("双方权利义务" * 4, None, []),
        ("好" * 19, None, [Unsigned.TOO_SHORT]),
        ("好" * 20, None, []),
        ("好" * 20, "好" * 20, [Unsigned.SAME]),
        ("好" * 21, "好" * 20, []),
    ],
)
def test_a_version_says_something_and_something_new(text, before, refused):
    assert [b.why for b in refusals_to_publish(text, before)] == refused


PLACE = Place(
    Span(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2)),
    ZoneInfo("Asia/Shanghai"), 2, 0,
    agreement=Agreement(7, "春风社区"),
)  # fmt: skip


def test_until_it_is_signed_no_place_is_taken():
    unsigned = Candidate(born=ADULT, signed=frozenset({6}))
    (because,) = refusals(PLACE, unsigned, NOW)
    assert because.why is Refusal.AGREEMENT
    assert because.facts == {"office": "春风社区", "key": 7}
    assert remedy(because) == Remedy(RemedyKind.AGREEMENT, 7)
    assert refusals(PLACE, replace(unsigned, signed=frozenset({6, 7})), NOW) == []
    assert refusals(replace(PLACE, agreement=None), unsigned, NOW) == []


def test_a_new_version_leaves_the_places_that_are_held_alone():
    assert person_refusals(PLACE, Candidate(born=ADULT), NOW) == []


def test_a_coordinator_may_pass_over_it_with_a_reason():
    found = refusals(PLACE, Candidate(born=ADULT), NOW)
    assert remaining(found, override=True) == []
    assert remaining(found, override=False) == found

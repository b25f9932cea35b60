"""On which days a credential holds, and when to speak of its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.rules.credentials import (
    CheckResult,
    Held,
    Kind,
    Lack,
    Unkind,
    Unverifiable,
    course_holds_until,
    highest_grade,
    holds_on,
    holds_until,
    lacking,
    lapsed_lately,
    lapses_within,
    notice,
    number_fits,
    number_pattern,
    recheck_due,
    refusals_of_kind,
    refusals_of_number,
    refusals_to_take_down,
    reminder,
)
from talent.rules.social_workers import Grade

DAY = date(2026, 6, 15)
ONE = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "withdrawn", "holds"),
    [
        (DAY, None, None, True),
        (DAY, DAY, None, True),
        (DAY + ONE, None, None, False),
        (date(2020, 1, 1), DAY - ONE, None, False),
        (date(2020, 1, 1), None, DAY, False),
        (date(2020, 1, 1), None, DAY + ONE, True),
    ],
)
def test_a_credential_holds_on_its_first_and_on_its_last_day(first, last, withdrawn, holds):
    assert holds_on(Held("first_aid", first, last, withdrawn), DAY) is holds


@pytest.mark.parametrize(
    ("completed", "months", "until"),
    [
        (date(2025, 1, 15), 12, date(2026, 1, 15)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2025, 1, 15), None, None),
    ],
)
def test_a_course_holds_for_its_months_and_ends_where_the_month_ends(completed, months, until):
    assert course_holds_until(completed, months) == until


def reasons(held, day=DAY):
    found = lacking("first_aid", "First aid", held, day=day)
    assert all("%(" not in str(reason.why) % reason.facts for reason in found)
    return [reason.why for reason in found]


def test_what_is_required_is_asked_for_the_day_of_the_shift():
    held = [Held("first_aid", date(2024, 1, 1), DAY)]
    assert reasons(held) == []
    assert reasons(held, DAY + ONE) == [Lack.LAPSED_BY_THEN]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ([], [Lack.NOT_HELD]),
        ([Held("driving", date(2020, 1, 1))], [Lack.NOT_HELD]),
        ([Held("first_aid", DAY + ONE)], [Lack.NOT_YET]),
        ([Held("first_aid", date(2020, 1, 1), withdrawn=DAY)], [Lack.WITHDRAWN]),
        ([Held("first_aid", date(2020, 1, 1), date(2021, 1, 1))], [Lack.LAPSED_BY_THEN]),
        (
            [
                Held("first_aid", date(2020, 1, 1), date(2021, 1, 1)),
                Held("first_aid", date(2025, 1, 1), date(2027, 1, 1)),
            ],
            [],
        ),
        (
            [
                Held("first_aid", date(2020, 1, 1), withdrawn=date(2020, 5, 1)),
                Held("first_aid", date(2024, 1, 1), date(2025, 1, 1)),
            ],
            [Lack.LAPSED_BY_THEN],
        ),
    ],
)
def test_a_missing_credential_says_why(held, why):
    assert reasons(held) == why


@pytest.mark.parametrize(
    ("days_left", "listed"),
    [(-1, None), (0, 30), (30, 30), (31, 60), (60, 60), (61, 90), (90, 90), (91, None)],
)
def test_what_lapses_stands_in_the_list_of_its_days(days_left, listed):
    held = Held("first_aid", date(2020, 1, 1), DAY + timedelta(days_left))
    assert notice(held, today=DAY) == listed


def test_what_never_lapses_or_does_not_hold_is_in_no_list():
    assert not lapses_within(Held("first_aid", date(2020, 1, 1)), 90, today=DAY)
    assert not lapses_within(Held("first_aid", DAY + ONE, DAY + ONE), 90, today=DAY)
    assert not lapses_within(Held("first_aid", DAY, DAY, DAY), 90, today=DAY)


def test_only_a_professional_certificate_gives_a_grade():
    aid = Held("first_aid", date(2020, 1, 1))
    assistant = Held("social_work", date(2020, 1, 1), grade=Grade.ASSISTANT)
    senior = Held("social_work", DAY, grade=Grade.SENIOR)
    assert highest_grade([aid], day=DAY) is None
    assert highest_grade([aid, senior, assistant], day=DAY) is Grade.SENIOR
    assert highest_grade([senior, assistant], day=DAY - ONE) is Grade.ASSISTANT
    assert highest_grade([aid], day=DAY) is None


@pytest.mark.parametrize(
    ("mask", "number", "fits"),
    [
        ("9{12}", "110012345678", True),
        ("9{12}", "1100 1234 5678", True),
        ("9{12}", "１１００１２３４５６７８", True),
        ("9{12}", "11001234567", False),
        ("9{12}", "1100123456789", False),
        ("9{12}", "11001234567A", False),
        ("A{2}9{6,8}", "ab123456", True),
        ("A{2}9{6,8}", "AB12345678", True),
        ("A{2}9{6,8}", "AB12345", False),
        ("A{2}9{6,8}", "AB123456789", False),
        ("*{4}", "A1B2", True),
        ("JH-9{4}-9", "jh-2025-7", True),
        ("JH-9{4}-9", "JH.2025.7", False),
        ("第9号", "第3号", True),
        (".9", "x9", False),  # a dot is a dot
        ("9+", "99", False),
        ("9+", "9+", True),
    ],
)
def test_a_number_looks_as_its_mask_says(mask, number, fits):
    assert number_fits(mask, number) is fits


@pytest.mark.parametrize(
    "mask", ["", "{3}", "9{0}", "9{100}", "9{5,3}", "9{,3}", "9{", "9}", "9{2}{3}"]
)
def test_a_mask_that_cannot_be_read_is_none(mask):
    assert number_pattern(mask) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_mask_breaks_and_none_takes_long(mask, number):
    if number_pattern(mask) is not None:
        assert number_fits(mask, number) in {True, False}


@given(st.text(alphabet="9A*-/", min_size=1, max_size=12), st.randoms())
def test_what_is_written_as_the_mask_says_fits_it(mask, dice):
    written = {"9": "0123456789", "A": "ABCXYZ", "*": "A1"}
    number = "".join(dice.choice(written.get(sign, sign)) for sign in mask)
    assert number_fits(mask, number)


@pytest.mark.parametrize(
    ("number", "mask", "why"),
    [
        (None, None, []),
        ("", None, []),
        (None, "9{4}", [Unverifiable.NO_NUMBER]),
        ("12", "9{4}", [Unverifiable.NUMBER]),
        ("1234", "9{4}", []),
        ("anything", None, []),
        ("11010519491231002X", None, [Unverifiable.IDENTITY]),
        ("１１０１０５１９４９１２３１００２ｘ", None, [Unverifiable.IDENTITY]),
        ("440524188001010014", "9{18}", [Unverifiable.IDENTITY]),
        ("110105194912310021", None, []),  # its check digit is wrong: some other number
    ],
)
def test_an_identity_number_is_taken_nowhere(number, mask, why):
    found = refusals_of_number(number, mask=mask, example="1234")
    assert [reason.why for reason in found] == why


GOOD = {"mask": "9{4}", "example": "1234", "months": 36, "renew_months": 3}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, []),
        ({"mask": None, "example": None}, []),
        ({"mask": "9{"}, [Unkind.MASK]),
        ({"example": None}, [Unkind.NO_EXAMPLE]),
        ({"example": "12"}, [Unkind.EXAMPLE]),
        ({"months": None}, [Unkind.NO_MONTHS]),
        ({"renew_months": 36}, []),
        ({"renew_months": 37}, [Unkind.WINDOW]),
        ({"months": None, "renew_months": None}, []),
        ({"remind_days": [90, 30, 7]}, []),
        ({"remind_days": [7, 7]}, [Unkind.REMINDERS]),
        ({"remind_days": [1, 2, 3, 4, 5, 6]}, []),
        ({"remind_days": [1, 2, 3, 4, 5, 6, 7]}, [Unkind.REMINDERS]),
        ({"sourced": False}, [Unkind.SOURCE]),
    ],
)
def test_a_kind_is_described_so_that_it_can_be_kept(changed, why):
    assert [reason.why for reason in refusals_of_kind(**(GOOD | changed))] == why


@pytest.mark.parametrize(
    ("stated", "lapses", "months", "recheck", "last"),
    [
        (None, False, 12, 12, None),
        (DAY, False, None, None, None),
        (None, True, None, None, None),
        (None, True, 12, None, date(2027, 6, 15)),
        (date(2028, 1, 1), True, 12, None, date(2028, 1, 1)),  # the paper's word
        (None, True, None, 12, date(2027, 6, 15)),
        (date(2030, 1, 1), True, 12, 12, date(2027, 6, 15)),  # the next check is due then
        (date(2026, 7, 1), True, None, 12, date(2026, 7, 1)),
        (None, True, 6, 12, date(2026, 12, 15)),
    ],
)
def test_the_last_day_is_the_papers_or_the_kinds_and_never_beyond_the_next_check(
    stated, lapses, months, recheck, last
):
    found = holds_until(DAY, stated=stated, lapses=lapses, months=months, recheck=recheck)
    assert found == last


@pytest.mark.parametrize(
    ("checked", "due"),
    [(date(2026, 6, 15), date(2027, 6, 15)), (date(2024, 2, 29), date(2025, 2, 28))],
)
def test_who_works_with_minors_is_looked_at_anew_after_a_year(checked, due):
    assert recheck_due(checked, 12) == due
    assert recheck_due(checked, None) is None


@pytest.mark.parametrize(
    ("left", "days", "due"),
    [
        (8, (7, 30, 90), 30),
        (7, (7, 30, 90), 7),
        (0, (7, 30, 90), 7),
        (-1, (7, 30, 90), None),
        (91, (7, 30, 90), None),
        (45, (60, 14), 60),
        (14, (60, 14), 14),
    ],
)
def test_each_kind_is_reminded_of_on_its_own_days(left, days, due):
    held = Held("x", date(2020, 1, 1), DAY + timedelta(days=left))
    assert reminder(held, today=DAY, days=days) == due


@pytest.mark.parametrize(
    ("since", "lately"), [(0, False), (1, True), (7, True), (8, False), (-1, False)]
)
def test_that_it_has_lapsed_is_told_within_a_week(since, lately):
    held = Held("x", date(2020, 1, 1), DAY - timedelta(days=since))
    assert lapsed_lately(held, today=DAY) is lately


def test_what_was_withdrawn_or_never_ends_has_not_lapsed():
    assert not lapsed_lately(Held("x", date(2020, 1, 1)), today=DAY)
    gone = Held("x", date(2020, 1, 1), DAY - ONE, withdrawn=date(2025, 1, 1))
    assert not lapsed_lately(gone, today=DAY)


ASKED = {"number": "1234", "has_paper": True, "result": CheckResult.CLEAR, "classes": ["C1"]}
KIND = Kind(mask="9{4}", example="1234", evidence=True, is_check=True, classes=("C1", "B1"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, []),
        ({"number": None}, [Unverifiable.NO_NUMBER]),
        ({"has_paper": False}, [Unverifiable.NO_EVIDENCE]),
        ({"result": None}, [Unverifiable.NO_RESULT]),
        ({"result": CheckResult.FOUND}, []),
        ({"classes": []}, [Unverifiable.NO_CLASS]),
        ({"classes": ["Z9"]}, [Unverifiable.NO_CLASS]),
    ],
)
def test_a_credential_is_taken_down_as_its_kind_asks(changed, why):
    found = refusals_to_take_down(KIND, **(ASKED | changed))
    assert [reason.why for reason in found] == why


def test_a_kind_that_asks_for_nothing_takes_a_bare_one_and_a_registration_is_none():
    bare = {"number": None, "has_paper": False, "result": None, "classes": ()}
    assert refusals_to_take_down(Kind(), **bare) == []
    found = refusals_to_take_down(Kind(registered=True), **bare)
    assert [reason.why for reason in found] == [Unverifiable.REGISTERED]

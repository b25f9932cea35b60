"""What may be tried in a draft, who answers it, and what it says of which time."""

from __future__ import annotations

from datetime import date

import pytest
from foreseen import LONG_AGO, TODAY
from said import whys

from talent.rules import whatif
from talent.rules.standards import Band, Bands, Inverse, PerUnit, Ratio, Share
from talent.rules.whatif import ChangeKind, DraftState, Undrafted


@pytest.mark.parametrize(
    ("terms", "then"),
    [
        (None, Ratio(5)),
        (Ratio(18, 1_000), Ratio(5, 1_000)),
        (Inverse(200, 1, 2), Inverse(200, 5, 2)),
        (PerUnit(1), PerUnit(5)),
        (Share(60), Share(5)),
        (Bands((Band(0, None, 5),)), None),
    ],
)
def test_a_standard_with_another_number(terms, then):
    assert whatif.with_number(terms, 5) == then


@pytest.mark.parametrize("state", DraftState)
def test_what_may_be_done_with_a_draft_as_it_stands(state):
    editable = state in {DraftState.OWN, DraftState.SENT_BACK}
    closed = [] if editable else [Undrafted.CLOSED]
    assert whys(whatif.refusals_to_edit(state)) == closed
    assert whys(whatif.refusals_to_share(state, changes=1, above=True)) == closed
    shared = [] if state is DraftState.SHARED else [Undrafted.NOT_SHARED]
    answered = whatif.refusals_to_answer(state, own=False, agreed=True, words=None)
    assert whys(answered) == shared
    planned = {
        DraftState.AGREED: [],
        DraftState.PLANNED: [Undrafted.PLANNED],
        DraftState.DROPPED: [Undrafted.CLOSED],
    }.get(state, [Undrafted.NOT_AGREED])
    assert whys(whatif.refusals_to_plan(state, changes=1, above=True)) == planned


def test_something_is_shared_with_somebody():
    found = whatif.refusals_to_share(DraftState.OWN, changes=0, above=False)
    assert whys(found) == [Undrafted.NOTHING, Undrafted.NOBODY_ABOVE]


def test_nobody_answers_himself_and_sending_back_takes_words():
    found = whatif.refusals_to_answer(DraftState.SHARED, own=True, agreed=False, words=None)
    assert whys(found) == [Undrafted.OWN, Undrafted.WORDS]
    assert not whatif.refusals_to_answer(DraftState.SHARED, own=False, agreed=False, words="为何?")


def test_whom_nobody_stands_above_plans_alone():
    assert not whatif.refusals_to_plan(DraftState.OWN, changes=1, above=False)
    found = whatif.refusals_to_plan(DraftState.OWN, changes=0, above=False)
    assert whys(found) == [Undrafted.NOTHING]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, []),
        ({"touched": True}, [Undrafted.TWICE]),
        ({"last": date(2026, 5, 31)}, [Undrafted.OVER]),
        ({"last": TODAY}, []),
        ({"first": date(2026, 6, 2)}, [Undrafted.NOT_BEGUN]),
        ({"first": TODAY}, []),
    ],
)
def test_an_appointment_is_touched_once_while_it_holds(facts, why):
    told = {"starts_on": TODAY, "first": LONG_AGO, "last": None, "touched": False, **facts}
    assert whys(whatif.refusals_to_touch(**told)) == why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, []),
        ({"same": True, "one_kind": False}, [Undrafted.ONE_OFFICE]),
        ({"one_kind": False}, [Undrafted.OTHER_KIND]),
        ({"related": True}, [Undrafted.ABOVE]),
        ({"merged": True}, [Undrafted.MERGED]),
    ],
)
def test_two_offices_of_one_kind_are_merged(facts, why):
    told = {"same": False, "one_kind": True, "related": False, "merged": False, **facts}
    assert whys(whatif.refusals_to_merge(**told)) == why


def test_a_draft_says_nothing_of_the_time_before_it():
    assert not whatif.refusals_of_day(TODAY, base=TODAY)
    assert whys(whatif.refusals_of_day(LONG_AGO, base=TODAY)) == [Undrafted.BEFORE]


@pytest.mark.parametrize(
    ("chain", "then"),
    [
        ((4, 2, 1), (4, 2, 1)),
        ((5, 2, 1), (4, 3, 1)),  # a station below it, or it itself
        ((9, 5, 2, 1), (9, 4, 3, 1)),
        ((), ()),
    ],
)
def test_where_people_count_once_an_office_went_into_another(chain, then):
    into = (4, 3, 1) if 5 in chain else (4, 2, 1)
    assert whatif.chain_after(chain, into=into, merged=5) == then


def test_every_change_has_a_word():
    assert {kind.value for kind in ChangeKind} == {"move", "add", "end", "standard", "merge"}

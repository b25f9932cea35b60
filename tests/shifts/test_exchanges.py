"""Two people exchange their places, both or neither."""

import make
import plan
import pytest
from handing import answer, full, hand_on, handover, holders, settle, told

from talent.messages.models import MessageKind
from talent.rules.handovers import HandoverState

pytestmark = pytest.mark.usefixtures("clock", "free")


def test_two_people_exchange_their_places_although_the_shifts_overlap(browser, office, wang, li):
    mine, theirs = full(office, wang, starts=48), full(office, li, starts=49)
    hand_on(browser, wang, mine, li, wanted=theirs.id)
    page = browser.sign_in(li).visit("/shifts/handovers")
    assert "王* would exchange a place: look at it" in page.words
    answer(browser, li, "acceptance")
    assert (holders(mine), holders(theirs)) == (["李建国"], ["王秀兰"])
    assert (plan.taken(mine), plan.taken(theirs)) == ([1], [1])


def test_an_exchange_is_refused_as_a_whole_when_the_law_is_against_one_half(
    browser, office, wang, li
):
    mine, theirs = full(office, wang, starts=48), full(office, li, starts=96)
    hand_on(browser, wang, mine, li, wanted=theirs.id)
    busy = plan.shift(plan.project(office), starts=97)
    plan.place(busy, wang.person)
    assert "It overlaps" in answer(browser, li, "acceptance", status=409).words
    assert (holders(mine), holders(theirs)) == (["王秀兰"], ["李建国"])
    assert (plan.taken(mine), plan.taken(theirs)) == ([1], [1])


def test_who_has_no_place_there_cannot_exchange(browser, office, wang, li):
    zhao = make.volunteer(office, "赵云")
    mine, theirs = full(office, wang, starts=48), full(office, li, starts=96)
    page = hand_on(browser, wang, mine, zhao, status=422, wanted=theirs.id)
    assert "Nobody who could take the place is found so." in page.words
    hand_on(browser, wang, mine, wanted=theirs.id)
    assert told(MessageKind.HANDOVER_OPEN) == [("李建国", None)]
    said = "You have no place on the shift that is wanted in return."
    assert said in answer(browser, zhao, "acceptance", status=409).words
    answer(browser, li, "acceptance")
    assert (holders(mine), holders(theirs)) == (["李建国"], ["王秀兰"])


def test_an_exchange_that_was_accepted_is_void_when_the_other_place_is_gone(
    browser, office, wang, li
):
    make.let(office, stand_ins="approved")
    mine, theirs = full(office, wang, starts=48), full(office, li, starts=96)
    hand_on(browser, wang, mine, li, wanted=theirs.id)
    answer(browser, li, "acceptance")
    browser.send(f"/shifts/{theirs.id}/cancellation")
    boss = plan.coordinator(office)
    answer(browser, boss, "approval", status=409)
    settle()
    assert handover().state is HandoverState.VOID
    assert holders(mine) == ["王秀兰"]


def test_who_has_the_place_that_was_wanted_in_return_already_does_not_get_it_twice(
    browser, office, wang, li
):
    mine = full(office, wang, starts=48)
    theirs = plan.shift(plan.project(office), starts=96, places=2)
    plan.place(theirs, li.person)
    hand_on(browser, wang, mine, li, wanted=theirs.id)
    plan.place(theirs, wang.person)
    page = answer(browser, li, "acceptance", status=409)
    assert "This person is already signed up for this shift." in page.words
    assert (holders(mine), holders(theirs)) == (["王秀兰"], ["李建国", "王秀兰"])

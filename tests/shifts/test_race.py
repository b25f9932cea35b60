"""Twenty processes ask for five places in the same moment: five get one, fifteen a clear no."""

from datetime import timedelta

import make
import plan
import pytest
from races import in_hours, race, whole

from talent.db import db
from talent.messages.models import Message, MessageKind

PLACES, PEOPLE = 5, 20
NAMES = [f"李{sign}" for sign in "春夏秋冬东南西北金木水火土山川日月星云天"]


@pytest.fixture
def shift(app):
    """Five places on a shift that is two days away by the clock of the processes."""
    office = make.office()
    return office, plan.shift(plan.project(office), starts=in_hours(48), places=PLACES)


def test_twenty_processes_on_five_places_seat_exactly_five(settings, shift):
    office, shift = shift
    url = plan.signup_url(shift)
    people = [make.volunteer(office, name) for name in NAMES]
    answers = race(settings, [(account, [url]) for account in people])
    statuses = sorted(status for answer in answers for status, _ in answer)
    assert statuses == [303] * PLACES + [409] * (PEOPLE - PLACES)
    full = "Every place on this shift is taken."
    refused = [said for answer in answers for status, said in answer if status == 409]
    assert [full in said for said in refused] == [True] * (PEOPLE - PLACES)
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": PLACES}, [PLACES])
    assert db.session.query(Message).filter_by(kind=MessageKind.SIGNED_UP).count() == PLACES
    assert whole() is True


def test_while_some_give_up_and_others_wait_no_place_is_given_twice_or_lost(settings, shift):
    office, shift = shift
    url, queue = plan.signup_url(shift), plan.signup_url(shift, way="waiting")
    people = [make.volunteer(office, name) for name in NAMES[:12]]
    leave = f"/shifts/{shift.id}/cancellation"
    plans = [[url, leave, queue] if n % 2 else [queue, url, queue] for n in range(len(people))]
    answers = race(settings, list(zip(people, plans, strict=True)))
    assert {status for answer in answers for status, _ in answer} <= {303, 404, 409}
    states = plan.states(shift)
    assert plan.taken(shift) == [states["confirmed"]] == [PLACES]
    assert states["confirmed"] + states["waiting"] == len(people)
    assert whole() is True


def test_one_person_in_many_windows_has_one_place_and_never_two_at_one_time(settings, shift):
    office, shift = shift
    same_time = plan.shift(
        plan.project(office), starts=(shift.starts_at - make.NOW) / timedelta(hours=1)
    )
    wang = make.volunteer(office)
    urls = [plan.signup_url(shift), plan.signup_url(same_time)]
    answers = race(settings, [(wang, urls if n % 2 else urls[::-1]) for n in range(8)])
    assert {status for answer in answers for status, _ in answer} == {303, 409}
    assert sorted([*plan.taken(shift), *plan.taken(same_time)]) == [0, 1]
    assert sum(plan.states(s).get("confirmed", 0) for s in (shift, same_time)) == 1
    assert whole() is True

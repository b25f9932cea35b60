"""Twenty processes ask for five places in the same moment: five get one, fifteen a clear no."""

import multiprocessing
import time
from datetime import timedelta

import make
import plan
import pytest
from pages import Browser

from talent import clock
from talent.app import create_app
from talent.db import db
from talent.messages.models import Message, MessageKind

PLACES, PEOPLE = 5, 20
NAMES = [f"李{sign}" for sign in "春夏秋冬东南西北金木水火土山川日月星云天"]
FORK = multiprocessing.get_context("fork")


def volunteer(settings, session_id, urls, start, answers):
    """A process of its own with an app of its own: waits for the start, sends, tells."""
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a bug is an answer too: 500
    app.test_client_class = Browser
    told = []
    with app.app_context():
        browser = app.test_client().speak("en")
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = session_id, True
        start.wait(timeout=120)
        for url in urls:
            answer = browser.post(url)
            for _ in range(9):
                if answer.status_code != 503:
                    break
                time.sleep(int(answer.headers["Retry-After"]))  # as the answer asks
                answer = browser.post(url)
            told.append((answer.status_code, answer.get_data(as_text=True)))
    answers.put(told)


def race(settings, runs):
    """What each of them was answered."""
    sessions = [(account.get_id(), urls) for account, urls in runs]
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(len(runs)), FORK.Queue()
    runners = [
        FORK.Process(target=volunteer, args=(settings, session_id, urls, start, answers))
        for session_id, urls in sessions
    ]
    for runner in runners:
        runner.start()
    told = [answers.get(timeout=180) for _ in runners]
    for runner in runners:
        runner.join(timeout=30)
    return told


@pytest.fixture
def shift(app):
    """Five places on a shift that is two days away by the clock of the processes."""
    office = make.office()
    away = (clock.now() - make.NOW) / timedelta(hours=1) + 48
    return office, plan.shift(plan.project(office), starts=away, places=PLACES)


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

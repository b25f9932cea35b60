"""Processes that do things in the same moment, each with an app of its own, and what must hold."""

from __future__ import annotations

import multiprocessing
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta

import make
from pages import Browser
from sqlalchemy.exc import OperationalError

from talent import clock
from talent.app import create_app
from talent.db import db, writing
from talent.shifts.recount.service import recount
from talent.shifts.waiting import service as waiting

TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.DOTALL)
FORK = multiprocessing.get_context("fork")


@dataclass
class Post:
    """A form that is sent. Sent again as long as the answer asks to come again."""

    url: str
    fields: dict = field(default_factory=dict)
    after: float = 0  # seconds

    def go(self, browser):
        time.sleep(self.after)
        for _ in range(10):
            answer = browser.post(self.url, data=self.fields)
            if answer.status_code != 503:
                break
            time.sleep(int(answer.headers["Retry-After"]))  # as the answer asks
        return answer.status_code, answer.get_data(as_text=True)


@dataclass
class Job:
    """The job of each minute that lets offers lapse, again and again for some seconds."""

    seconds: float

    def go(self, _browser):
        until = time.monotonic() + self.seconds
        while time.monotonic() < until:
            try:
                with writing():
                    waiting.pass_on(clock.now())
            except OperationalError:
                db.session.rollback()  # somebody held the lock: the next minute's is as good
            time.sleep(0.02)
        return 303, ""


def process(settings, session_id, plan, start, answers):
    """One person: waits for the start, does one thing after the other, tells what was answered."""
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a bug is an answer too: 500
    app.test_client_class = Browser
    with app.app_context():
        browser = app.test_client().speak("en")
        browser.bear(*session_id)
        start.wait(timeout=120)
        told = [(Post(each) if isinstance(each, str) else each).go(browser) for each in plan]
    answers.put(told)


def race(settings, runs):
    """What each of them was answered: pairs of an account and the things that it does."""
    sessions = [((account.get_id(), make.session(account.id)), plan) for account, plan in runs]
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(len(runs)), FORK.Queue()
    runners = [
        FORK.Process(target=process, args=(settings, session_id, plan, start, answers))
        for session_id, plan in sessions
    ]
    for runner in runners:
        runner.start()
    told = [answers.get(timeout=180) for _ in runners]
    for runner in runners:
        runner.join(timeout=30)
    return told


def statuses(told):
    """Every answer's number, in order."""
    return sorted(status for answers in told for status, _ in answers)


def clean(told, *also):
    """Everybody has what was asked for or a clear no, and nobody an error."""
    rest = [
        (status, TITLE.findall(said) or said[-500:])
        for answers in told
        for status, said in answers
        if status not in {303, 409, *also}
    ]
    assert rest == [], rest
    return statuses(told)


def whole():
    """Nothing is wrong with any place, by the recount that an office may ask for as well."""
    db.session.rollback()
    found = recount(clock.now())
    db.session.rollback()
    return found == [] or found


def in_hours(hours):
    """So many hours from now by the clock of the processes, counted as `plan.shift` does."""
    return (clock.now() - make.NOW) / timedelta(hours=1) + hours

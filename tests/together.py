"""Processes that act in the same moment, each with an app of its own."""

from __future__ import annotations

import multiprocessing

from talent.app import create_app
from talent.db import db

FORK = multiprocessing.get_context("fork")


def _one(settings, act, given, start, answers):
    with create_app(settings).app_context():
        try:
            answers.put(act(lambda: start.wait(timeout=120), *given))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
            answers.put(repr(error))
            start.abort()


def together(settings, *acts):
    """What the acts answered, as they ended; an error is answered as its text.

    Each is `(function, *given)` in a process of its own: it makes ready, calls its first argument,
    which returns when all are ready, then does what it has to do and returns its answer.
    """
    db.session.rollback()
    db.engine.dispose()  # no connection is shared
    start, answers = FORK.Barrier(len(acts)), FORK.Queue()
    runners = [
        FORK.Process(target=_one, args=(settings, act, given, start, answers))
        for act, *given in acts
    ]
    for runner in runners:
        runner.start()
    said = [answers.get(timeout=180) for _ in runners]
    for runner in runners:
        runner.join(timeout=30)
    return said

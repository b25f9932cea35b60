"""The same run on an app that was broken: the checker must see it, or its silence says nothing."""

from __future__ import annotations

from running import Run

SECONDS = 25


def test_without_the_lock_it_sees_more_people_than_places(tmp_path):
    run = Run(tmp_path, SECONDS, broken="lock", only=())
    assert [each for each in run.unsound if each["check"] == "I1"], str(run)


def test_when_the_answer_comes_before_the_commit_it_sees_what_was_lost(tmp_path):
    run = Run(tmp_path, SECONDS, broken="late", only=("kill_web",))
    assert [each for each in run.wrong if "acknowledged" in each or "ok, and" in each
            or "stands there 0" in each], str(run)  # fmt: skip

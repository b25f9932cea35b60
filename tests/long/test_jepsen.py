"""Sixteen clients, a service that is broken on purpose, and every answer held against the rows.

LONG_SECONDS says how long (a minute without it), JEPSEN_SEED makes the same choices again.
"""

from __future__ import annotations

from running import Run


def test_whatever_breaks_what_was_acknowledged_is_there_once(tmp_path, capsys):
    run = Run(tmp_path)
    with capsys.disabled():
        print(f"\n{run}")
    assert run.nemesis.trouble == []
    assert run.wrong == []
    assert run.unsound == []
    assert run.slow == [], f"longer than {run.within:.1f} s"

"""The service and the model agree for as long as there is time: `make test-all`."""

import os

import machine
import pytest
import sound

SECONDS = float(os.environ.get("LONG_SECONDS", "420"))  # each part has a process of its own
ENOUGH = 10_000  # steps after which no act may have been left out
ACTS = (
    "sign_up", "wait", "stand_by", "cancel", "stay_away", "keep", "accept", "decline", "assign",
    "remove", "move", "resize", "retime", "call_off", "close", "arrive", "leave", "hand_on",
    "exchange", "answer yes", "answer no", "answer back",
)  # fmt: skip


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("part", [1, 2])
def test_the_service_and_the_model_agree_for_as_long_as_there_is_time(part, record_property):
    seen = machine.run(examples=10, steps=50, least_seconds=SECONDS, derandomize=False)
    print(part, dict(sorted(seen.items())))
    record_property("seen", dict(seen))
    assert [act for act in ACTS if not seen[f"{act} done"]] == [] or seen["steps"] < ENOUGH
    last = machine.Shifts.last
    last.jobs_run()
    assert sound.faults(last.now) == []

"""Whatever people do on a few shifts, in whatever order: the service and a plain model agree."""

import machine
import pytest


@pytest.mark.usefixtures("app")
def test_the_service_and_the_model_agree_whatever_is_done():
    seen = machine.run(examples=12, steps=30)
    assert seen["sign_up done"] > 0
    assert seen["sign_up refused"] > 0

"""One community with a coordinator, a volunteer of it, and a neighbour that sees none of it."""

import pytest
from casting import Cast


@pytest.fixture
def cast(app, clock):
    return Cast()

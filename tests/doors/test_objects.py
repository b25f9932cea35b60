"""A thing of another office, or another person's, is answered as one that is not there."""

import pytest
from objects import doors_with_things, faults


@pytest.mark.parametrize("endpoint", doors_with_things())
def test_nobody_is_told_of_what_is_another_ones(world, endpoint):
    assert list(faults(world, endpoint)) == []

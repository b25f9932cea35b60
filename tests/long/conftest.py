"""The world of two offices, for the tests of a module; two workers, as in the suite."""

import lasting
import pytest
from earnest.conftest import before, pair
from messages.conftest import server

__all__ = ["before", "pair", "server"]

world = pytest.fixture(scope="module")(lasting.world)

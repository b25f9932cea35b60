"""The world of two offices, for the tests of a module."""

import lasting
import pytest

world = pytest.fixture(scope="module")(lasting.world)

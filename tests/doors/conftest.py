"""The world of two offices, for the tests of this folder."""

import lasting
import pytest

world = pytest.fixture(scope="package")(lasting.world)

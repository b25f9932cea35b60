"""The mail server of the tests of messages, and two workers that send through it."""

import pytest
from earnest.pair import Pair
from messages.conftest import server

__all__ = ["server"]


@pytest.fixture
def pair(app, server, tmp_path):
    one = Pair(app, server, tmp_path)
    yield one
    one.close()

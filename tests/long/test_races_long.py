"""The races again and again: `make test-all`."""

import pytest
from ways import WAYS

ROUNDS = 5


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "way", [pytest.param(way, id=f"{way}-{n}") for n in range(ROUNDS) for way in sorted(WAYS)]
)
def test_however_often_they_race_there_is_never_one_too_many(settings, way):
    WAYS[way](settings)

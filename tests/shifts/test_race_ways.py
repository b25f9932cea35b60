"""Every way to a place, by processes in the same moment: never one too many, and a clear no."""

import pytest
from ways import WAYS


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("way", sorted(WAYS))
def test_whoever_comes_at_once_by_whichever_way_there_is_never_one_too_many(settings, way):
    WAYS[way](settings)

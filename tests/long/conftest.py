"""The world of two offices, for the tests of a module; two workers; a server of PostgreSQL."""

import shutil
import tempfile
from pathlib import Path

import lasting
import pytest
from earnest.conftest import before, pair
from machines import Cluster, Disk
from messages.conftest import server

__all__ = ["before", "pair", "server"]

world = pytest.fixture(scope="module")(lasting.world)


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="talent-cluster-"))
    folder.chmod(0o755)  # the server is somebody else
    disk = Disk(folder / "disk")
    one = Cluster(disk)
    yield one
    one.stop()
    disk.close()
    shutil.rmtree(folder, ignore_errors=True)

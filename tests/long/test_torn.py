"""A torn page and a lost log of PostgreSQL: the server notices, and serves neither (F17)."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

PAGE = 8192
NAMES = "INSERT INTO office SELECT n, repeat('社区', 20) FROM generate_series(1, 500) AS n"


def asked(cluster, *statements):
    """The answer to the last of them."""
    address = cluster.url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            found = connection.execute(statement)
        return found.fetchall() if found.description else []


def test_a_torn_page_is_refused_when_it_is_read_and_named_by_its_number(cluster):
    asked(cluster, "CREATE TABLE office (id int, name text)", NAMES, "CHECKPOINT")
    [(place,)] = asked(cluster, "SELECT pg_relation_filepath('office')")
    cluster.stop(mode="fast")
    file = cluster.place / place
    whole = bytearray(file.read_bytes())
    whole[PAGE + 4000 : PAGE + 6000] = bytes(2000)  # the second half was never written
    file.write_bytes(bytes(whole))
    named = subprocess.run(
        [str(cluster.programs / "pg_checksums"), "--check", "-D", str(cluster.place)],
        cwd=cluster.disk, capture_output=True, text=True, check=False, **cluster.owner,
    )  # fmt: skip
    assert "block 1" in named.stderr, named.stderr
    cluster.start()
    with pytest.raises(psycopg.errors.DataCorrupted):
        asked(cluster, "SELECT count(name) FROM office")
    assert asked(cluster, "SELECT 1") == [(1,)]


def test_without_a_log_that_it_needs_the_server_does_not_start(cluster):
    asked(cluster, "CREATE TABLE office (id int, name text)", NAMES)
    cluster.stop()
    for log in (cluster.place / "pg_wal").glob("0000*"):
        log.unlink()
    with pytest.raises(AssertionError):
        cluster.start()
    assert "could not locate" in (cluster.disk / "log").read_text()

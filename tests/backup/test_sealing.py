"""The file of a backup: whatever is done to it is noticed before a byte of it is believed."""

from __future__ import annotations

import io
import random
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent.backup import sealing
from talent.backup.errors import BadBackup
from talent.backup.retention import USUAL, Keeping, expired

KEY, OTHER = "k" * 43, "o" * 43


@pytest.fixture
def small(monkeypatch):
    """Pieces of 64 bytes, so that a short text has many."""
    monkeypatch.setattr(sealing, "PIECE", 64)


def sealed(*bits, key=KEY):
    out = io.BytesIO()
    sealer = sealing.Sealer(out, key)
    for bit in bits:
        sealer.write(bit)
    sealer.end()
    return out.getvalue()


def opened(file, *keys):
    return b"".join(sealing.plain(io.BytesIO(file), keys or (KEY,)))


@pytest.fixture
def noise():
    return random.Random(6).randbytes(1000)  # cannot be packed


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_goes_in_comes_out(small, noise, size):
    assert opened(sealed(noise[:size])) == noise[:size]
    assert opened(sealed(*(noise[n : n + 1] for n in range(size)))) == noise[:size]


def test_a_megabyte_of_nothing_comes_out_in_bits(small):
    bits = list(sealing.plain(io.BytesIO(sealed(bytes(1 << 20))), (KEY,)))
    assert b"".join(bits) == bytes(1 << 20)
    assert max(map(len, bits)) <= 64


def test_any_altered_byte_and_any_cut_is_noticed(small, noise):
    file = sealed(noise)
    for place in range(len(file)):
        wrong = bytearray(file)
        wrong[place] ^= 1
        with pytest.raises(BadBackup):
            opened(bytes(wrong))
        with pytest.raises(BadBackup):
            opened(file[:place])
    with pytest.raises(BadBackup):
        opened(file + b"x")


def test_pieces_that_change_places_or_files_are_noticed(small, noise):
    file, again = sealed(noise), sealed(noise)
    head = file.index(b"\n", len(sealing.MAGIC)) + 1
    pieces = [file[n : n + 80] for n in range(head, len(file), 80)]
    assert len(pieces) > 10
    for wrong in (
        [pieces[1], pieces[0], *pieces[2:]],
        [*pieces[:3], *pieces[4:]],
        [again[head : head + 80], *pieces[1:]],
        pieces[:-1],
    ):
        with pytest.raises(BadBackup, match="it was altered"):
            opened(file[:head] + b"".join(wrong))


def test_another_key_opens_nothing_and_an_older_one_still_does():
    file = sealed(b"x")
    with pytest.raises(BadBackup, match=sealing.key_id(KEY)):
        opened(file, OTHER)
    assert opened(file, OTHER, KEY) == b"x"
    assert KEY.encode() not in file


def test_memory_does_not_grow_with_what_is_kept():
    bit = random.Random(6).randbytes(1 << 20)
    out = io.BytesIO()
    out.write = len  # the disk
    tracemalloc.start()
    sealer = sealing.Sealer(out, KEY)
    for _ in range(24):
        sealer.write(bit)
    sealer.end()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 << 20


NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
moments = st.sets(st.integers(0, 24 * 500), max_size=60).map(
    lambda hours: {NOW - timedelta(hours=n) for n in hours}
)


def test_one_a_day_then_one_a_week_then_one_a_month_is_kept():
    nightly = {NOW - timedelta(days=n) for n in range(400)}
    kept = sorted(nightly - expired(nightly, USUAL), reverse=True)
    days = [(NOW - at).days for at in kept]
    assert days[:7] == list(range(7))
    assert len({at.isocalendar()[:2] for at in kept[:10]}) >= 5
    assert len({(at.year, at.month) for at in kept}) == 12
    assert len(kept) <= 7 + 5 + 12


@given(moments, st.tuples(*[st.integers(0, 9)] * 3))
def test_the_newest_is_never_let_go_and_letting_go_twice_changes_nothing(made, numbers):
    keeping = Keeping(*numbers)
    kept = made - expired(made, keeping)
    assert not made or max(made) in kept
    assert expired(kept, keeping) == set()
    assert len(kept) <= max(1, sum(numbers))

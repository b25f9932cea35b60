"""The code on the paper: a signed summary that nobody else can write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from talent.certificates import number as numbers
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.certificates.payload import layout
from talent.certificates.payload import service as payload
from talent.certificates.payload.layout import Said
from talent.db import db

days = st.dates(date(1970, 1, 1), date(2149, 6, 6))
minutes = st.integers(0, 2**32 - 1)
numbered = st.integers(0, 9999).map(numbers.new)
hexes = {size: st.binary(min_size=size, max_size=size).map(bytes.hex) for size in (4, 6, 8)}
summaries = st.builds(
    Said, key=hexes[4], number=numbered, issued_on=days, first=days, last=days, minutes=minutes,
    verified=minutes, name=hexes[6], content=hexes[8],
)  # fmt: skip


def tail(content):
    return payload.address(content).rpartition("/")[2]


@given(summaries)
def test_what_is_packed_is_unpacked(said):
    assert layout.unpacked(layout.packed(said)) == said


@given(st.binary(min_size=layout.SIZE, max_size=layout.SIZE))
def test_letters_are_read_as_they_were_written_and_no_other_way(code):
    text = layout.text(code)
    assert layout.code_in(text) == code
    assert layout.code_in(text.lower()) is None
    assert layout.code_in(text + "A") is None
    assert layout.code_in(text[:-1]) is None
    # The last letter has four bits to spare, which must be nought.
    spare = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(ord(text[-1]) - 64) % 32]
    assert layout.code_in(text[:-1] + spare) is None


def test_the_code_says_what_the_certificate_says(single):
    said, key = payload.read(tail(single.content))
    assert (said.number, said.minutes, said.verified) == (single.number, 150, 150)
    assert (said.first, said.last) == (date(2026, 3, 1), date(2026, 5, 31))
    assert said.issued_on == date(2026, 6, 1)
    assert key.office.name_zh == "春风社区居民委员会"
    assert said.name == layout.name_digest(single.number, "王秀兰")
    assert said.name != layout.name_digest(single.number, "王秀蓝")
    assert "王秀兰".encode() not in layout.code_in(tail(single.content))


def test_it_is_short_enough_for_a_small_picture(single):
    assert layout.SIZE <= 110
    place, last = "https://volunteers.chaoyang.example.cn/verify/c/", tail(single.content)
    code = segno.make_qr([place, last], error="m", boost_error=False)
    assert code.version <= 10


def test_the_installation_signs_for_several_units(issued):
    _, key = payload.read(tail(issued().content))
    assert key.office is None
    assert key.purpose is Purpose.PAYLOAD


def test_by_hand_is_not_system_verified(single):
    (group,) = single.content["groups"]
    lines = [
        line | {"source": source}
        for line, source in zip(group["lines"], ("hand", "leader", "sheet"), strict=True)
    ]
    content = single.content | {"groups": [group | {"lines": lines}]}
    assert payload.said(content).verified == 50


def test_no_flipped_bit_is_accepted(single):
    code = layout.code_in(tail(single.content))
    for place in range(len(code) * 8):
        flipped = bytearray(code)
        flipped[place // 8] ^= 1 << place % 8
        assert payload.read(layout.text(bytes(flipped))) is None, place


def test_no_changed_letter_is_accepted(single):
    text = tail(single.content)

    @settings(max_examples=300)
    @given(st.integers(0, len(text) - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    def changed(place, letter):
        other = text[:place] + letter + text[place + 1 :]
        assert (payload.read(other) is None) == (other != text)

    changed()


def test_a_key_of_another_purpose_or_office_signs_no_codes(single, issued, other):
    """The very bytes of one office's code under another's name are nobody's."""
    issued(office_id=other.id)
    keys = db.session.query(OfficeKey).filter_by(purpose=Purpose.PAYLOAD).all()
    assert len({key.office_id for key in keys} - {None}) == 2
    said, key = payload.read(tail(single.content))
    foreign = next(each for each in keys if each.id != key.id)
    code = layout.code_in(tail(single.content))
    forged = layout.packed(replace(said, key=foreign.fingerprint[:8])) + code[-64:]
    assert payload.read(layout.text(forged)) is None


@pytest.mark.parametrize("typed", ["", "A" * 172, "王", "a" * 5000, "A" * 171 + "="])
def test_nonsense_is_no_code(app, typed):
    assert payload.read(typed) is None

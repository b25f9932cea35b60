from __future__ import annotations

import re

import pytest

from talent.rules.languages import Tongue, Unspoken, refusals


def test_every_language_has_a_code_of_iso_639_3_and_no_two_share_one():
    codes = [tongue.value for tongue in Tongue]
    assert all(re.fullmatch("[a-z]{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert {"cmn", "yue", "csl", "eng"} <= set(codes)


@pytest.mark.parametrize(
    ("spoken", "refused"),
    [
        ([Tongue.CANTONESE], [[]]),
        ([Tongue.CANTONESE, Tongue.ENGLISH], [[], []]),
        ([Tongue.CANTONESE, Tongue.CANTONESE], [[], [Unspoken.TWICE]]),
    ],
)
def test_a_language_stands_once_in_the_list(spoken, refused):
    assert [[b.why for b in refusals(spoken, i)] for i in range(len(spoken))] == refused

"""How names are sorted and found."""

from __future__ import annotations

import pytest

from talent.pinyin import LONGEST_KEY, keys, sort_key, squeezed


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单志诺", "shan4 zhi4 nuo4 单志诺"),
        ("曾超强", "zeng1 chao1 qiang2 曾超强"),
        ("仇娜", "qiu2 na4 仇娜"),
        ("区然", "ou1 ran2 区然"),
        ("解国涵", "xie4 guo2 han2 解国涵"),
        ("查静敏", "zha1 jing4 min3 查静敏"),
        ("任英", "ren2 ying1 任英"),
        ("华英", "hua4 ying1 华英"),
        ("朴英", "piao2 ying1 朴英"),
        ("尉迟敬", "yu4 chi2 jing4 尉迟敬"),
        ("万俟英", "mo4 qi2 ying1 万俟英"),
        ("李单", "li3 dan1 李单"),
        ("John O'Neil", "john oneil John O'Neil"),
    ],
)
def test_a_family_name_is_read_as_one(name, read):
    assert sort_key(name) == read


def test_a_name_without_a_known_reading_sorts_last_and_is_still_found():
    rare = "\U000323af一"  # the last character of the youngest extension
    assert sort_key(rare) > sort_key("卓一")
    assert rare in keys(rare)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王秀兰", "王秀兰"),
        ("王秀兰", "秀兰"),
        ("王秀兰", "Wang Xiulan"),
        ("王秀兰", "xiu lan"),
        ("王秀兰", "WXL"),
        ("单志诺", "danzhinuo"),
        ("单志诺", "shanzhinuo"),
        ("吕布", "lvbu"),
        ("吕布", "lübu"),
        ("吕布", "lubu"),
        ("吕布", "lyubu"),
        ("阿卜杜拉·买买提江", "买买提江"),
        ("阿卜杜拉·买买提江", "abudula"),
        ("José Núñez", "nunez"),
        ("𬱖一诺", "𬱖"),
    ],
)
def test_every_way_to_type_a_name_finds_it(name, typed):
    assert any(key.startswith(squeezed(typed)) for key in keys(name))


def test_keys_of_the_longest_ambiguous_name_stay_few_and_short():
    found = keys("长乐" * 25)
    assert len(found) < 200
    assert max(map(len, found)) <= LONGEST_KEY
    assert len(sort_key("张" * 50)) <= LONGEST_KEY


def test_a_digit_in_a_name_has_no_reading_and_does_no_harm():
    assert {"zyz", "zhiyuanzhe", "志愿者1"} <= keys("志愿者1")

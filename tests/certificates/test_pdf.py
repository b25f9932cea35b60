"""The certificate as a PDF: what a reader finds on it, and what he can copy out of it."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from PIL import Image

from talent.certificates.pdf import FONTS, MissingGlyph, render, unprintable
from talent.rules.certificates import hours_and_minutes

RARE = "𬱖𠅤䶮㛃"  # U+2CC56, U+20164, U+4DAE, U+36C3
ADDRESS = "https://talent.example.org/verify/ZM-2026-000123"


def a_line(number=0, **changes):
    line = {
        "record": number,
        "date": (date(2026, 1, 1) + timedelta(number % 180)).isoformat(),
        "activity": "周末菜园",
        "place": "晨光路18号屋顶花园",
        "content": "整理阳台菜园",
        "minutes": 50,
        "organiser": "晨光社区居民委员会",
        "in_charge": "李娜",
        "source": "attendance",
    }
    return line | changes


def a_group(lines, **changes):
    group = {
        "name_zh": "晨光社区居民委员会",
        "name_en": "Chenguang Residents' Committee",
        "credit_code": "91110105MA01ABCD0X",
        "total_minutes": sum(line["minutes"] for line in lines),
        "lines": lines,
    }
    return group | changes


def a_content(*groups, name="张三", language="zh", **changes):
    groups = groups or (a_group([a_line(number) for number in range(3)]),)
    content = {
        "number": "ZM-2026-000123",
        "issued_on": "2026-07-01",
        "language": language,
        "person": {"name": name, "document": "110105********002X", "volunteer_number": None},
        "period": {"first": "2026-01-01", "last": "2026-06-30"},
        "groups": list(groups),
        "total_minutes": sum(group["total_minutes"] for group in groups),
        "issuer": {
            "name_zh": "晨光社区居民委员会",
            "name_en": "Chenguang Residents' Committee",
            "credit_code": "91110105MA01ABCD0X",
            "contact": "010-8888 1234",
        },
        "handler": "王芳",
        "verify_url": ADDRESS,
        "national_system": "not_entered",
    }
    return content | changes


def poppler(tool, pdf, *options):
    """What a tool of Poppler says of it."""
    target = ["-"] if tool == "pdftotext" else []
    told = subprocess.run(
        [tool, *options, "-", *target], input=pdf, capture_output=True, check=True
    )
    return told.stdout.decode()


def text_of(content):
    return poppler("pdftotext", render(content))


def joined(text):
    """English on one line, whatever broke it."""
    return re.sub(r"\s+", " ", text)


def solid(text):
    """Chinese without the breaks of lines and columns, which mean nothing in it."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    "name",
    [
        "张三",
        f"王{RARE}",
        "阿卜杜拉·买买提",
        "Nguyễn Thị Ánh",
        "Łukasz Müller-Đorđević",
        "Евгений Иванов",
        "佐々木さくら",
        "陳𠝹",
        "李\u200d明",
        "葛\U000e0100",
        "李" * 50,
        '#import "x" {{7*7}} $x$ \\ *a* <b>',
    ],
)
@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_a_name_comes_out_of_the_page_as_it_went_in(name, language):
    assert name in text_of(a_content(name=name, language=language))


def test_the_chinese_certificate_states_what_the_law_asks():
    text = solid(text_of(a_content()))
    for words in (
        "志愿服务记录证明",
        "ZM-2026-000123",
        "110105********002X",
        "2026年1月1日至2026年6月30日",
        "周末菜园",
        "整理阳台菜园",
        "晨光路18号屋顶花园",
        "记录单位",
        "晨光社区居民委员会",
        "91110105MA01ABCD0X",
        "李娜",
        "签到签退",
        "经办人",
        "王芳",
        "出具日期",
        "2026年7月1日",
        "盖章处",
        "依据《志愿服务条例》《志愿服务记录与证明出具办法（试行）》出具，免费",
        "尚未录入国务院民政部门指定的志愿服务信息系统",
        ADDRESS,
        "第1页共1页",
    ):
        assert words in text
    assert "Volunteer" not in text
    assert "骑" not in text


def test_the_english_certificate_holds_no_chinese_but_what_was_recorded_in_it():
    text = joined(text_of(a_content(language="en", name="Maria Lopez", handler="Wang Fang")))
    for words in (
        "Volunteer Service Record Certificate",
        "This is to certify that Maria Lopez",
        "from 1 January 2026 to 30 June 2026",
        "2 h 30 min",
        "Chenguang Residents' Committee",
        "Sign-in and out",
        "Issued free of charge under the Regulations on Volunteer Service",
        "have not yet been entered",
        "Page 1 of 1",
    ):
        assert words in text
    han = {one for one in text if unicodedata.name(one, "").startswith("CJK UNIFIED")}
    assert han <= {*"周末菜园整理阳台菜园晨光路号屋顶花园晨光社区居民委员会李娜"}


def test_the_certificate_of_both_languages_says_everything_twice():
    text = joined(text_of(a_content(language="both")))
    for words in (
        "志愿服务记录证明",
        "Volunteer Service Record Certificate",
        "2小时30分",
        "2 h 30 min",
        "Page 1 of 1",
        "Chenguang Residents' Committee",
    ):
        assert words in text


def test_one_day_and_less_than_an_hour_are_said_as_such():
    day = {"first": "2026-05-05", "last": "2026-05-05"}
    content = {"period": day, "language": "both"}
    text = joined(text_of(a_content(a_group([a_line(minutes=5)]), **content)))
    assert "于2026年5月5日参加志愿服务" in solid(text)
    assert "on 5 May 2026, in total" in text
    assert "5分钟" in solid(text)


@pytest.mark.parametrize(
    ("status", "zh", "en"),
    [
        ("entered", "已录入国务院", "have been entered"),
        ("partly", "部分录入国务院", "Some of these records"),
        ("not_entered", "尚未录入国务院", "not yet been entered"),
    ],
)
def test_it_tells_whether_the_national_system_knows_the_records(status, zh, en):
    text = text_of(a_content(language="both", national_system=status))
    assert zh in solid(text)
    assert en in joined(text)


def test_five_hundred_lines_are_all_there_on_numbered_pages_with_a_total():
    minutes = [30 + number % 200 for number in range(500)]
    lines = [a_line(n, minutes=m, content=f"内容{n:03}") for n, m in enumerate(minutes)]
    pdf = render(a_content(a_group(lines)))
    text = poppler("pdftotext", pdf)
    pages = int(re.search(r"Pages:\s+(\d+)", poppler("pdfinfo", pdf)).group(1))
    assert pages > 10
    for page in range(1, pages + 1):
        assert solid(text).count(f"第{page}页共{pages}页") == 1
    assert text.count("骑") == pages
    assert sorted(re.findall(r"内容\d{3}", text)) == [f"内容{n:03}" for n in range(500)]
    hours, rest = hours_and_minutes(sum(minutes))
    # Above, as subtotal and as total, twice of which beside "system-verified".
    assert text.count(f"{hours}小时{rest}分") == 5


def test_the_lines_as_shown_add_up_to_the_subtotals_and_these_to_the_total():
    first = a_group([a_line(n, minutes=m) for n, m in enumerate((50, 50, 50))])
    second = a_group([a_line(9, minutes=61)], name_zh="星河社会工作服务站", credit_code=None)
    text = text_of(a_content(first, second))
    shown = [
        int(hours or 0) * 60 + int(minutes or 0)
        for hours, minutes in re.findall(r"^(?:(\d+)小时)?(?:(\d+)分钟?)?$", text, re.MULTILINE)
        if hours or minutes
    ]
    assert sorted(shown) == sorted([50, 50, 50, 61, 150, 61, 211, 211])


def test_both_kinds_of_time_stand_side_by_side_in_every_line_and_total():
    mixed = [a_line(0, minutes=60), a_line(1, minutes=25, source="hand"), a_line(2, source="sheet")]
    second = a_group([a_line(9, minutes=61, source="leader")], name_zh="星河社会工作服务站")
    text = solid(text_of(a_content(a_group(mixed), second)))
    assert text.count("系统核验2小时1分人工录入1小时15分") == 2  # above and in the total
    assert text.count("人工录入1小时15分") == 3  # and in the subtotal
    assert "系统核验1小时1分" in text
    for words in ("签到签退", "补录", "纸质签到表", "负责人签到"):
        assert words in text
    english = joined(text_of(a_content(a_group(mixed), language="en")))
    assert "system-verified 1 h entered by hand 1 h 15 min" in english


@pytest.mark.parametrize(
    ("status", "words"),
    [("none", "未报送"), ("sent", "已报送"), ("accepted", "已录入"), ("refused", "被退回")],
)
def test_a_line_says_how_the_national_system_stands_to_it(status, words):
    told = solid(text_of(a_content(a_group([a_line(national=status)]))))
    assert f"全国系统：{words}" in told
    assert "全国系统" not in solid(text_of(a_content()))


def test_what_was_frozen_before_says_both_kinds_from_its_sources():
    old = a_content(a_group([a_line(0), a_line(1, source="imported")]))
    assert "verified_minutes" not in old
    assert "系统核验50分钟人工录入50分钟" in solid(text_of(old))


def test_a_seal_that_is_carried_is_printed_and_one_that_is_gone_is_an_error(tmp_path):
    carried = a_content(a_group([a_line()], seal={"file": 1, "digest": "d"}))
    out = io.BytesIO()
    Image.new("RGBA", (200, 200), (200, 0, 0, 128)).save(out, "PNG")
    pdf = render(carried, {"d": out.getvalue()})
    assert "盖章处" not in solid(poppler("pdftotext", pdf))
    assert "盖章处" in solid(text_of(a_content()))
    metadata = poppler("pdfinfo", pdf, "-meta")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    with pytest.raises(RuntimeError):
        render(carried)


def test_on_many_pages_the_head_of_the_table_and_the_number_stand_on_each():
    pdf = render(a_content(a_group([a_line(n) for n in range(120)])))
    pages = poppler("pdftotext", pdf).split("\f")[:-1]
    assert len(pages) > 3
    assert all("ZM-2026-000123" in page for page in pages)
    assert all("活动和服务内容" in page for page in pages[:-1])
    assert len(pdf) / len(pages) < 150_000


def test_a_very_long_line_loses_nothing():
    written = "".join(chr(0x4E00 + number) for number in range(4000))
    text = text_of(a_content(a_group([a_line(content=written)])))
    assert {*written} <= {*text}


def test_equal_content_gives_equal_bytes_and_another_number_does_not():
    once = render(a_content())
    assert render(a_content()) == once
    assert render(dict(reversed(a_content().items()))) == once
    assert render(a_content(number="ZM-2026-000124")) != once


def test_what_is_remembered_of_other_certificates_does_not_show():
    mine, plain = a_content(name="李四", number="ZM-2026-000125"), a_content()
    once = poppler("pdftotext", render(mine))
    assert "张三" in poppler("pdftotext", render(plain))
    assert "李四" in once
    assert "张三" not in once
    assert "000123" not in once.replace(ADDRESS, "")
    assert poppler("pdftotext", render(mine)) == once


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_nothing_of_the_template_itself_is_printed(language):
    assert not {*"{}[]#"} & {*text_of(a_content(language=language))}


def test_signs_that_mean_something_to_a_template_are_printed_as_written():
    written = 'a"b \\ c\\" #pagebreak() ${x} ] $y$'
    assert written in joined(
        text_of(a_content(a_group([a_line(organiser="甲", activity=written)])))
    )


def test_threads_do_not_meet_in_one_compiler():
    once = render(a_content())
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: render(a_content()), range(12))) == {once}


def test_it_is_an_archive_that_a_screen_reader_can_read():
    pdf = render(a_content())
    told = poppler("pdfinfo", pdf)
    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"Title:\s+志愿服务记录证明 ZM-2026-000123", told)
    assert re.search(r"Page size:.*A4", told)
    assert "2026" in re.search(r"CreationDate:.*", told).group()
    metadata = poppler("pdfinfo", pdf, "-meta")
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_every_font_is_our_own_and_embedded(tmp_path):
    file = tmp_path / "certificate.pdf"
    file.write_bytes(render(a_content(language="both", name=f"王{RARE}")))
    told = subprocess.run(["pdffonts", file], capture_output=True, check=True).stdout.decode()
    fonts = told.splitlines()[2:]
    assert fonts
    assert all("+Talent" in font and re.search(r"yes yes yes", font) for font in fonts)
    assert file.stat().st_size < 150_000


def test_a_character_that_no_font_has_is_named():
    with pytest.raises(MissingGlyph, match=r"U\+2EBF0") as caught:
        render(a_content(name="王\U0002ebf0"))
    assert caught.value.characters == {"\U0002ebf0"}


def test_names_are_checked_before_they_reach_a_certificate():
    assert unprintable(f"王{RARE} · Łukasz") == set()
    assert unprintable("王\U0002ebf0\ue000\ufffd🎉") == {"\U0002ebf0", "\ue000", "\ufffd", "🎉"}
    assert unprintable("") == set()


def test_a_picture_in_a_free_text_does_not_cost_the_certificate():
    text = text_of(a_content(a_group([a_line(activity="🎉周末菜园👩\u200d🌾❤\ufe0f")])))
    assert "〓周末菜园〓〓" in text
    with pytest.raises(MissingGlyph):
        render(a_content(a_group([a_line(content="王\U0002ebf0")])))
    with pytest.raises(MissingGlyph):
        render(a_content(name="🎉"))


def test_the_fonts_cover_the_national_standard():
    level_1 = "".join(map(chr, (*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6))))
    assert unprintable(level_1) == set()


def test_the_vendored_fonts_stay_small_and_carry_their_licences():
    fonts = sorted(FONTS.glob("*.ttf"))
    assert sum(font.stat().st_size for font in fonts) < 14_000_000
    readme = (FONTS / "README.md").read_text()
    assert all(font.name in readme for font in fonts)
    for licence in re.findall(r"OFL-\w+\.txt", readme):
        assert "SIL OPEN FONT LICENSE" in (FONTS / licence).read_text()


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_the_seal_stands_under_lines_and_never_on_a_page_of_its_own(language):
    for number in (*range(1, 20), 40):
        lines = [a_line(each) for each in range(number)]
        pdf = render(a_content(a_group(lines), language=language))
        *_, last = poppler("pdftotext", pdf, "-bbox").split("<page ")[1:]
        words = re.findall(r'yMin="([0-9.]+)" xMax="[0-9.]+" yMax="([0-9.]+)">([^<]+)<', last)
        lowest_line = max(float(low) for _, low, word in words if re.match(r"2026-\d\d-\d\d", word))
        total = max(float(low) for _, low, word in words if word in {"合计", "Total"})
        seal = min(float(top) for top, _, word in words if word in {"出具单位", "Issued"})
        assert lowest_line < total < seal, number

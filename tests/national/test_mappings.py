"""Mappings: a version is checked whole, holds below its office from a day on, and is kept."""

from datetime import timedelta
from io import BytesIO

import make
import pytest
from answering import send

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db
from talent.national.mappings import service
from talent.national.models import NationalMapping

EXAMPLE = service.EXAMPLE.read_text(encoding="utf-8")
MINE = EXAMPLE.replace("示例对照表", "本区对照表").replace('title = "姓名"', 'title = "志愿者姓名"')


def keep(browser, office, text=MINE, status=303, valid_from="2026-06-01", **more):
    return browser.send(
        "/national/mappings/new", status=status, office=office.id, valid_from=valid_from,
        text=text, **more,
    )  # fmt: skip


@pytest.fixture
def administrator(street):
    return make.account(Role.ADMINISTRATOR, street)


def test_a_version_holds_below_its_office_and_stays_with_its_files(
    browser, street, office, records, administrator
):
    browser.sign_in(administrator)
    keep(browser, street)
    batch = send(browser, office)
    assert batch.mapping_name == "和平街道 · 本区对照表 · 1"
    keep(browser, street, MINE.replace("本区", "新版"))
    assert db.session.get(type(batch), batch.id).mapping.version == 1
    words = browser.visit("/national/mappings/").words
    assert "新版对照表" in words
    assert "本区对照表" in words
    assert db.session.query(AuditEntry).filter_by(act=Act.NATIONAL_MAPPED).count() == 2


def test_a_mapping_is_called_by_its_office_in_the_language_of_the_reader_and_by_its_title(
    browser, street, office, records, administrator
):
    browser.sign_in(administrator)
    example = send(browser, office)
    keep(browser, street)
    make.record(records[0].person, office, 30)
    preview = browser.visit(f"/national/batches/new?office={office.id}")
    assert f"Mapping {street.name_en} · 本区对照表 · 1" in preview.words
    batch = send(browser, office)
    address = f"/national/batches/{batch.id}"
    for url in (address, "/national/batches/"):
        page = browser.visit(url)
        assert f"{street.name_en} · 本区对照表 · 1" in page.words
        assert "本区对照表" in page.said("span", lang="zh-CN")
    for url in ("/national/mappings/", f"/national/mappings/{batch.mapping_id}"):
        assert "本区对照表" in browser.visit(url).said("span", lang="zh-CN")
    assert "Mapping The example" in browser.visit(f"/national/batches/{example.id}").words
    assert "志愿者姓名" in browser.visit(f"/national/mappings/{batch.mapping_id}").said(
        "td", lang="zh-CN"
    )
    browser.speak("zh")
    for url in (address, "/national/batches/"):
        assert "和平街道 · 本区对照表 · 1" in browser.visit(url).words


def test_a_version_holds_from_its_day_on(browser, office, records, administrator, clock):
    browser.sign_in(administrator)
    keep(browser, office, valid_from="2026-06-10")
    address = f"/national/batches/new?office={office.id}"
    assert "This is only the example mapping" in browser.visit(address).words
    clock.move_to(make.NOW + timedelta(days=9))
    browser.sign_in(administrator)
    assert "本区对照表" in browser.visit(address).words


def test_a_version_does_not_begin_in_the_past(browser, office, administrator):
    page = keep(browser.sign_in(administrator), office, status=422, valid_from="2026-05-31")
    assert "A mapping holds from today on at the earliest." in page.words


def test_what_is_wrong_is_said_beside_the_text_and_the_text_stays(browser, office, administrator):
    wrong = MINE.replace('field = "place"', 'field = "ort"').replace("decimals = 2", "")
    page = keep(browser.sign_in(administrator), office, wrong, status=422)
    assert "Column “服务地点”: there is no field “ort”." in page.words
    assert "“服务时长（小时）”: say how many decimals the hours have, from 0 to 4." in page.words
    assert "No column holds “Place”, which has to be entered." in page.words
    assert 'field = "ort"' in page.said("textarea")[0].replace("&#34;", '"')
    assert db.session.query(NationalMapping).count() == 0


def test_a_file_is_taken_instead_of_the_text(browser, office, administrator):
    file = (BytesIO(MINE.encode("utf-8-sig")), "mapping.toml")
    keep(browser.sign_in(administrator), office, "", files_=True, file=file)
    assert db.session.query(NationalMapping).one().title == "本区对照表"


def test_offices_with_different_mappings_are_sent_one_after_the_other(
    browser, street, office, other, records, administrator
):
    browser.sign_in(administrator)
    keep(browser, office)
    page = browser.visit(f"/national/batches/new?office={street.id}", status=422)
    assert "These offices use different mappings." in page.words
    browser.send(f"/national/batches/new?office={street.id}", status=409)
    assert send(browser, office).records == 2


def test_only_who_may_set_the_rules_writes_a_mapping(browser, office, other, coordinator):
    browser.sign_in(coordinator)
    browser.visit("/national/mappings/new", status=403)
    keep(browser, office, status=403)
    browser.sign_in(make.account(Role.MANAGER, other))
    keep(browser, office, status=422)
    assert db.session.query(NationalMapping).count() == 0


def test_a_mapping_of_above_is_read_below_and_of_beside_is_not(
    browser, street, office, other, administrator
):
    browser.sign_in(administrator)
    keep(browser, street)
    keep(browser, other)
    of_street, of_other = db.session.query(NationalMapping).order_by(NationalMapping.id)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    assert "志愿者姓名" in browser.visit(f"/national/mappings/{of_street.id}").words
    browser.visit(f"/national/mappings/{of_other.id}", status=404)
    assert "示例对照表" in browser.visit("/national/mappings/0").words

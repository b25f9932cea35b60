"""The office issues for one and for many, sees its own register, and revokes."""

import io
import re
import subprocess
import zipfile
from datetime import date

import make
import pytest
from counting import queries
from sqlalchemy import select

from talent import clock
from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.certificates import content
from talent.certificates.batches import service as batches
from talent.certificates.batches.models import CertificateBatch
from talent.certificates.batches.service import LISTED
from talent.certificates.models import Certificate
from talent.certificates.printing import jobs
from talent.db import db, writing


def certificates():
    return db.session.query(Certificate).order_by(Certificate.id).all()


def the_only():
    (certificate,) = certificates()
    return certificate


def text_of(pdf):
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", "", told.stdout.decode())


def self_export(browser, account, **wish):
    browser.sign_in(account).send("/certificates/", **{"language": "zh", **wish})
    return certificates()[-1]


def issue_for(browser, person, **wish):
    url = f"/certificates/people/{person.id}/issue"
    return browser.send(url, **{"language": "zh", **wish}).location


def test_an_office_certifies_only_what_it_recorded_and_names_who_did_it(
    browser, account, records, coordinator
):
    browser.sign_in(coordinator)
    shown = issue_for(browser, account.person)
    certificate = the_only()
    assert certificate.total_minutes == 150
    assert [unit.name_zh for unit in certificate.units] == ["春风社区居民委员会"]
    text = text_of(browser.get(f"{shown}/pdf").data)
    assert "王芳" in text
    assert "陪诊" not in text
    assert "2 h 30 min" in browser.visit(shown).words


def test_a_street_certifies_for_all_offices_below_it(browser, account, records, street):
    browser.sign_in(make.account(Role.COORDINATOR, street))
    issue_for(browser, account.person)
    assert the_only().total_minutes == 211


def test_an_office_that_recorded_nothing_is_refused_in_words(browser, account, street):
    alone = make.office("无关社区", parent=street)
    person = make.person("赵六", at=alone)
    browser.sign_in(make.account(Role.COORDINATOR, alone))
    page = browser.send(f"/certificates/people/{person.id}/issue", status=422, language="zh")
    assert "There is no approved record in this period." in page.words


def test_another_offices_unit_cannot_be_chosen(browser, account, records, coordinator, other):
    browser.sign_in(coordinator)
    url = f"/certificates/people/{account.person_id}/issue"
    browser.send(url, status=422, language="zh", office_id=other.id)
    assert certificates() == []


def test_a_person_of_another_office_does_not_exist(browser, account, records, street):
    stranger = make.account(Role.MANAGER, make.office("远方社区", parent=street))
    browser.sign_in(stranger)
    for path in ("", "/issue"):
        foreign = browser.visit(f"/certificates/people/{account.person_id}{path}", status=404)
        missing = browser.visit(f"/certificates/people/999999{path}", status=404)
        assert foreign.said("main") == missing.said("main")


def test_who_only_recorded_service_of_a_person_may_certify_it(browser, account, records, other):
    browser.sign_in(make.account(Role.COORDINATOR, other))
    issue_for(browser, account.person)
    assert the_only().total_minutes == 61


def test_an_auditor_reads_and_does_not_issue(browser, account, records, office):
    certificate = self_export(browser, account, office_id=office.id)
    browser.sign_in(make.account(Role.AUDITOR, office))
    assert (
        "Issue a certificate"
        not in browser.visit(f"/certificates/people/{account.person_id}").words
    )
    assert certificate.number in browser.visit("/certificates/register").words
    browser.send(f"/certificates/people/{account.person_id}/issue", status=403, language="zh")
    browser.send(f"/certificates/{certificate.id}/revocation", status=403)


def test_the_register_lists_what_holds_lines_of_ones_offices(
    browser, records, account, offices, coordinator
):
    office, other = offices
    mixed = self_export(browser, account).number
    of_office = self_export(browser, account, office_id=office.id).number
    of_other = self_export(browser, account, office_id=other.id).number
    page = browser.sign_in(coordinator).visit("/certificates/register")
    assert [number in page.words for number in (mixed, of_office, of_other)] == [True, True, False]
    browser.sign_in(make.account(Role.MANAGER, make.office("远方社区")))
    assert "ZM2026-" not in browser.visit("/certificates/register").words


def test_what_other_offices_recorded_stays_theirs(browser, account, records, coordinator):
    mixed = self_export(browser, account)
    page = browser.sign_in(coordinator).visit(f"/certificates/{mixed.id}")
    assert "only the volunteer can print it" in page.words
    assert "Xinghe" not in page.text
    browser.visit(f"/certificates/{mixed.id}/pdf", status=404)


def test_the_register_finds_by_number_name_and_pinyin(browser, account, records, coordinator):
    number = self_export(browser, account).number
    browser.sign_in(coordinator)
    for q in (number, number.lower()[:12], "王秀", "wangxiu", "wxl"):
        assert number in browser.visit(f"/certificates/register?q={q}").words
    for q in ("ZM2025", "李", "%", "ZM2026-0000"):
        page = browser.visit("/certificates/register", query_string={"q": q})
        assert "Nothing found" in page.words


@pytest.mark.parametrize("path", ["/certificates/register", "/certificates/people/{}"])
def test_a_list_of_three_costs_as_many_queries_as_a_list_of_one(
    browser, account, records, coordinator, path
):
    url = path.format(account.person_id)
    self_export(browser, account)
    browser.sign_in(coordinator).visit(url)
    with queries() as one:
        browser.visit(url)
    self_export(browser, account)
    self_export(browser, account)
    browser.sign_in(coordinator).visit(url)
    with queries() as three:
        assert browser.visit(url).words.count("ZM2026-") == 3
    assert len(three) == len(one)


def test_the_register_pages_by_key(browser, account, records, coordinator, monkeypatch):
    monkeypatch.setattr("talent.certificates.register.service.PAGE", 2)
    numbers = {self_export(browser, account).number for _ in range(3)}
    page = browser.sign_in(coordinator).visit("/certificates/register")
    (further,) = page.all("a", rel="next")
    rest = browser.visit(further.get("href"))
    found = re.findall(r"ZM2026-[\w-]+", page.words + " " + rest.words)
    assert len(found) == 3
    assert set(found) == numbers


def test_a_manager_revokes_with_a_reason_and_it_is_not_printed_any_more(
    browser, account, records, manager
):
    certificate = self_export(browser, account)
    browser.sign_in(manager).visit(f"/certificates/{certificate.id}/revocation")
    url = f"/certificates/{certificate.id}/revocation"
    page = browser.send(url, status=422, why="", kind="")
    assert page.said("p", class_="error") == [
        "Error: Please choose one.",
        "Error: Please fill in this field.",
    ]
    browser.send(url, kind="error", why="重复出具")
    page = browser.visit(f"/verify/{certificate.number}")
    assert "It was revoked on 1 Jun 2026. Issued in error" in page.words
    assert "重复出具" not in page.text
    assert "重复出具" in browser.visit(f"/certificates/{certificate.id}").words
    page = browser.send(url, status=422, kind="error", why="再一次")
    assert "This certificate was revoked already." in page.words
    browser.sign_in(account)
    assert "not valid any more" in browser.visit(f"/certificates/{certificate.id}/pdf", 409).words
    entry = db.session.query(AuditEntry).filter_by(act=Act.CERTIFICATE_REVOKED).one()
    assert entry.facts == {"number": certificate.number, "kind": "error"}


def test_a_coordinator_does_not_revoke_and_another_office_finds_nothing(
    browser, account, records, coordinator, street
):
    certificate = self_export(browser, account)
    url = f"/certificates/{certificate.id}/revocation"
    browser.sign_in(coordinator)
    assert "Revoke" not in browser.visit(f"/certificates/{certificate.id}").words
    browser.send(url, status=403, kind="error", why="x")
    browser.sign_in(make.account(Role.MANAGER, make.office("远方社区", parent=street)))
    browser.send(url, status=404, kind="error", why="x")
    assert the_only().revoked_at is None


def group_of(browser, *people, url="/certificates/batches/new", status=303, **wish):
    """What was asked for, when the worker has come to it."""
    chosen = [person.id for person in people]
    page = browser.send(url, status=status, **{"language": "zh", "people": chosen, **wish})
    jobs.work(clock.now())
    return page


def zip_of(browser, shown):
    answer = browser.get(f"{shown}/zip")
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_a_group_is_one_zip_of_pdfs_and_who_has_no_hours_is_named(
    browser, account, records, office, coordinator
):
    second = make.person("张三", at=office)
    make.record(second, office, 90)
    idle = make.person("孙七", at=office)
    browser.sign_in(coordinator)
    shown = group_of(browser, account.person, second, idle).location
    page = browser.visit(shown)
    assert page.said("h1") == ["2 certificates issued"]
    assert [li for li in page.said("li") if "孙七" in li] == [
        "孙七 There is no approved record in this period."
    ]
    file = zip_of(browser, shown)
    assert file.testzip() is None
    rows = file.read("Without a certificate.csv").decode("utf-8-sig").splitlines()
    assert rows[1:] == [f"孙七,{idle.volunteer_no},There is no approved record in this period."]
    made = {c.person.name: c for c in certificates()}
    printed = sorted(f"{n}_{c.number}.pdf" for n, c in made.items())
    assert sorted(file.namelist()) == sorted([*printed, "Without a certificate.csv"])
    assert len({c.number for c in made.values()}) == 2
    assert {n: c.total_minutes for n, c in made.items()} == {"王秀兰": 150, "张三": 90}
    assert "1小时30分" in text_of(file.read(f"张三_{made['张三'].number}.pdf"))
    assert browser.get(f"{shown}/zip").data == browser.get(f"{shown}/zip").data


def test_what_is_not_valid_any_more_is_not_in_the_zip(
    browser, account, records, office, coordinator
):
    second = make.person("张三", at=office)
    make.record(second, office, 90)
    browser.sign_in(coordinator)
    shown = group_of(browser, account.person, second).location
    with writing():
        certificates()[0].revoked_at = make.NOW
        certificates()[0].revoked_kind = "error"
    assert len(zip_of(browser, shown).namelist()) == 1


def test_what_cannot_be_printed_is_named_in_the_zip(browser, account, records, coordinator):
    browser.sign_in(coordinator)
    page = browser.send("/certificates/batches/new", language="zh", people=[account.person_id])
    (number,) = db.session.scalars(select(CertificateBatch.id))
    with writing():
        batches.issue_piece(number, make.NOW)
    with writing():  # a sign that was printable when it was issued, and is not any more
        certificate = the_only()
        certificate.content = certificate.content | {"handler": "\U0002ebf0"}
        certificate.digest = content.digest(certificate.content)
        db.session.query(CertificateBatch).one().seen_at = None
    jobs.work(make.NOW)
    file = zip_of(browser, page.location)
    assert file.namelist() == ["NOT-PRINTED.txt"]
    assert file.read("NOT-PRINTED.txt").decode() == f"王秀兰_{the_only().number}.pdf"


def test_a_group_is_seen_by_who_made_it(browser, account, records, office, coordinator):
    shown = group_of(browser.sign_in(coordinator), account.person).location
    browser.sign_in(make.account(Role.MANAGER, office))
    for path in ("", "/zip"):
        assert browser.get(f"{shown}{path}").status_code == 404


def test_nobody_chosen_and_foreign_people_change_nothing(
    browser, account, records, coordinator, other
):
    browser.sign_in(coordinator)
    page = group_of(browser, status=422)
    assert "Choose at least one person." in page.said("p", class_="error")[0]
    foreign = make.person("外人", at=other)
    make.record(foreign, other, 60)
    page = group_of(browser, account.person, foreign, status=422)
    assert "外人" not in page.text
    assert certificates() == []


def test_people_of_a_shift_and_of_a_project_are_offered(browser, account, records, office, other):
    shift = make.shift(make.project(office), start=-8, hours=3)
    make.signup(shift, account.person)
    make.person("不在班上的人", at=office)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    for url in (f"?shift={shift.id}", f"?project={shift.project_id}"):
        page = browser.visit(f"/certificates/batches/new{url}")
        assert "王秀兰 · 2 h 30 min" in page.said("label")
        assert "不在班上的人" not in page.text
        (box,) = page.all("input", name="people")
        assert box.get("checked") is not None
    shown = group_of(browser, account.person, url=f"/certificates/batches/new?shift={shift.id}")
    assert "王秀兰" in browser.visit(shown.location).words
    browser.sign_in(make.account(Role.COORDINATOR, other))
    assert "王秀兰" not in browser.visit(f"/certificates/batches/new?shift={shift.id}").text


def test_a_list_that_is_over_and_a_project_lead_to_their_certificates(browser, clock, office):
    coming, over = (make.shift(make.project(office), start=start) for start in (24, -8))
    browser.sign_in(make.account(Role.COORDINATOR, office))

    def led(url):
        return [
            a.get("href") for a in browser.visit(url).all("a") if "batches/new" in a.get("href")
        ]

    assert led(f"/shifts/{over.id}/roster") == [f"/certificates/batches/new?shift={over.id}"]
    assert led(f"/shifts/{coming.id}/roster") == []
    project = over.project_id
    assert led(f"/shifts/projects/{project}") == [f"/certificates/batches/new?project={project}"]
    browser.sign_in(make.account(Role.LEADER, office))
    assert led(f"/shifts/{over.id}/roster") == []


def test_people_of_the_offices_below_are_offered_and_those_of_others_are_not(
    browser, account, offices, street
):
    make.person("外人", at=make.office("远方社区"))
    office, other = offices
    browser.sign_in(make.account(Role.COORDINATOR, street))
    assert "王秀兰" in browser.visit("/certificates/batches/new").words
    assert "王秀兰" not in browser.visit(f"/certificates/batches/new?office={other.id}").words
    assert "外人" not in browser.visit("/certificates/batches/new").text
    browser.sign_in(make.account(Role.COORDINATOR, other))
    browser.visit(f"/certificates/batches/new?office={office.id}", status=404)


def test_the_boxes_of_three_people_cost_as_many_queries_as_that_of_one(
    browser, account, records, office, coordinator
):
    alone = make.office("小社区", parent=db.session.merge(office))
    make.person("甲", at=alone)
    url = f"/certificates/batches/new?office={alone.id}"
    browser.sign_in(coordinator).visit(url)
    with queries() as one:
        browser.visit(url)
    make.person("乙", at=alone)
    make.person("丙", at=alone)
    browser.visit(url)
    with queries() as three:
        assert len(browser.visit(url).all("input", name="people")) == 3
    assert len(three) == len(one)


def test_two_hundred_at_most_stand_on_a_page_and_the_rest_on_the_next(
    browser, clock, office, coordinator, monkeypatch
):
    assert LISTED == 200
    monkeypatch.setattr("talent.certificates.batches.service.LISTED", 2)
    names = [make.person(name, at=office).name for name in ("甲某", "乙某", "丙某")]
    browser.sign_in(coordinator)
    page = browser.visit("/certificates/batches/new")
    assert len(page.all("input", name="people")) == 2
    (further,) = page.all("a", rel="next")
    rest = browser.visit(further.get("href"))
    assert len(rest.all("input", name="people")) == 1
    assert all(name in page.text + rest.text for name in names)


def test_thirty_certificates_at_once_are_all_exact(browser, clock, office, coordinator):
    names = ["王" + chr(0x4E00 + number) for number in range(30)]
    people = [make.person(name, at=office) for name in names]
    for number, person in enumerate(people, 1):
        make.record(person, office, number, day=date(2026, 5, 1))
    shown = group_of(browser.sign_in(coordinator), *people).location
    made = {c.person.name: c.total_minutes for c in certificates()}
    assert made == {name: minutes for minutes, name in enumerate(names, 1)}
    assert len(zip_of(browser, shown).namelist()) == 30

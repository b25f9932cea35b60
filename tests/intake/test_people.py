"""People out of a spreadsheet: every row's outcome, nothing before the confirmation."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import make
import pytest
from sqlalchemy import func, select, text

from talent.access import Role
from talent.audit import AuditEntry
from talent.db import db, writing
from talent.files import StoredFile
from talent.intake import jobs, service
from talent.intake.models import Intake, IntakeRow, RowState
from talent.people.models import Consent, NameKey, Person, Registration, RegistrationState
from talent.rules.identity import Sex

FILES = Path(__file__).parent.parent / "sheets" / "files"
ROSTER, CSV = "people-roster.xlsx", "people-gb18030.csv"
KINDS = "退役军人服务 为老服务 医疗健康 文化体育 助残 儿童关爱 便民服务 环境保护"


@pytest.fixture
def here(app, clock):
    for kind in KINDS.split():
        make.category(kind, kind)
    return make.office("春风社区")


@pytest.fixture
def clerk(here, browser):
    browser.sign_in(make.account(Role.COORDINATOR, here))
    return browser


def uploaded(clerk, office, name, content=None, status=303, **more):
    content = content if content is not None else (FILES / name).read_bytes()
    sent = {"office": office.id, "kind": "people", "way": "both", "paper": "y"} | more
    sent["file"] = (BytesIO(content), name)
    return clerk.send("/people/imports", status=status, files_=True, **sent)


def looked_at(clerk, office, name, content=None, **more):
    """The page after the rows were looked at, and what to send in order to confirm it."""
    address = uploaded(clerk, office, name, content, **more).location
    jobs.work(make.NOW)
    page = clerk.visit(address)
    versions = [
        e.get("value") for e in page.all("input", type="hidden") if e.get("name") == "version"
    ]
    return page, f"{address}/confirmation", {"version": versions[0]} if versions else {}


def taken(clerk, url, fields, **answers):
    """Confirmed, and done by the worker."""
    clerk.send(url, **fields, **answers)
    jobs.work(make.NOW)
    return clerk.visit(url.removesuffix("/confirmation"))


def dry():
    """Row by row what was found in the latest file."""
    db.session.rollback()
    intake = db.session.scalars(select(Intake).order_by(Intake.id.desc())).first()
    query = select(IntakeRow).where(IntakeRow.intake_id == intake.id).order_by(IntakeRow.number)
    return {row.number: row for row in db.session.scalars(query)}


def csv(*rows):
    return "\n".join(["姓名,性别,出生日期,证件类型,证件号码,联系电话", *rows]).encode()


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def names():
    return set(db.session.scalars(select(Person.name)))


def test_each_row_of_the_roster_has_the_outcome_that_was_promised(clerk, here):
    page, *_ = looked_at(clerk, here, ROSTER)
    rows = dry()
    refused = {10: "E10", 18: "E18", 35: "D35", 37: "C37", 44: "E44", 52: "F52", 55: "B55"}
    assert {n: [r["at"] for r in rows[n].reasons] for n in refused} == {
        n: [at] for n, at in refused.items()
    }
    states = {number: row.state for number, row in rows.items()}
    assert {n for n, state in states.items() if state is RowState.REFUSED} == set(refused)
    assert {n for n, state in states.items() if state is RowState.DUPLICATE} == {49}
    assert {n for n, state in states.items() if state is RowState.IGNORED} == {66}
    assert {n for n, state in states.items() if state is RowState.TAKE} == (
        set(range(4, 66)) - {24, 46, 49} - set(refused)
    )
    for said in ("E10", "1.10105E+17", "E18", "D35", "C37", "E44", "F52", "B55", "row 7 already"):
        assert said in page.words
    assert "Under 14" in page.words
    assert "Row 66 is ignored: A row of totals." in page.words


def test_nothing_is_written_before_the_confirmation(clerk, here):
    looked_at(clerk, here, ROSTER)
    assert count(Person) == count(Registration) == count(NameKey) == 0


def test_an_upload_lies_sealed_until_it_is_confirmed(clerk, here):
    _page, url, fields = looked_at(clerk, here, CSV)
    kept = db.session.scalars(select(StoredFile)).one()
    assert b"110105198309109063" not in kept.content
    sealed = " ".join(db.session.scalars(text("SELECT cells FROM intake_row")))
    assert "110105198309109063" not in sealed
    db.session.rollback()
    taken(clerk, url, fields)
    assert count(StoredFile) == 0


def test_the_confirmed_roster_is_on_record_and_active_but_for_the_child(clerk, here):
    _page, url, fields = looked_at(clerk, here, ROSTER)
    taken(clerk, url, fields)
    assert count(Person) == 60 - 7 - 1  # without the refused ones and the duplicate
    assert {"𬱖一诺", "阿卜杜拉·买买提江", "于然犇", "萧犇晓"} <= names()
    states = dict(
        db.session.execute(
            select(Person.name, Registration.state).join(Person.registrations)
        ).all())  # fmt: skip
    assert {n for n, s in states.items() if s is not RegistrationState.ACTIVE} == {"袁国杰"}
    assert states["袁国杰"] is RegistrationState.APPLIED
    shen = db.session.scalars(select(Person).filter_by(name="沈思")).one()
    assert {c.name_zh for c in shen.categories} == {"文化体育", "助残"}
    phones = dict(db.session.execute(select(Person.name, Person.phone)).all())
    assert phones["阿卜杜拉·买买提江"] is not None
    documents = dict(db.session.execute(select(Person.name, Person.document)).all())
    assert "110105200207145063" in documents.values()
    assert {"+8618652897893", "+8618621849997"} <= set(phones.values())
    assert (shen.birth_date, shen.sex) == (date(2001, 9, 29), Sex.FEMALE)
    consent = db.session.scalars(select(Consent).filter_by(person_id=shen.id)).one()
    assert consent.on_paper
    audits = " ".join(str(a.facts) for a in db.session.scalars(select(AuditEntry)))
    assert "110105" not in audits


def test_the_same_file_twice_changes_nothing(clerk, here):
    for name in (ROSTER, CSV):
        page, url, fields = looked_at(clerk, here, name)
        assert "Take the rows that can be taken" in page.words
        taken(clerk, url, fields)
    before = (count(Person), count(Registration), count(Consent), count(NameKey))
    for name in (ROSTER, CSV):
        page, url, fields = looked_at(clerk, here, name)
        asking = name == CSV  # for the birth dates that its other documents do not tell
        assert ("Take the rows that can be taken" in page.words) is asking
        assert {row.state for row in dry().values()} <= {
            RowState.SAME, RowState.ASK, RowState.REFUSED, RowState.DUPLICATE, RowState.IGNORED
        }  # fmt: skip
        clerk.send(url, status=409, **fields)
    assert before == (count(Person), count(Registration), count(Consent), count(NameKey))


def test_the_csv_asks_for_the_birth_dates_that_other_documents_do_not_tell(clerk, here):
    page, url, fields = looked_at(clerk, here, CSV)
    states = {number: row.state for number, row in dry().items()}
    assert {n for n, state in states.items() if state is RowState.ASK} == {11, 12}
    assert set(states.values()) == {RowState.ASK, RowState.TAKE}
    assert page.all("input", id="born-11")
    assert page.all("select", id="sex-12")
    assert not page.all("input", id="born-25")
    answered = {"born-11": "1990-05-05", "sex-11": "male", "born-12": "not a day", "sex-12": "male"}
    taken(clerk, url, fields, **answered)
    assert "赵超" in names()
    assert "董涛" not in names()
    assert "龻龘" in names()
    assert count(Person) == 29
    minor = db.session.scalars(select(Person).filter_by(name="于辉")).one()
    assert minor.registrations[0].state is RegistrationState.APPLIED


def test_the_file_of_another_account_is_not_found(clerk, here):
    _page, url, fields = looked_at(clerk, here, CSV)
    clerk.sign_in(make.account(Role.COORDINATOR, here))
    clerk.send(url, status=404, **fields)
    clerk.visit(url.removesuffix("/confirmation"), status=404)


def test_the_confirmation_is_for_the_rows_that_were_shown(clerk, here):
    other = make.office("秋水社区")
    _page, url, fields = looked_at(clerk, here, CSV)
    clerk.send(url, status=409, version=int(fields["version"]) + 1)
    clerk.send(url, status=409)
    uploaded(clerk, other, CSV, status=422)
    assert count(Person) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.pdf", b"%PDF-1.7"),
        ("people.csv", b""),
        ("people.csv", "甲\n1".encode()),
        ("people.xlsx", b"no workbook"),
    ],
)
def test_a_file_that_is_no_table_of_people_is_refused_beside_the_field(clerk, here, name, content):
    page = uploaded(clerk, here, name, content, status=422)
    assert page.all("p", id="file-error")
    assert count(StoredFile) == 0


def test_without_the_consent_on_paper_nothing_is_looked_at(clerk, here):
    sent = {
        "office": here.id,
        "kind": "people",
        "way": "both",
        "file": (BytesIO(csv()), "people.csv"),
    }
    page = clerk.send("/people/imports", status=422, files_=True, **sent)
    assert page.all("p", id="paper-error")


def test_somebody_on_record_elsewhere_is_registered_here_too_and_stays_as_he_is(clerk, here):
    number = make.resident_id()
    _page, url, fields = looked_at(clerk, here, "a.csv", csv(f"王秀兰,,,,{number},13800138000"))
    taken(clerk, url, fields)
    other = make.office("秋水社区")
    clerk.sign_in(make.account(Role.COORDINATOR, other))
    rows = csv(f"王秀兰,,,,{number},13900139000")
    _page, url, fields = looked_at(clerk, other, "a.csv", rows)
    taken(clerk, url, fields)
    person = db.session.scalars(select(Person)).one()
    assert person.phone == "+8613800138000"
    assert {r.office_id for r in person.registrations} == {here.id, other.id}


def test_one_number_with_two_names_is_refused(clerk, here):
    number = make.resident_id()
    for name, expected in (("王秀兰", RowState.TAKE), ("李敏", RowState.REFUSED)):
        _page, url, fields = looked_at(clerk, here, "a.csv", csv(f"{name},,,,{number},13800138000"))
        assert dry()[2].state is expected
        clerk.send(url, status=303 if expected is RowState.TAKE else 409, **fields)
        jobs.work(make.NOW)
    assert names() == {"王秀兰"}


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("王秀兰,未知,,,{id},13800138000", "B2"),
        ("王秀兰,,不详,,{id},13800138000", "C2"),
        ("王秀兰,,,学生证吧,{id},13800138000", "D2"),
        ("王秀兰,,,,{id},", "F2"),
        ("王秀兰,,1990年3月15日,,{id},13800138000", "C2"),
        ("=1+1,,,,{id},13800138000", "A2"),
    ],
)
def test_the_cell_that_is_wrong_is_named(clerk, here, row, cell):
    looked_at(clerk, here, "a.csv", csv(row.format(id=make.resident_id())))
    found = dry()[2]
    assert found.state is RowState.REFUSED
    assert [said["at"] for said in found.reasons] == [cell]


def test_an_upload_that_nobody_confirms_is_forgotten(clerk, here):
    looked_at(clerk, here, CSV)
    with writing():
        assert service.forget(make.NOW - timedelta(days=1), now=make.NOW) == 0
        assert service.forget(make.NOW + timedelta(minutes=1), now=make.NOW) == 1
    assert count(StoredFile) == 0


def test_a_dry_run_of_three_hundred_rows_comes_in_pages(clerk, here):
    rows = [
        f"王{n},,,,{make.resident_id(date(1970, 1, 1) + timedelta(n))},13800138000"
        for n in range(300)
    ]
    page, *_ = looked_at(clerk, here, "a.csv", csv(*rows))
    assert len(page.all("tr")) == 1 + 200
    following = clerk.visit(page.all("a", rel="next")[0].get("href"))
    assert len(following.all("tr")) == 1 + 100

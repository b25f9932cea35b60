"""A volunteer with records at two offices, and people of the office that recorded most."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import make
import pytest
from pages import Page

from talent.access import Role
from talent.certificates import paper
from talent.certificates.models import Certificate
from talent.db import db


@pytest.fixture
def street(app):
    return make.office("和平街道", name_en="Heping Street")


@pytest.fixture
def office(street):
    return make.office(
        "春风社区居民委员会", parent=street, name_en="Chunfeng Residents' Committee",
        credit_code="91110105MA01ABCD0X",
    )  # fmt: skip


@pytest.fixture
def other(street):
    return make.office("星河社会工作站", parent=street, name_en="Xinghe Station")


@pytest.fixture
def offices(office, other):
    return office, other


@pytest.fixture
def account(clock, office):
    return make.volunteer(office, document="11010519491231002X", document_kind="resident_id")


@pytest.fixture
def records(account, office, other):
    """Three times 50 minutes at the office, 61 at another one, and some that do not count."""
    person = account.person
    kept = [
        make.record(person, office, 50, day=date(2026, 3, 1), activity="周末菜园"),
        make.record(person, office, 50, day=date(2026, 4, 1)),
        make.record(person, office, 50, day=date(2026, 5, 31)),
        make.record(person, other, 61, day=date(2026, 5, 2), activity="陪诊"),
    ]
    make.record(person, office, 500, state="pending", activity="待定的活动")
    make.record(make.person("李四", at=office), office, 333)
    return kept


@pytest.fixture
def coordinator(office):
    return make.account(Role.COORDINATOR, office, name="王芳")


@pytest.fixture
def manager(office):
    return make.account(Role.MANAGER, office)


@dataclass
class Issued:
    """A certificate as the volunteer has it: what it says, and the file."""

    id: int
    number: str
    content: dict[str, Any]
    pdf: bytes


@pytest.fixture
def issued(browser, account, records):
    """Issue one: `issued(office_id=...)` for what one unit recorded. Nobody is signed in after."""

    def give(**wishes):
        wishes = {"language": "both", "last": "2026-05-31"} | wishes
        browser.sign_in(account).send("/certificates/", **wishes)
        found = db.session.query(Certificate).order_by(Certificate.id.desc()).first()
        given = Issued(found.id, found.number, found.content, paper.printed(found.content))
        with browser.session_transaction() as session:
            session.clear()
        return given

    return give


@pytest.fixture
def single(issued, office):
    """What one office recorded, certified and signed by it."""
    return issued(office_id=office.id)


@pytest.fixture
def drop(browser):
    """A file is dropped on the public page: `drop(bytes)`."""

    def send(pdf, status=200):
        head = b'--X\r\nContent-Disposition: form-data; name="file"; filename="it.pdf"\r\n\r\n'
        kind = "multipart/form-data; boundary=X"
        page = Page(browser.post("/verify", data=head + pdf + b"\r\n--X--\r\n", content_type=kind))
        assert page.status == status, page.text[-2000:]
        return page

    return send

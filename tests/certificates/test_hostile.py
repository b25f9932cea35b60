"""What somebody tries with certificates who means no good, or only presses the wrong key."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, date, datetime, timedelta

import make
import pytest
from sqlalchemy import delete

from talent.access import Role
from talent.accounts.models import Grant
from talent.certificates.batches import service as batches
from talent.certificates.batches.models import BatchState, CertificateBatch
from talent.certificates.checking import document
from talent.certificates.content import digest
from talent.certificates.models import Certificate
from talent.certificates.printing import jobs
from talent.db import db, writing
from talent.hours.models import CorrectionRequest
from talent.reports.yearly import service as yearly
from talent.rules.corrections import CorrectionState


def tlv(tag, body):
    length = len(body).to_bytes(4, "big")
    return bytes([tag, 0x84]) + length + body


def crafted(certificates, signers):
    """A PDF that ends with a signature of this many elements."""
    sha256 = bytes.fromhex("300b0609608648016503040201")
    plain = tlv(0x30, bytes.fromhex("06092a864886f70d010701"))
    sets = tlv(0xA0, certificates) + tlv(0x31, signers)
    signed = tlv(0x30, b"\x02\x01\x01" + tlv(0x31, sha256) + plain + sets)
    der = tlv(0x30, bytes.fromhex("06092a864886f70d010702") + tlv(0xA0, signed))
    hole = b"<" + der.hex().upper().encode() + b">"
    head = b"%PDF-1.7\n/ByteRange [0 "
    before = len(head) + 30
    return head + f"{before} {before + len(hole)} 3]".encode().ljust(30) + hole + b"EOF"


@pytest.mark.parametrize("place", ["certificates", "signers"])
def test_a_signature_of_a_million_parts_is_not_taken_apart(place):
    many = b"\x30\x00" * 1_000_000
    one = {"certificates": tlv(0x30, b""), "signers": tlv(0x30, b"")}
    pdf = crafted(**(one | {place: many}))
    began = time.process_time()
    assert document.outermost(pdf) is None
    assert time.process_time() - began < 0.5


def test_a_period_from_before_there_were_computers_prints_and_is_checked(
    browser, account, records, office
):
    browser.sign_in(account).send("/certificates/", language="zh", first="1950-01-01")
    issued = db.session.query(Certificate).one()
    assert browser.get(f"/certificates/{issued.id}/pdf").data.startswith(b"%PDF")
    from talent.certificates.payload import service as payload  # noqa: PLC0415

    code = payload.address(issued.content).rpartition("/")[2]
    assert "This certificate is valid" in browser.visit(f"/verify/c/{code}").words


def test_a_form_that_is_gone_back_to_and_changed_is_another_certificate(browser, account, records):
    typed = {"once": "the-form", "last": "2026-05-31"}
    browser.sign_in(account).send("/certificates/", language="zh", **typed)
    browser.send("/certificates/", language="zh", **typed)
    assert db.session.query(Certificate).count() == 1
    browser.send("/certificates/", language="en", **typed)
    browser.send("/certificates/", language="en", **typed)
    found = db.session.query(Certificate).order_by(Certificate.id)
    assert [each.language.value for each in found] == ["zh", "en"]


def test_the_token_of_somebody_elses_form_is_nothing_special(browser, account, records, office):
    other = make.volunteer(office, "李四")
    make.record(other.person, office, 60, day=date(2026, 5, 1))
    browser.sign_in(account).send("/certificates/", language="zh", once="the-form")
    browser.sign_in(other).send("/certificates/", language="zh", once="the-form")
    names = {each.person.name for each in db.session.query(Certificate)}
    assert names == {"王秀兰", "李四"}


def test_a_batch_that_is_gone_back_to_and_changed_is_another_batch(browser, coordinator, records):
    typed = {"once": "the-form", "who": "hours"}
    browser.sign_in(coordinator).send("/certificates/batches/new", language="zh", **typed)
    browser.send("/certificates/batches/new", language="zh", **typed)
    assert db.session.query(CertificateBatch).count() == 1
    browser.send("/certificates/batches/new", language="en", **typed)
    assert db.session.query(CertificateBatch).count() == 2


def test_whoever_lost_an_office_does_not_read_whom_its_batch_left_out(
    browser, coordinator, records, office, street
):
    make.person("没有记录的人", at=office)
    shown = (
        browser.sign_in(coordinator)
        .send("/certificates/batches/new", language="zh", who="everybody")
        .location
    )
    jobs.work(make.NOW)
    assert "没有记录的人" in browser.visit(shown).text
    elsewhere = make.office("别处", parent=street)
    with writing():
        db.session.execute(delete(Grant).where(Grant.account_id == coordinator.id))
        db.session.add(
            Grant(
                account_id=coordinator.id, office_id=elsewhere.id, role=Role.COORDINATOR,
                granted_at=make.NOW,
            )
        )  # fmt: skip
    browser.sign_in(coordinator)
    assert "没有记录的人" not in browser.visit(shown).text
    body = browser.get(f"{shown}/zip").data
    file = zipfile.ZipFile(io.BytesIO(body))
    assert "没有记录的人" not in "".join(file.read(name).decode() for name in file.namelist())
    assert file.namelist() == []
    assert db.session.query(CertificateBatch).one().state is BatchState.READY


def test_a_year_of_the_report_begins_at_midnight_in_the_office(app, records, office, account):
    """Half past midnight on New Year's Day in Shanghai is still last year in Greenwich."""
    for at in (
        datetime(2025, 12, 31, 16, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 16, 30, tzinfo=UTC),
    ):
        make.saved(
            CorrectionRequest(
                record_id=records[0].id, person_id=account.person_id, office_id=office.id,
                wrong="少了一小时", made_by=account.id, made_at=at, due_on=date(2026, 2, 1),
                state=CorrectionState.ASKED,
            )
        )  # fmt: skip
    assert [yearly.figures(office, year)["asked"] for year in (2025, 2026, 2027)] == [0, 1, 1]


def test_what_was_changed_in_the_database_is_not_printed_and_signed_for_a_batch(
    browser, coordinator, records, office
):
    """Nor does a content that cannot be printed keep the others from their paper."""
    for name in ("李四光", "赵五"):
        make.record(make.person(name, at=office), office, 60, day=date(2026, 5, 1))
    shown = (
        browser.sign_in(coordinator)
        .send("/certificates/batches/new", language="zh", who="hours")
        .location
    )
    more = True
    while more:
        with writing():
            more = batches.issue_piece(1, make.NOW)
    with writing():
        changed, broken, *_ = db.session.query(Certificate).order_by(Certificate.id)
        changed.content = changed.content | {"total_minutes": 99_999}
        broken.content = {k: v for k, v in broken.content.items() if k != "period"}
        broken.digest = digest(broken.content)
        numbers = {changed.number, broken.number}
    jobs.work(make.NOW + timedelta(minutes=3))
    file = zipfile.ZipFile(io.BytesIO(browser.get(f"{shown}/zip").data))
    printed = [name for name in file.namelist() if name.endswith(".pdf")]
    assert len(printed) == 2
    assert not any(number in name for name in printed for number in numbers)
    told = file.read("NOT-PRINTED.txt").decode()
    assert all(number in told for number in numbers)

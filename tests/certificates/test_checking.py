"""Anybody checks a certificate by its code or its file: what was changed is never valid."""

from __future__ import annotations

import io
import random
import subprocess
from datetime import timedelta

import make
import pytest
from counting import queries
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy import event, update
from sqlalchemy.exc import SQLAlchemyError

from talent.certificates import number as numbers
from talent.certificates import paper, pdf
from talent.certificates.checking import service, throttle
from talent.certificates.checking.models import FileCheck
from talent.certificates.checking.service import Finding, Verdict
from talent.certificates.keys import minting
from talent.certificates.keys.minting import Owner, Voucher
from talent.certificates.models import Certificate
from talent.certificates.payload import service as payload
from talent.certificates.signing import pades
from talent.db import db, writing
from talent.hours.models import ServiceRecord


def found(pdf_):
    answer = service.by_file(pdf_)
    return answer.verdict, answer.finding


def path(content):
    return "/verify/c/" + payload.address(content).rpartition("/")[2]


def test_the_file_that_was_issued_is_valid_and_shows_the_minimum(drop, single):
    page = drop(single.pdf)
    assert "This certificate is valid" in page.words
    assert "no byte was changed" in page.words
    shown = dict(zip(page.said("dt"), page.said("dd"), strict=True))
    assert shown == {
        "Number": single.number,
        "Name": "王*",
        "Total": "2 h 30 min",
        "System-verified": "2 h 30 min",
        "Entered by hand": "0 h",
        "Period": "1 Mar 2026 – 31 May 2026",
        "Issued by": "Chunfeng Residents' Committee",
        "State": "Valid",
    }
    assert "王秀兰" not in page.text


def test_a_mixed_one_is_valid_too_and_not_without_its_second_signature(drop, issued):
    both = issued()
    assert "This certificate is valid" in drop(both.pdf).words
    first = both.pdf[: both.pdf.rindex(b"%%EOF\n", 0, both.pdf.rindex(b"/ByteRange")) + 6]
    page = drop(first)
    assert "This is not what was issued" in page.words
    assert both.number in page.words


def test_any_flipped_bit_of_the_file_is_found(single):
    hole = single.pdf.rindex(b"/Contents <")
    places = st.integers(0, len(single.pdf) - 1) | st.integers(hole, hole + 8300)

    @settings(max_examples=600)
    @given(places, st.integers(0, 7))
    def flipped(place, bit):
        changed = bytearray(single.pdf)
        changed[place] ^= 1 << bit
        assert service.by_file(bytes(changed)).verdict in {Verdict.ALTERED, Verdict.UNKNOWN}

    flipped()


def test_the_bytes_of_the_signature_itself_count(single):
    hole = single.pdf.rindex(b"/Contents <") + 11
    chance = random.Random(4)
    for place in range(hole, hole + 3400, 7):
        changed = bytearray(single.pdf)
        changed[place] = chance.choice(
            [each for each in b"0123456789ABCDEFabcdef" if each != changed[place]]
        )
        assert found(bytes(changed)) == (Verdict.ALTERED, Finding.CHANGED), place


def test_whatever_is_put_behind_or_before_the_file_is_found(single):
    @settings(max_examples=100)
    @given(st.binary(min_size=1, max_size=200))
    def longer(more):
        for changed in (single.pdf + more, more + single.pdf):
            assert service.by_file(changed).verdict is Verdict.ALTERED

    longer()


def test_an_appended_revision_is_found_though_poppler_calls_the_signature_valid(
    drop, single, tmp_path
):
    writer = IncrementalPdfFileWriter(io.BytesIO(single.pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    (tmp_path / "longer.pdf").write_bytes(out.getvalue())
    told = subprocess.run(
        ["pdfsig", tmp_path / "longer.pdf"], capture_output=True, check=False, text=True
    )
    assert "Signature is Valid." in told.stdout
    page = drop(out.getvalue())
    assert "This is not what was issued" in page.words
    assert "changed or saved anew" in page.words


def test_an_unsigned_copy_is_not_what_was_issued(drop, single):
    page = drop(pdf.render(single.content))
    assert "This is not what was issued" in page.words
    assert page.all("a", href=f"/verify/{single.number}")


def test_what_somebody_else_signed_in_the_name_of_the_office_is_not_what_was_issued(
    single, clock, office
):
    """A stranger mints a root and an office of the same names, and signs a false total."""
    false = single.content | {"total_minutes": 9999}
    root = minting.of_root(Owner("街道"), make.NOW)
    own = minting.of_pdf(Owner(office.name_zh), Voucher(root.certificate, root.private), make.NOW)
    signatory = pades.signatory(own.private, own.certificate, root.certificate)
    words = pades.Words(f"{single.number} SHA-256 {'0' * 64}", make.NOW)
    forged = pades.sign(pdf.render(false), signatory, words, place=1, of=1)
    assert found(forged) == (Verdict.ALTERED, Finding.CHANGED)


def test_another_certificates_content_under_this_number_is_not_what_was_issued(single, issued):
    """The office's own key, but what it signed was never issued: the register has another."""
    certificate = db.session.get(Certificate, single.id)
    false = single.content | {"total_minutes": 9999}
    assert found(paper.printed(false)) == (Verdict.ALTERED, Finding.OTHERS)
    assert certificate.content == single.content


def test_a_signed_file_whose_number_is_not_in_the_register_is_unknown(single):
    lost = single.content | {"number": numbers.new(2026)}
    assert found(paper.printed(lost))[0] is Verdict.UNKNOWN


def test_a_file_from_before_there_were_keys_says_that_it_proves_nothing(drop, single):
    old = {k: v for k, v in single.content.items() if k not in {"signatures", "payload"}}
    from talent.certificates.content import digest  # noqa: PLC0415

    with writing():
        db.session.execute(
            update(Certificate)
            .where(Certificate.id == single.id)
            .values(content=old, digest=digest(old))
        )
    page = drop(paper.printed(old))
    assert "This certificate is valid" in page.words
    assert "issued before certificates were signed" in page.words
    assert "Compare what stands here with the paper." in page.words


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n/ByteRange [0 5 7 99]",
        b"%PDF-1.7\n/ByteRange [0 999999999 999999999 999999999]",
        b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 50_000,
        b"%PDF-1.7\n" + b"[" * 1_000_000,
        b"%PDF-1.7\n" + b"<<" * 500_000 + b"\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n" + b"ZM2026-" * 300_000,
    ],
    ids=range(7),
)
def test_a_hostile_file_costs_little(drop, clock, body):
    assert "This is no certificate of ours" in drop(body).words


@pytest.mark.parametrize(
    "der", [b"", b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\xa0" * 4000]
)
def test_a_hostile_signature_is_none(app, der):
    head = b"%PDF-1.7\n/ByteRange [0 "
    hole = b"<" + der.hex().upper().encode() + b">"
    before = len(head) + 30
    given_ = f"{before} {before + len(hole)} 3]".encode().ljust(30) + hole + b"EOF"
    assert found(head + given_)[0] is Verdict.UNKNOWN


def test_what_is_no_pdf_and_what_is_too_large_is_refused(drop, browser, clock):
    page = drop(b"PK\x03\x04 a spreadsheet", status=422)
    assert "This is not a PDF." in page.words
    page = browser.send("/verify", status=422)
    assert "Choose a file." in page.words
    drop(b"%PDF-" + bytes(6 * 1024 * 1024), status=413)
    assert "larger than 5 MB" in drop(b"%PDF-" + bytes(5 * 1024 * 1024), status=422).words


def test_nothing_of_a_file_is_kept(drop, single):
    def tables():
        return {t.name: db.session.query(t).count() for t in db.metadata.sorted_tables}

    before = tables()
    drop(single.pdf)
    after = tables()
    assert {name for name in after if after[name] != before[name]} == {"file_check"}
    (row,) = db.session.query(FileCheck)
    assert "127.0.0.1" not in row.address_index + row.network_index


def test_a_corrected_record_names_the_certificate_that_takes_its_place(
    browser, drop, single, issued, office
):
    with writing():
        row = db.session.query(ServiceRecord).filter_by(office_id=office.id).order_by("id").first()
        row.content = "浇水、除草"
    page = drop(single.pdf)
    assert "Ask the volunteer for a new certificate." in page.words
    for days in ({"first": "2026-05-01"}, {"last": "2026-05-01"}):  # not all of its days
        elsewhere = issued(office_id=office.id, **days)
        assert not drop(single.pdf).all("a", href=f"/verify/{elsewhere.number}")
    newer = issued(office_id=office.id)
    for page in (
        drop(single.pdf),
        browser.visit(f"/verify/{single.number}"),
        browser.visit(path(single.content)),
    ):
        assert "This certificate takes its place:" in page.words
        assert page.all("a", href=f"/verify/{newer.number}")
    assert "This certificate is valid" in drop(newer.pdf).words


def test_a_revoked_certificate_is_told_as_such_by_file_and_code(browser, drop, single):
    with writing():
        row = db.session.get(Certificate, single.id)
        row.revoked_at, row.revoked_kind = make.NOW, "false_record"
    for page in (drop(single.pdf), browser.visit(path(single.content))):
        assert "It was revoked on 1 Jun 2026. A record in it was not true" in page.words


def test_a_code_that_was_changed_or_says_something_else_is_not_what_was_issued(
    browser, single, monkeypatch
):
    own = path(single.content)
    changed = own[:-9] + ("A" if own[-9] != "A" else "B") + own[-8:]
    page = browser.visit(changed)
    assert "not signed by any office here" in page.words
    page = browser.visit(path(single.content | {"total_minutes": 9999}))
    assert "does not say what was issued under this number" in page.words
    assert page.all("a", href=f"/verify/{single.number}")
    lost = single.content | {"number": numbers.new(2026)}
    assert browser.visit(path(lost), status=404)


def test_numbers_hold_sixty_random_bits():
    drawn = {numbers.new(2026)[7:].replace("-", "")[:-1] for _ in range(2000)}
    assert {len(each) for each in drawn} == {12}
    assert len(numbers.LETTERS) ** 12 == 2**60
    for place in range(12):
        assert len({each[place] for each in drawn}) == 32


def test_every_number_that_nobody_has_gets_the_same_answer_for_the_same_work(browser, single):
    told, asked = set(), set()
    for number in (numbers.new(2026), numbers.new(1999), "ZM2026-0000-0000-00000", "x", "%25"):
        throttle.forget()
        with queries() as made:
            page = browser.visit(f"/verify/{number}", status=404)
        asked.add(len(made))
        told.add((*page.said("title"), *page.said("main")))
    assert len(asked) == 1
    assert len(told) == 1


def test_whoever_tries_numbers_is_slowed_down_and_whoever_checks_a_class_is_not(
    browser, single, clock
):
    for _ in range(100):
        browser.visit(f"/verify/{single.number}")
    tried = 0
    while browser.get(f"/verify/{numbers.new(2026)}").status_code == 404:
        tried += 1
    assert tried <= 2
    page = browser.visit(f"/verify/{single.number}", status=429)
    assert "Please wait" in page.words
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert browser.get(f"/verify/{single.number}", environ_base=elsewhere).status_code == 200
    clock.move_to(make.NOW + timedelta(minutes=1))
    browser.visit(f"/verify/{single.number}")


def test_a_whole_network_is_slowed_down_together(browser, clock):
    seen = []
    for host in range(1, 100):
        answer = browser.get(
            f"/verify/{numbers.new(2026)}", environ_base={"REMOTE_ADDR": f"198.51.100.{host}"}
        )
        seen.append(answer.status_code)
    assert seen.count(404) == throttle.OF_NETWORK // throttle.UNKNOWN
    assert throttle.places("2001:db8:1:2:3::4") == ("2001:db8:1:2::/64", "2001:db8:1::/48")


def test_numbers_that_nobody_has_are_counted_for_all_machines(browser, single, clock, monkeypatch):
    monkeypatch.setattr(throttle, "GUESSES_OF_ADDRESS", 3)
    for _ in range(3):
        browser.visit(f"/verify/{single.number}")  # known: it costs nothing and writes nothing
        browser.visit(f"/verify/{numbers.new(2026)}", status=404)
        throttle.forget()  # as another machine has not counted them
    assert db.session.query(FileCheck).count() == 3
    for path_ in (numbers.new(2026), single.number, "c/x"):
        browser.visit(f"/verify/{path_}", status=429)
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert browser.get(f"/verify/{single.number}", environ_base=elsewhere).status_code == 200
    clock.move_to(make.NOW + timedelta(minutes=11))
    browser.visit(f"/verify/{single.number}")
    browser.visit(f"/verify/{numbers.new(2026)}", status=404)
    db.session.rollback()
    assert db.session.query(FileCheck).count() == 1  # what counts no more is gone


def test_a_database_that_cannot_be_written_on_answers_who_checks(browser, single):
    def full(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT"):
            raise SQLAlchemyError

    event.listen(db.engine, "before_cursor_execute", full)
    try:
        browser.visit(f"/verify/{numbers.new(2026)}", status=404)
        browser.visit(f"/verify/{single.number}")
    finally:
        event.remove(db.engine, "before_cursor_execute", full)


def test_files_are_counted_in_the_database_for_all_processes(browser, drop, clock, monkeypatch):
    monkeypatch.setattr(throttle, "FILES_OF_ADDRESS", 3)
    for _ in range(3):
        drop(b"%PDF-1.7\n")
    throttle.forget()  # as another process has not counted them
    drop(b"%PDF-1.7\n", status=429)
    clock.move_to(make.NOW + timedelta(minutes=11))
    drop(b"%PDF-1.7\n")
    assert db.session.query(FileCheck).count() == 1  # what counts no more is gone


def test_a_check_costs_the_same_number_of_queries_for_every_length(browser, single, issued, office):
    browser.visit(path(single.content))
    db.session.rollback()
    with queries() as short:
        service.by_file(single.pdf)
    person = db.session.get(Certificate, single.id).person
    for day in range(1, 6):
        make.record(person, office, 30, day=make.NOW.date() - timedelta(days=30 + day))
    longer = issued(office_id=office.id)
    db.session.rollback()
    with queries() as long:
        assert service.by_file(longer.pdf).verdict is Verdict.VALID
    assert len(long) == len(short)

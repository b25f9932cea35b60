"""Keys of offices: made once, kept sealed, replaced, withdrawn, and shown to everybody."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from cryptography import x509
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Text, select, type_coerce
from together import together

from talent import seal
from talent.access import SYSTEM, Role
from talent.audit import Act, AuditEntry
from talent.certificates import paper
from talent.certificates.checking import service as checking
from talent.certificates.checking.service import Verdict
from talent.certificates.keys import service
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.certificates.models import Certificate
from talent.certificates.payload import service as payload
from talent.db import db, writing

LATER = make.NOW + timedelta(days=3)


def keys_of(office, purpose=Purpose.PDF):
    db.session.rollback()
    query = select(OfficeKey).where(OfficeKey.office_id == office.id, OfficeKey.purpose == purpose)
    return db.session.scalars(query.order_by(OfficeKey.id)).all()


def check(issued):
    db.session.rollback()
    return checking.by_file(issued.pdf).verdict, checking.by_code(code(issued)).verdict


def code(issued):
    return payload.address(issued.content).rpartition("/")[2]


@pytest.fixture
def replaced(browser, manager, office):
    """The manager replaces the keys, with a reason."""

    def act(status=303, **fields):
        browser.sign_in(manager)
        fields = {"why": "换届"} | fields
        page = browser.send(f"/certificates/keys/{office.id}/replacement", status=status, **fields)
        with browser.session_transaction() as session:
            session.clear()
        return page

    return act


def withdraw(browser, manager, key, since, status=303):
    browser.sign_in(manager)
    wall = since + timedelta(hours=8)
    page = browser.send(
        f"/certificates/keys/{key.id}/withdrawal", status=status, why="电脑被盗",
        since=wall.strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    with browser.session_transaction() as session:
        session.clear()
    return page


def test_the_first_certificate_makes_the_keys_and_the_next_ones_use_them(issued, office):
    first, second = issued(office_id=office.id), issued(office_id=office.id)
    assert len(keys_of(office)) == len(keys_of(office, Purpose.PAYLOAD)) == 1
    assert first.content["signatures"] == second.content["signatures"]
    assert db.session.query(AuditEntry).filter_by(act=Act.KEY_MADE).count() == 3  # and the root


def test_no_private_key_lies_open_in_the_database(single):
    for text, public in db.session.execute(
        select(type_coerce(OfficeKey.private, Text), OfficeKey.public)
    ):
        assert "PRIVATE" not in text
        assert b"PRIVATE" not in public
        assert "-----BEGIN PRIVATE KEY-----" in seal.unseal(text)


def test_a_root_vouches_for_the_key_of_the_office(single, office):
    (key,) = keys_of(office)
    own = x509.load_der_x509_certificate(key.certificate)
    root = x509.load_der_x509_certificate(key.root.certificate)
    own.verify_directly_issued_by(root)
    assert own.not_valid_after_utc < root.not_valid_after_utc
    names = {each.oid.dotted_string: each.value for each in own.subject}
    assert names["2.5.4.3"] == office.name_zh
    assert names["2.5.4.97"] == office.credit_code


def test_an_office_with_a_very_long_name_signs_too(browser, clock, drop):
    office = make.office("社区" * 50)
    account = make.volunteer(office)
    make.record(account.person, office, 60)
    browser.sign_in(account).send("/certificates/", language="zh")
    row = db.session.query(Certificate).one()
    assert checking.by_file(paper.printed(row.content)).verdict is Verdict.VALID


def test_after_a_replacement_new_keys_sign_and_old_certificates_stay_valid(
    issued, office, replaced, single
):
    replaced()
    newer = issued(office_id=office.id)
    assert newer.content["signatures"] != single.content["signatures"]
    assert newer.content["payload"] != single.content["payload"]
    assert check(single) == check(newer) == (Verdict.VALID, Verdict.VALID)
    assert paper.printed(single.content) == single.pdf
    old, new = keys_of(office)
    assert (old.retired_at, old.replaced_by_id, old.why) == (make.NOW, new.id, "换届")
    entries = db.session.query(AuditEntry).filter_by(act=Act.KEY_REPLACED)
    entry = entries.order_by(AuditEntry.id).first()
    assert entry.facts["why"] == "换届"


def test_without_a_reason_nothing_is_replaced(replaced, single, office):
    page = replaced(status=422, why=" ")
    assert "Please fill in this field." in page.words
    assert len(keys_of(office)) == 1


def test_what_a_withdrawn_key_signed_after_the_moment_is_not_believed(
    browser, issued, single, office, manager, clock
):
    clock.move_to(LATER)
    late = issued(office_id=office.id)
    for purpose in (Purpose.PDF, Purpose.PAYLOAD):
        (key,) = keys_of(office, purpose)
        withdraw(browser, manager, key, LATER - timedelta(hours=1))
    assert check(late) == (Verdict.WITHDRAWN, Verdict.WITHDRAWN)
    assert check(single) == (Verdict.VALID, Verdict.VALID)
    page = browser.visit(f"/verify/{late.number}")
    assert "It was signed with a key that was withdrawn" in page.words
    assert "Since 4 Jun 2026, 08:00" in page.words
    assert "电脑被盗" not in page.text
    afterwards = issued(office_id=office.id)
    assert check(afterwards) == (Verdict.VALID, Verdict.VALID)


def test_a_thief_cannot_date_his_file_back(browser, drop, single, office, manager, clock):
    """The stolen key signs a false total with the day, number and digest of the true one."""
    false = single.content | {
        "total_minutes": 9999,
        "person": {**single.content["person"], "name": "李四"},
    }
    from talent.certificates.signing import service as signing  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "reason", lambda _: f"{single.number} SHA-256 {digest(single)}")
        forged = paper.printed(false)
    clock.move_to(LATER)
    (key,) = keys_of(office)
    withdraw(browser, manager, key, LATER - timedelta(hours=1))
    page = drop(forged)
    assert "so it proves nothing" in page.words
    assert "This certificate is valid" in drop(single.pdf).words  # the very bytes that we print


def digest(issued):
    return db.session.get(Certificate, issued.id).digest


def test_a_key_is_withdrawn_once_not_from_the_future_and_not_before_it_was(
    browser, single, office, manager, clock
):
    (key,) = keys_of(office)
    page = withdraw(browser, manager, key, make.NOW + timedelta(days=1), status=422)
    assert "This moment is still to come." in page.words
    page = withdraw(browser, manager, key, make.NOW - timedelta(days=1), status=422)
    assert "The key was made after this moment." in page.words
    clock.move_to(LATER)
    withdraw(browser, manager, key, make.NOW + timedelta(days=1))
    page = withdraw(browser, manager, key, make.NOW + timedelta(days=1), status=422)
    assert "This key was withdrawn already." in page.words
    assert len(keys_of(office)) == 2


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR, Role.VOLUNTEER])
def test_only_a_manager_replaces_and_withdraws(browser, single, office, role):
    (key,) = keys_of(office)
    browser.sign_in(make.account(role, office))
    for url in (f"{office.id}/replacement", f"{key.id}/withdrawal"):
        browser.visit(f"/certificates/keys/{url}", status=403)


def test_the_manager_of_another_office_finds_nothing(browser, single, office, other):
    (key,) = keys_of(office)
    browser.sign_in(make.account(Role.MANAGER, other))
    for url in (f"{office.id}/replacement", f"{key.id}/withdrawal"):
        browser.visit(f"/certificates/keys/{url}", status=404)


def test_everybody_finds_the_keys_and_takes_them_home(browser, single, office):
    page = browser.visit("/verify/keys")
    assert page.all("a", href=f"/verify/keys/{office.id}")
    page = browser.visit(f"/verify/keys/{office.id}")
    key, summary = keys_of(office)[0], keys_of(office, Purpose.PAYLOAD)[0]
    assert key.fingerprint[:8] in page.words
    assert "Replace the keys" not in page.words
    for each, begins in ((key, "CERTIFICATE"), (key.root, "CERTIFICATE"), (summary, "PUBLIC KEY")):
        pem = browser.get(f"/verify/keys/{each.fingerprint}.pem").get_data(as_text=True)
        assert pem.startswith(f"-----BEGIN {begins}-----")
    browser.visit("/verify/keys/" + "0" * 64 + ".pem", status=404)
    browser.visit("/verify/keys/999", status=404)


def test_an_office_without_keys_says_so(browser, office, clock):
    assert (
        "They are made with the first certificate of this office."
        in browser.visit(f"/verify/keys/{office.id}").words
    )
    assert "No certificate was signed yet" in browser.visit("/verify/keys").words


def test_commands_rotate_and_reseal(app, single, office, issued, monkeypatch):
    run = app.test_cli_runner().invoke
    told = run(args=["keys", "rotate", "--office", str(office.id)])
    assert "2 new keys" in told.output
    told = run(args=["keys", "rotate", "--root", "--why", "年度更换"])
    assert "3 new keys" in told.output  # the root and two of the office
    newer = issued(office_id=office.id)
    assert check(single) == check(newer) == (Verdict.VALID, Verdict.VALID)
    assert len({key.root_id for key in keys_of(office)}) == 2

    old, new = app.config["DATA_KEYS"], Fernet.generate_key().decode()
    before = app.extensions["seal"]
    try:
        monkeypatch.setitem(app.config, "DATA_KEYS", [new, *old])
        seal.init_app(app)
        assert "8 keys are sealed with the newest data key" in run(args=["keys", "reseal"]).output
        monkeypatch.setitem(app.config, "DATA_KEYS", [new])
        seal.init_app(app)
        db.session.rollback()
        for key in keys_of(office):
            assert "PRIVATE KEY" in key.private
        monkeypatch.setitem(app.config, "DATA_KEYS", old)
        seal.init_app(app)
        db.session.rollback()
        with pytest.raises(InvalidToken):
            _ = keys_of(office)[0].private
    finally:
        app.extensions["seal"] = before


def issue_first(start, office_id):
    start()
    with writing():
        found = service.frozen([office_id], actor=SYSTEM, now=make.NOW)
        return found["signatures"][0]["key"]


def test_four_first_certificates_at_once_make_one_key(settings, office, clock):
    said = set(together(settings, *[(issue_first, office.id)] * 4))
    assert said == {key.fingerprint for key in keys_of(office)}
    assert len(said) == 1

"""Keys are replaced while people work, and what a thief of the database would read."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections import Counter

import filled
import make
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.engine import make_url

from config import MissingSetting, Production
from talent import passwords, seal
from talent.accounts import service as accounts
from talent.accounts.service import Login
from talent.db import Sealed, db, writing
from talent.files import StoredFile
from talent.people.models import Person
from talent.people.particulars.service import document_index
from talent.rotation import service as rotation
from talent.rules.identity import DocumentKind

NUMBER = re.compile(r"(?<!\d)(\+?86)?(1\d{10}|\d{17}[\dX])(?!\d)")
PHONE = "+8613712345678"


@pytest.fixture
def keys(app, monkeypatch):
    """Put other keys in place: `keys(DATA_KEYS=[...])`; the old ones are back afterwards."""

    def put(**given):
        for name, value in given.items():
            monkeypatch.setitem(app.config, name, value)
        seal.init_app(app)

    before = app.extensions["seal"]
    yield put
    app.extensions["seal"] = before


def sealed_by():
    return sum((rotation.count(place) for place in rotation.places()), Counter())


def texts():
    """All sealed texts, opened: by table, column and row."""
    db.session.rollback()
    found = {}
    for table, column in rotation.places():
        if isinstance(column.type, Sealed):
            for *key, text in db.session.execute(select(*table.primary_key, column)):
                if text is not None:
                    found[table.name, column.name, *key] = text
    return found


@pytest.mark.usefixtures("clock")
def test_a_new_data_key_takes_over_while_people_work(app, keys, monkeypatch):
    filled.fill("http://localhost")
    old, new = app.config["DATA_KEYS"], Fernet.generate_key().decode()
    before, files = texts(), db.session.query(StoredFile).count()
    assert len({name[:2] for name in before}) > 8
    keys(DATA_KEYS=[new, *old])

    # It is broken off after some pieces, and somebody writes between its reading and its writing.
    monkeypatch.setattr(rotation, "PIECE", 2)
    rotation.reseal(rotation.places()[0])
    place = next(each for each in rotation.places() if each.title == "person.phone")
    number, text = next((row[0], row[1]) for row in rotation._rows(place, None))
    with writing():
        db.session.get(Person, number).phone = PHONE
    with writing():
        rotation._renew(place, (number,), text)
    db.session.expire_all()
    assert db.session.get(Person, number).phone == PHONE
    assert len(sealed_by()) == 2

    done = app.test_cli_runner().invoke(args=["data", "reseal"])
    assert done.exit_code == 0, done.output
    keys(DATA_KEYS=[new])  # the old one is gone
    assert set(sealed_by()) == {seal.data_key_ids()[0]}
    assert texts() == before | {("person", "phone", number): PHONE}
    assert db.session.query(StoredFile).count() == files
    for file in db.session.query(StoredFile):
        if file.content.startswith(b"gAAAA"):
            assert seal.unseal(file.content.decode())
    again = app.test_cli_runner().invoke(args=["data", "keys"])
    assert f"key 1 of DATA_KEYS ({seal.data_key_ids()[0]}): " in again.output


def test_a_text_that_no_key_opens_is_named_and_the_rest_is_done(app, keys):
    first = make.person("甲", phone=PHONE)
    make.person("乙", phone=PHONE)
    lost = Fernet.generate_key().decode()
    kept = app.config["DATA_KEYS"]
    keys(DATA_KEYS=[lost])
    with writing():
        first.phone = "+8613800138000"
    keys(DATA_KEYS=[Fernet.generate_key().decode(), *kept])
    done = app.test_cli_runner().invoke(args=["data", "reseal"])
    assert done.exit_code == 1
    assert "opened by no key: 1" in done.output
    assert f"({seal.data_key_ids()[0]}): 1\n" in done.output


@pytest.mark.usefixtures("clock")
def test_a_new_index_key_finds_whom_the_old_one_found(app, keys):
    office = make.office()
    number = make.resident_id()
    person = make.person(at=office, document_kind=DocumentKind.RESIDENT_ID, document=number)
    with writing():
        person.phone, person.document_index = PHONE, document_index(person.document_kind, number)
        person.phone_index = seal.blind_index("phone", PHONE)
    login, other = Login(phone=PHONE), Login(phone="+8613700000001")
    own = make.account(person=person, phone_index=login.phone_index)
    stranger = make.account(phone_index=other.phone_index)
    keys(INDEX_KEY="another" * 9, INDEX_KEY_FALLBACKS=[app.config["INDEX_KEY"]])
    assert accounts.account_by(login) is own  # before anything was made anew

    done = app.test_cli_runner().invoke(args=["data", "reindex"])
    assert done.exit_code == 0, done.output
    assert "1 accounts keep" in done.output
    db.session.expire_all()
    assert person.document_index == document_index(DocumentKind.RESIDENT_ID, number)
    assert person.phone_index == own.phone_index == seal.blind_index("phone", PHONE)
    assert accounts.account_by(other) is stranger  # by the older key, until he signs in
    keys(INDEX_KEY_FALLBACKS=[])
    assert accounts.account_by(login) is own
    assert accounts.account_by(other) is None


def test_an_account_that_signs_in_is_found_by_the_present_key(app, browser, keys):
    keys_before = app.config["INDEX_KEY"]
    browser.post("/account/first-start", data={})  # nothing: there is no account yet
    account = make.account(password_hash=make_password("three-quiet-herons"))
    with writing():
        account.phone_index = seal.blind_index("phone", PHONE)
    keys(INDEX_KEY="another" * 9, INDEX_KEY_FALLBACKS=[keys_before])
    browser.send("/account/sign-in", login="13712345678", password="three-quiet-herons")
    db.session.expire_all()
    assert account.phone_index == seal.blind_index("phone", PHONE)


def make_password(text):
    return passwords.hashed(text)


def test_a_new_secret_key_signs_nobody_out(app, browser, monkeypatch):
    account = make.account(name="周敏")
    browser.sign_in(account)
    link = seal.sign("purpose", [1, 2])
    old = app.config["SECRET_KEY"]
    monkeypatch.setitem(app.config, "SECRET_KEY", "entirely another key of this app")
    assert browser.get("/account/").status_code == 303
    assert seal.signed("purpose", link) is None
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [old])
    browser.sign_in(account)
    assert browser.get("/account/").status_code == 200
    assert seal.signed("purpose", link) == [1, 2]
    fresh = seal.sign("purpose", 3)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    assert seal.signed("purpose", fresh) == 3  # the new key signs


# -- what a thief would read


def dumped(app):
    """The whole database as bytes: the file of SQLite, or what pg_dump writes."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    db.session.rollback()
    if url.get_backend_name() == "sqlite":
        with db.engine.connect() as connection:
            return bytes(connection.connection.driver_connection.serialize())
    host = {"host": url.query["host"]} if "host" in url.query else {}
    plain = url.set(drivername="postgresql", query={})
    words = ["pg_dump", "--dbname", plain.render_as_string(hide_password=False)]
    words += ["--host", host["host"]] if host else []
    given = os.environ | {"PGPASSWORD": url.password or ""}
    return subprocess.run(words, capture_output=True, check=True, env=given).stdout


def numbers():
    """Every phone and identity number that is sealed somewhere, as somebody would type it."""
    found = set()
    for text in texts().values():
        found |= {match[1] for match in NUMBER.findall(text)}
    for file in db.session.query(StoredFile):
        if file.content.startswith(b"gAAAA"):
            text = base64.b64decode(seal.unseal(file.content.decode())).decode(errors="ignore")
            found |= {match[1] for match in NUMBER.findall(text)}
    return found


@pytest.mark.usefixtures("clock")
def test_a_dump_holds_no_number_of_anybody(app, browser):
    who, known = filled.fill("http://localhost")
    browser.sign_in(who["administrator"])
    typed = {
        "name": "钱多多", "document_kind": "resident_id", "document": make.resident_id(serial=77),
        "phone": "13712345670", "guardian_phone": "13712345671", "guardian_name": "钱父",
        "guardian_relation": "父亲", "area": "春风社区", "paper": "y", "born": "1990-03-14",
        "categories": known["category_id"], "office": known["office_id"],
    }  # fmt: skip
    browser.send("/people/new", **typed)
    own = f"/people/{known['person_id']}"
    browser.send(
        f"{own}/edit", **typed | {"phone": "13712345672", "name": "王秀兰", "document": ""}
    )
    browser.send(
        f"{own}/profile", emergency_name="钱母", emergency_relation="母亲",
        emergency_phone="13712345673",
    )  # fmt: skip
    found, body = numbers(), dumped(app)
    assert {f"1371234567{each}" for each in range(4)} | {typed["document"]} <= found
    assert "王秀兰".encode() in body  # what is in plain is seen
    assert {each for each in found if each.encode() in body} == set()


def test_production_does_not_start_with_what_anybody_could_know(tmp_path, monkeypatch):
    good = {
        "SECRET_KEY": "q8Zr2TnYw5Lc7VbXk3Hd9Jf6Ms4Pa1Ge0Ui",
        "INDEX_KEY": "n3Wd8Kx5Qz1Tb7Yc4Hv9Lf2Rm6Gj0Pa_SeUo",
        "DATA_KEYS": Fernet.generate_key().decode(), "PUBLIC_URL": "https://talent.example",
    }  # fmt: skip
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    assert Production(tmp_path).SESSION_COOKIE_SECURE
    for name in good:
        with monkeypatch.context() as without:
            without.delenv(name)
            with pytest.raises(MissingSetting):
                Production(tmp_path)
    for name in ("SECRET_KEY", "INDEX_KEY", "DATA_KEYS"):
        for bad in ("short", "secret" * 8, "0" * 64, "changemechangemechangemechangeme"):
            with monkeypatch.context() as wrong:
                wrong.setenv(name, bad)
                with pytest.raises(MissingSetting):
                    Production(tmp_path)
    monkeypatch.setenv("INDEX_KEY", good["SECRET_KEY"])
    with pytest.raises(MissingSetting):
        Production(tmp_path)

"""Credentials: entered by one, verified by another, seen by those who know the holder."""

import io
from datetime import date

import make
import making
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, one
from talent.files import LARGEST_BYTES, StoredFile
from talent.training.models import Credential

PNG = b"\x89PNG\r\n\x1a\n picture"
FIELDS = {"number": "JH-2025-17", "issued_on": "2025-03-01", "valid_until": "2028-02-29"}


def the_credential():
    db.session.rollback()
    return db.session.query(Credential).one()


def hand_in(browser, content, name="救护员证.pdf", status=303, **more):
    fields = FIELDS | {"kind_id": making.kind().id} | more
    url = "/training/mine/credentials/new"
    return browser.send(url, status, files_=True, paper=(io.BytesIO(content), name), **fields)


def test_a_volunteer_hands_in_and_a_second_person_verifies(browser, cast):
    browser.sign_in(cast.volunteer)
    hand_in(browser, making.PDF)
    assert "To be verified" in browser.visit("/training/mine").words
    credential = the_credential()
    assert (credential.number, credential.valid_until) == ("JH-2025-17", date(2028, 2, 29))
    browser.sign_in(cast.coordinator)
    assert "王秀兰" in browser.visit("/training/credentials?standing=unverified").words
    card = browser.send(f"/training/credentials/{credential.id}/verification", 200, htmx=True)
    assert card.all("article", id=f"credential-{credential.id}")
    assert "Valid" in card.said("span", class_="state")
    assert the_credential().verified_by == cast.coordinator.id
    browser.send(f"/training/credentials/{credential.id}/verification", 409)


def test_who_entered_a_credential_does_not_verify_it(browser, cast):
    browser.sign_in(cast.coordinator)
    url = f"/training/people/{cast.person.id}/credentials/new"
    browser.send(url, kind_id=making.kind().id, **FIELDS)
    credential = the_credential()
    page = browser.visit(f"/training/people/{cast.person.id}")
    assert "A second person has to verify it." in page.words
    refused = browser.send(f"/training/credentials/{credential.id}/verification", 409)
    assert "A second person has to verify it." in refused.words
    assert the_credential().verified_at is None
    browser.sign_in(cast.second)
    browser.send(f"/training/credentials/{credential.id}/verification")
    assert the_credential().verified_by == cast.second.id


def test_nobody_verifies_what_is_his_own(browser, cast):
    holder = make.person("李梅", at=cast.office)
    account = make.account(Role.COORDINATOR, cast.office, person=holder)
    making.credential(holder, verified=False, by=cast.coordinator)
    browser.sign_in(account)
    refused = browser.send(f"/training/credentials/{the_credential().id}/verification", 409)
    assert "Nobody verifies a credential of one" in refused.words


def test_an_auditor_does_not_verify(browser, cast):
    credential = making.credential(cast.person, verified=False)
    browser.sign_in(make.account(Role.AUDITOR, cast.office))
    assert "Verify the credential" not in browser.visit(
        f"/training/credentials/{credential.id}"
    ).said("button")
    browser.send(f"/training/credentials/{credential.id}/verification", 403)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ program", "Only PDF, PNG and JPEG files are taken as evidence."),
        (b"<html><script>", "Only PDF, PNG and JPEG files are taken as evidence."),
        (b"", "The file is empty."),
    ],
)
def test_a_paper_of_another_kind_is_refused_beside_its_field(browser, cast, content, said):
    browser.sign_in(cast.volunteer)
    page = hand_in(browser, content, status=422)
    assert said in page.words
    assert page.all("input", name="number", value="JH-2025-17")
    assert db.session.query(Credential).count() == db.session.query(StoredFile).count() == 0


def test_a_paper_of_more_than_five_megabytes_is_refused(browser, cast):
    browser.sign_in(cast.volunteer)
    fields = FIELDS | {"kind_id": str(making.kind().id)}
    parts = [
        f'--end\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
        for n, v in fields.items()
    ]
    parts.append('--end\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n')
    body = "".join(parts).encode() + making.PDF + b"0" * LARGEST_BYTES + b"\r\n--end--\r\n"
    answer = browser.post(
        "/training/mine/credentials/new",
        data=body,
        content_type="multipart/form-data; boundary=end",
    )
    assert answer.status_code == 422
    assert "The file is larger than 5 MB." in answer.text
    assert db.session.query(StoredFile).count() == 0


@pytest.mark.parametrize("content", [PNG, b"\xff\xd8\xff photo", making.PDF])
def test_scans_and_photos_are_taken(browser, cast, content):
    browser.sign_in(cast.volunteer)
    hand_in(browser, content)
    assert db.session.query(StoredFile).one().content == content


def test_the_paper_comes_back_under_its_chinese_name_to_those_who_may(browser, cast):
    browser.sign_in(cast.volunteer)
    hand_in(browser, PNG, name="救护员证.pdf")
    url = f"/training/credentials/{the_credential().id}/evidence"
    for account in (cast.volunteer, cast.coordinator):
        answer = browser.sign_in(account).get(url)
        assert (answer.status_code, answer.data, answer.mimetype) == (200, PNG, "image/png")
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;")
        assert "filename*=UTF-8''%E6%95%91%E6%8A%A4%E5%91%98%E8%AF%81.pdf" in disposition
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    for account in (cast.stranger, make.volunteer(cast.office, "赵远")):
        assert browser.sign_in(account).get(url).status_code == 404


def test_a_credential_without_a_paper_has_none_to_fetch(browser, cast):
    credential = making.credential(cast.person)
    browser.sign_in(cast.coordinator)
    browser.visit(f"/training/credentials/{credential.id}/evidence", 404)


def test_another_office_reaches_nothing_of_it(browser, cast):
    credential = making.credential(cast.person, verified=False)
    browser.sign_in(cast.stranger)
    assert "王秀兰" not in browser.visit("/training/credentials").words
    browser.visit(f"/training/credentials/{credential.id}", 404)
    browser.visit(f"/training/people/{cast.person.id}/credentials/new", 404)
    browser.send(f"/training/credentials/{credential.id}/verification", 404)
    browser.send(f"/training/credentials/{credential.id}/withdrawal", 404, why="x")
    assert one(Credential, credential.id).verified_at is None


@pytest.mark.parametrize(
    ("code", "changed", "said"),
    [
        ("first_aid", {"issued_on": "2026-06-02"}, "This day is still to come."),
        ("first_aid", {"valid_until": "2025-02-28"}, "The last day is before the day of issue."),
        ("first_aid", {"valid_until": ""}, "This kind of credential lapses"),
        ("first_aid", {"issued_on": ""}, "Please fill in this field."),
    ],
)
def test_its_days_must_make_sense(browser, cast, code, changed, said):
    browser.sign_in(cast.volunteer)
    fields = FIELDS | {"kind_id": making.kind(code).id} | changed
    page = browser.send("/training/mine/credentials/new", 422, **fields)
    assert said in page.words


def test_a_yearly_check_holds_a_year_and_a_certificate_does_not_lapse(browser, cast):
    browser.sign_in(cast.volunteer)
    for code in ("child_safety", "social_worker"):
        fields = FIELDS | {"kind_id": making.kind(code).id}
        last = "" if code == "child_safety" else "2028-01-01"
        browser.send("/training/mine/credentials/new", **(fields | {"valid_until": last}))
    found = {c.kind.code: c.valid_until for c in db.session.query(Credential)}
    assert found == {"child_safety": date(2026, 3, 1), "social_worker": None}


def test_the_same_paper_is_not_taken_down_twice(browser, cast):
    browser.sign_in(cast.volunteer)
    hand_in(browser, making.PDF)
    page = hand_in(browser, making.PDF, status=422)
    assert "This credential is on record already." in page.words
    assert db.session.query(Credential).count() == 1


def test_the_office_withdraws_with_a_reason_and_it_counts_no_more(browser, cast):
    credential = making.credential(cast.person)
    browser.sign_in(cast.coordinator)
    url = f"/training/credentials/{credential.id}/withdrawal"
    browser.send(url, 422, why=" ")
    browser.send(url, why="证件系伪造")
    page = browser.visit(f"/training/credentials/{credential.id}")
    assert "证件系伪造" in page.words
    assert "Withdrawn" in page.words
    browser.send(url, 409, why="again")
    browser.send(f"/training/credentials/{credential.id}/verification", 409)


def test_the_holder_takes_back_what_nobody_has_verified(browser, cast):
    own = making.credential(cast.person, verified=False)
    valid = making.credential(cast.person)
    browser.sign_in(cast.volunteer)
    browser.send(f"/training/credentials/{own.id}/withdrawal", why="选错了种类")
    browser.send(f"/training/credentials/{valid.id}/withdrawal", 403, why="x")
    assert one(Credential, own.id).ended_why == "选错了种类"


def test_the_list_is_filtered_by_state_and_kind(browser, cast):
    making.credential(make.person("钱有效", at=cast.office))
    making.credential(make.person("孙过期", at=cast.office), valid_until=date(2026, 5, 31))
    making.credential(make.person("李待核", at=cast.office), verified=False)
    making.credential(make.person("周驾驶", at=cast.office), code="driving")
    browser.sign_in(cast.coordinator)

    def names(query):
        words = browser.visit(f"/training/credentials?{query}").words
        return {n for n in ("钱有效", "孙过期", "李待核", "周驾驶") if n in words}

    assert names("") == {"钱有效", "孙过期", "李待核", "周驾驶"}
    assert names("standing=valid") == {"钱有效", "周驾驶"}
    assert names("standing=lapsed") == {"孙过期"}
    assert names("standing=unverified") == {"李待核"}
    assert names("standing=withdrawn") == set()
    assert names(f"kind={making.kind('driving').id}") == {"周驾驶"}
    assert names("standing=nonsense&kind=nonsense&after=nonsense") == names("")


def test_the_list_asks_the_same_number_of_questions(browser, cast):
    browser.sign_in(cast.coordinator)
    counted = []
    for new in (1, 2):
        for code in ("first_aid", "driving")[:new]:
            making.credential(make.person(at=cast.office), code=code)
        browser.visit("/training/credentials")
        with queries() as sent:
            browser.visit("/training/credentials")
        counted.append(len(sent))
    assert counted[0] == counted[1]

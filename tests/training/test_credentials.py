"""Credentials: entered by one, verified by another, seen by those who know the holder."""

import io
from datetime import date

import make
import making
import papers
import pytest
from counting import queries

from talent.access import Role
from talent.db import db, one
from talent.files import LARGEST_BYTES, StoredFile
from talent.messages.models import Message, MessageKind
from talent.rules.credentials import CheckResult
from talent.training import service as training
from talent.training.models import Credential

PNG = papers.PNG
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


def test_a_driving_licence_has_classes_and_a_number_in_its_form(browser, cast):
    browser.sign_in(cast.volunteer)
    kind = making.kind("driving")
    page = browser.visit(f"/training/mine/credentials/new?kind_id={kind.id}")
    assert page.all("input", type="checkbox", name="classes", value="C1")
    fields = FIELDS | {"number": "1100 1234 5678", "kind_id": kind.id, "classes": ["C1", "B2"]}
    browser.send("/training/mine/credentials/new", **fields)
    credential = the_credential()
    assert (credential.number, credential.classes) == ("110012345678", ["B2", "C1"])


def test_the_kind_is_chosen_first_and_its_form_asks_only_for_what_it_needs(browser, cast):
    browser.sign_in(cast.volunteer)
    assert "No kinds of credentials yet" in browser.visit("/training/mine/credentials/new").words
    kind = making.kind("social_worker")
    first = browser.visit("/training/mine/credentials/new")
    assert first.all("select", name="kind_id")
    assert not first.all("input", name="number")
    assert "Registration as a social worker" not in first.words
    page = browser.visit(f"/training/mine/credentials/new?kind_id={kind.id}")
    assert page.all("input", name="number")
    assert not page.all("input", name="valid_until")
    assert not page.all("input", name="result")


def test_a_check_that_found_something_never_counts(browser, cast):
    browser.sign_in(cast.volunteer)
    fields = FIELDS | {"kind_id": making.kind("child_safety").id, "result": "found"}
    browser.send("/training/mine/credentials/new", **fields)
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/credentials/{the_credential().id}/verification")
    page = browser.visit(f"/training/credentials/{the_credential().id}")
    assert "A record was found" in page.words
    assert training.credentials_of([cast.person.id]) == {}


def a_check(cast, day, result, *, verified=False):
    return making.credential(
        cast.person, "child_safety", by=cast.second, verified=verified, result=result,
        issued_on=day, valid_until=None, number=None, paper=("a.pdf", making.PDF),
    )  # fmt: skip


def test_a_check_that_found_something_ends_those_before_it(browser, cast):
    clear = a_check(cast, date(2025, 9, 1), CheckResult.CLEAR, verified=True)
    waits = a_check(cast, date(2025, 9, 2), CheckResult.CLEAR)
    found = a_check(cast, date(2026, 5, 1), CheckResult.FOUND)
    assert cast.person.id in training.credentials_of([cast.person.id])
    browser.sign_in(cast.coordinator)
    browser.send(f"/training/credentials/{found.id}/verification")
    assert training.credentials_of([cast.person.id]) == {}
    page = browser.visit(f"/training/credentials/{clear.id}")
    assert "Withdrawn" in page.words
    assert "A record was found" in page.words
    browser.send(f"/training/credentials/{waits.id}/verification", 409)
    older = a_check(cast, date(2025, 9, 3), CheckResult.CLEAR)
    refused = browser.send(f"/training/credentials/{older.id}/verification", 409)
    assert "A later check found a record" in refused.words
    newer = a_check(cast, date(2026, 5, 20), CheckResult.CLEAR)
    browser.send(f"/training/credentials/{newer.id}/verification")
    assert len(training.credentials_of([cast.person.id])[cast.person.id]) == 1


def test_what_waits_stands_in_a_queue_the_oldest_first(browser, cast):
    for name in ("甲先来", "乙后到"):
        making.credential(make.person(name, at=cast.office), verified=False, by=cast.second)
    own = making.credential(cast.person, verified=False, by=cast.coordinator)
    browser.sign_in(cast.coordinator)
    page = browser.visit("/training/verification")
    assert page.words.index("甲先来") < page.words.index("乙后到")
    assert "You entered it yourself." in page.words
    browser.sign_in(cast.second)
    browser.send(f"/training/credentials/{own.id}/verification")
    assert "王秀兰" not in browser.visit("/training/verification").words
    browser.sign_in(cast.stranger)
    assert "甲先来" not in browser.visit("/training/verification").words


def test_the_paper_stands_beside_the_form_and_nothing_else_may_be_framed(browser, cast):
    browser.sign_in(cast.volunteer)
    hand_in(browser, making.PDF)
    url = f"/training/credentials/{the_credential().id}"
    browser.sign_in(cast.coordinator)
    answer = browser.get(url)
    assert f'src="{url}/evidence/shown' in answer.text
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    shown = browser.get(f"{url}/evidence/shown")
    assert (shown.data, shown.mimetype) == (making.PDF, "application/pdf")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    other = browser.get("/training/credentials").headers["Content-Security-Policy"]
    assert "frame-src" not in other
    assert browser.sign_in(cast.stranger).get(f"{url}/evidence/shown").status_code == 404


def test_who_verifies_may_refuse_with_a_reason_and_the_holder_is_told(browser, cast):
    credential = making.credential(cast.person, verified=False, by=cast.coordinator)
    browser.sign_in(cast.second)
    url = f"/training/credentials/{credential.id}/refusal"
    assert "Please fill in this field." in browser.send(url, 422, why=" ").words
    browser.send(url, why="照片不清楚")
    assert "Not verified" in browser.visit(f"/training/credentials/{credential.id}").words
    browser.send(url, 409, why="x")
    browser.send(f"/training/credentials/{credential.id}/verification", 409)
    message = db.session.query(Message).filter_by(kind=MessageKind.PAPER_REFUSED).one()
    assert (message.person_id, message.facts["why"]) == (cast.person.id, "照片不清楚")
    assert "王秀兰" in browser.visit("/training/credentials?standing=refused").words


def test_who_entered_it_does_not_refuse_it_either(browser, cast):
    credential = making.credential(cast.person, verified=False, by=cast.coordinator)
    browser.sign_in(cast.coordinator)
    page = browser.send(f"/training/credentials/{credential.id}/refusal", 409, why="x")
    assert "A second person has to verify it." in page.words
    assert the_credential().ended_at is None


@pytest.mark.parametrize("content", [PNG, papers.JPEG, making.PDF])
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
        ("food", {}, "is taken down with its paper: please add the file."),
        ("child_safety", {}, "Say what was found."),
        ("driving", {}, "A number of this kind looks like 110012345678."),
        ("driving", {"number": ""}, "This kind of credential has a number: please enter it."),
        ("driving", {"number": "110012345678"}, "Choose at least one class."),
        ("first_aid", {"number": "11010519491231002x"}, "This is an identity number."),
    ],
)
def test_its_days_must_make_sense(browser, cast, code, changed, said):
    browser.sign_in(cast.volunteer)
    fields = FIELDS | {"kind_id": making.kind(code).id} | changed
    page = browser.send("/training/mine/credentials/new", 422, **fields)
    assert said in page.words


def test_a_yearly_check_holds_a_year_and_a_certificate_does_not_lapse(browser, cast):
    browser.sign_in(cast.volunteer)
    for code, more in (("child_safety", {"result": "clear"}), ("social_worker", {})):
        last = "2030-01-01"  # whatever the paper says: the next check is due in a year
        hand_in(browser, making.PDF, kind_id=making.kind(code).id, valid_until=last, **more)
    found = {c.kind.code: (c.valid_until, c.recheck_on) for c in db.session.query(Credential)}
    year = date(2026, 3, 1)
    assert found == {"child_safety": (year, year), "social_worker": (None, None)}


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

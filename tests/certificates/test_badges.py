"""An Open Badge says what a unit recorded, is verified by two strangers, and names nobody."""

import base64
import copy
import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta

import foreign
import make
import pytest
import time_machine
from pyld import jsonld

from talent.access import Role
from talent.certificates import content as contents
from talent.certificates.badges import proof, shape, status
from talent.certificates.badges.service import _keys_in
from talent.certificates.keys import service as keys
from talent.certificates.models import Certificate, RevocationKind
from talent.certificates.service import revoke
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.models import EntryKind, Origin, ServiceRecord

CANARY = "11010519491231002X"


@pytest.fixture(scope="module", autouse=True)
def _verifiers():
    foreign.provide()


@pytest.fixture
def clock():
    """The strangers read the machine's own clock: here it stands still at this moment."""
    now = datetime.now(UTC).replace(microsecond=0)
    with time_machine.travel(now, tick=False) as traveller:
        traveller.began = now
        yield traveller


@pytest.fixture
def records(account, office, other, clock):
    """Two hours and a half that were verified, twenty minutes by hand, and 61 minutes elsewhere."""
    person, today = account.person, clock.began.date()
    return [
        make.record(person, office, 100, day=today - timedelta(days=90), activity="周末菜园"),
        make.record(person, office, 50, day=today - timedelta(days=60)),
        make.record(person, office, 20, day=today - timedelta(days=30), origin=Origin.HAND),
        make.record(person, other, 61, day=today - timedelta(days=40), activity="陪诊"),
    ]


@pytest.fixture
def certificate(browser, account, records):
    browser.sign_in(account).send("/certificates/", language="both")
    return db.session.query(Certificate).one()


def taken(browser, certificate, unit, **asked):
    answer = browser.get(
        f"/certificates/{certificate.id}/badges/{unit.id}", query_string=asked or None
    )
    assert answer.status_code == 200
    return json.loads(answer.get_data(as_text=True))


def panel(certificate):
    return f"/certificates/{certificate.id}/badges"


def lists(browser, badge):
    """The list at the address that the badge names: as JSON, and as a token."""
    where = badge["credentialStatus"]["statusListCredential"]
    path = "/verify/" + where.partition("/verify/")[2]
    listed = browser.get(path, headers={"Accept": "application/vc"})
    token = browser.get(path, headers={"Accept": "application/vc+jwt"})
    assert listed.status_code == token.status_code == 200
    assert listed.get_json(force=True)["id"] == where
    return listed.get_json(force=True), token.get_data(as_text=True)


def both(*badges, **more):
    """What both say of each."""
    found = zip(
        foreign.openbadgeslib(*badges, issuer=more.get("issuer"), token=more.get("token", "")),
        foreign.digitalbazaar(*badges, issuer=more.get("issuer"), listed=more.get("listed")),
        strict=True,
    )
    return [(one["verified"], two["verified"], one["said"], two["said"]) for one, two in found]


def sealed(badge, private, created):
    """The badge with another proof."""
    bare = {name: value for name, value in badge.items() if name != "proof"}
    return proof.signed(bare, private=private, created=created)


def private_of(certificate, unit):
    fingerprint = _keys_in(certificate.content)[unit.id]
    return keys.private_of([fingerprint])[fingerprint]


def test_a_badge_has_the_shape_of_open_badges(browser, certificate, office, records):
    badge = taken(browser, certificate, office)
    assert badge["@context"] == [proof.CREDENTIALS, proof.BADGES]
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["issuer"]["id"].startswith("did:key:z6Mk")
    assert badge["issuer"]["name"].startswith("春风社区居民委员会")
    assert badge["validFrom"] == proof.moment(certificate.issued_at) == badge["proof"]["created"]
    subject = badge["credentialSubject"]
    achievement = subject["achievement"]
    assert subject["id"].startswith("urn:uuid:")
    assert "identifier" not in subject
    assert achievement["achievementType"] == "CommunityService"
    assert subject["activityStartDate"][:10] == records[0].day.isoformat()
    assert subject["activityEndDate"][:10] == records[2].day.isoformat()
    names = {each["id"]: each["name"] for each in achievement["resultDescription"]}
    values = {names[each["resultDescription"]][:6]: each["value"] for each in subject["result"]}
    assert values == {"服务时长 S": "2:50", "其中系统核验": "2.5", "其中人工登记": "0:20"}
    assert "2小时50分" in achievement["description"]


def test_each_unit_has_a_badge_of_its_own(browser, certificate, office, other):
    first, second = taken(browser, certificate, office), taken(browser, certificate, other)
    assert first["issuer"]["id"] != second["issuer"]["id"]
    assert first["id"] != second["id"]
    assert second["credentialSubject"]["result"][0]["value"] == "1:01"
    assert [each[:2] for each in both(first, second)] == [(True, True)] * 2


def test_the_same_certificate_gives_the_same_badge(browser, certificate, office, clock):
    first = browser.get(f"/certificates/{certificate.id}/badges/{office.id}").get_data()
    clock.shift(timedelta(minutes=10))
    assert browser.get(f"/certificates/{certificate.id}/badges/{office.id}").get_data() == first


def test_a_changed_badge_is_refused_by_both(browser, certificate, office):
    badge = taken(browser, certificate, office)
    changed = []
    for change in (
        lambda one: one["credentialSubject"]["result"][0].update(value="99"),
        lambda one: one["issuer"].update(name="别的单位"),
        lambda one: one["credentialSubject"]["achievement"].update(description="100小时"),
        lambda one: one["credentialStatus"].update(statusListIndex="7"),
        lambda one: one.update(validFrom="2020-01-01T00:00:00Z"),
        lambda one: one["proof"].update(created="2020-01-01T00:00:00Z"),
        lambda one: one.pop("credentialStatus"),
    ):
        one = copy.deepcopy(badge)
        change(one)
        changed.append(one)
    verdicts = both(badge, *changed)
    assert verdicts[0][:2] == (True, True)
    assert [each[:2] for each in verdicts[1:]] == [(False, False)] * len(changed)


def test_an_expired_badge_is_refused_by_both(browser, certificate, office, clock):
    badge = taken(browser, certificate, office)
    private = private_of(certificate, office)
    until = proof.moment(clock.began - timedelta(days=1))
    began = proof.moment(clock.began - timedelta(days=9))
    expired = sealed(
        badge | {"validFrom": began, "validUntil": until}, private, clock.began - timedelta(days=9)
    )
    holding = sealed(
        badge | {"validUntil": proof.moment(clock.began + timedelta(days=1))},
        private,
        clock.began,
    )
    verdicts = both(expired, holding)
    assert [each[:2] for each in verdicts] == [(False, False), (True, True)]


def test_a_badge_of_another_issuer_is_refused_by_both(browser, certificate, office, other):
    badge, foreign_ = taken(browser, certificate, office), taken(browser, certificate, other)
    stolen = sealed(badge, private_of(certificate, other), certificate.issued_at)
    assert both(stolen)[0][:2] == (False, False)
    verdicts = both(badge, foreign_, issuer=badge["issuer"]["id"])
    assert [each[:2] for each in verdicts] == [(True, True), (False, False)]


def test_an_unknown_context_is_refused_by_both_and_never_fetched(browser, certificate, office):
    badge = taken(browser, certificate, office)
    for context in (
        [*badge["@context"], "https://example.org/unknown"],
        [proof.CREDENTIALS, "https://purl.imsglobal.org/spec/ob/v3p0/context-9.9.9.json"],
    ):
        assert both(badge | {"@context": context})[0][:2] == (False, False)
    with pytest.raises(jsonld.JsonLdError):
        sealed(
            badge | {"@context": [*badge["@context"], "https://example.org/unknown"]},
            private_of(certificate, office),
            certificate.issued_at,
        )


def test_after_a_change_of_keys_old_badges_still_verify(
    browser, certificate, office, account, manager, clock
):
    old = taken(browser, certificate, office)
    clock.shift(timedelta(seconds=5))
    with writing():
        keys.replace(office.id, why="年度更换", actor=manager.actor, now=clock.began)
    assert taken(browser, certificate, office) == old
    make.record(account.person, office, 30, day=clock.began.date() - timedelta(days=1))
    browser.send("/certificates/", language="zh")
    fresh = db.session.query(Certificate).order_by(Certificate.id.desc()).first()
    new = taken(browser, fresh, office)
    assert new["issuer"]["id"] != old["issuer"]["id"]
    listed, token = lists(browser, old)
    assert both(old, listed=listed, token=token)[0][:2] == (True, True)
    listed, token = lists(browser, new)
    assert both(new, listed=listed, token=token)[0][:2] == (True, True)


def test_a_revoked_certificate_takes_its_badge_with_it(
    browser, certificate, office, other, manager, clock
):
    badge = taken(browser, certificate, office)
    listed, token = lists(browser, badge)
    assert both(badge, listed=listed, token=token)[0][:2] == (True, True)
    with writing():
        revoke(
            db.session.get(Certificate, certificate.id),
            kind=RevocationKind.ERROR, why="误开", actor=manager.actor, now=clock.began,
        )  # fmt: skip
    listed, token = lists(browser, badge)
    (verdict,) = both(badge, listed=listed, token=token)
    assert verdict[:2] == (False, False)
    assert "revocation" in verdict[2]
    assert "revoked" in verdict[3]
    page = browser.visit(f"/certificates/{certificate.id}/badges/{office.id}", status=409)
    assert "not valid any more" in page.words


def test_a_corrected_record_takes_the_badges_of_its_certificate_with_it(
    browser, certificate, office, other, records
):
    badge, beside = taken(browser, certificate, office), taken(browser, certificate, other)
    with writing():
        record = db.session.get(ServiceRecord, records[0].id)
        ledger.add(record, EntryKind.CORRECTED, -10, account_id=None, at=make.NOW, reason="早退")
    listed, token = lists(browser, badge)
    assert both(badge, listed=listed, token=token)[0][:2] == (False, False)
    listed, token = lists(browser, beside)
    assert both(beside, listed=listed, token=token)[0][:2] == (False, False)


def test_what_a_withdrawn_key_signed_after_it_was_lost_falls(
    browser, certificate, office, manager, clock
):
    badge = taken(browser, certificate, office)
    fingerprint = _keys_in(certificate.content)[office.id]
    with writing():
        key = keys.by_fingerprint([fingerprint])[fingerprint]
        keys.withdraw(
            key, since=certificate.issued_at, why="密钥外泄", actor=manager.actor, now=clock.began
        )
    listed, token = lists(browser, badge)
    assert both(badge, listed=listed, token=token)[0][:2] == (False, False)


def test_a_list_of_another_issuer_or_a_changed_one_brings_nothing_back(
    browser, certificate, office, other
):
    badge, beside = taken(browser, certificate, office), taken(browser, certificate, other)
    foreign_list, foreign_token = lists(browser, beside)
    own, _ = lists(browser, badge)
    foreign_list = foreign_list | {"id": own["id"]}
    assert both(badge, listed=foreign_list, token=foreign_token)[0][:2] == (False, False)
    changed = copy.deepcopy(own)
    changed["credentialSubject"]["encodedList"] = status.encoded([5])
    assert foreign.digitalbazaar(badge, listed=changed)[0]["verified"] is False


def test_the_list_says_nothing_of_persons_and_is_open_to_all(browser, certificate, office, account):
    badge = taken(browser, certificate, office)
    with browser.session_transaction() as session:
        session.clear()
    listed, token = lists(browser, badge)
    for text in (json.dumps(listed, ensure_ascii=False), token):
        assert account.person.name not in text
        assert certificate.number not in text
    path = "/verify/" + badge["credentialStatus"]["statusListCredential"].partition("/verify/")[2]
    assert browser.get(path).headers["Access-Control-Allow-Origin"] == "*"
    for wrong in ("/verify/badges/0000000000000000/0", "/verify/badges/%25/0", f"{path[:-5]}/0"):
        assert browser.get(wrong).status_code == 404


@pytest.mark.parametrize("shown", ["nothing", "number", "mail", "document"])
def test_no_badge_holds_a_document_a_name_or_an_open_address(
    browser, certificate, office, account, shown
):
    person = account.person
    assert person.document == CANARY
    badge = taken(browser, certificate, office, shown=shown)
    text = json.dumps(badge, ensure_ascii=False).casefold()
    for secret in (CANARY, CANARY[:17], CANARY[6:14], person.name, person.email,
                   person.volunteer_no):  # fmt: skip
        assert secret.casefold() not in text
    for guess in (CANARY, CANARY.lower()):
        assert hashlib.sha256(guess.encode()).hexdigest() not in text


@pytest.mark.parametrize(("shown", "kind"), [("mail", "emailAddress"), ("number", "identifier")])
def test_a_holder_who_asks_for_it_can_show_that_a_badge_is_his(
    browser, certificate, office, account, shown, kind
):
    badge = taken(browser, certificate, office, shown=shown)
    (identity,) = badge["credentialSubject"]["identifier"]
    person = account.person
    value = person.email if shown == "mail" else person.volunteer_no
    digest = hashlib.sha256((value + identity["salt"]).encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${digest}"
    assert identity["identityType"] == kind
    assert both(badge)[0][:2] == (True, True)


def test_the_office_takes_only_its_own_badge_and_never_asks_who_it_is(
    browser, certificate, office, other, coordinator
):
    browser.sign_in(coordinator)
    badge = taken(browser, certificate, office, shown="mail")
    assert "identifier" not in badge["credentialSubject"]
    browser.visit(f"/certificates/{certificate.id}/badges/{other.id}", status=404)
    assert browser.visit(f"/certificates/{certificate.id}").all("a", href=panel(certificate))
    page = browser.visit(panel(certificate))
    assert page.all("a", href=f"/certificates/{certificate.id}/badges/{office.id}")
    assert not page.all("a", href=f"/certificates/{certificate.id}/badges/{other.id}")


def test_a_stranger_takes_no_badge(browser, certificate, office, other):
    for account in (make.volunteer(office, "赵六"), make.account(Role.COORDINATOR, make.office())):
        browser.sign_in(account)
        browser.visit(f"/certificates/{certificate.id}/badges/{office.id}", status=404)


def test_a_certificate_from_before_there_were_keys_has_no_badge(browser, certificate, office):
    with writing():
        old = db.session.get(Certificate, certificate.id)
        content = {name: value for name, value in old.content.items() if name != "badges"}
        old.content, old.digest = content, contents.digest(content)
    page = browser.visit(f"/certificates/{certificate.id}/badges/{office.id}", status=409)
    assert "from before there were keys" in page.words
    assert "gives no badge" in browser.visit(panel(certificate)).words


def test_the_contexts_are_the_published_ones():
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in foreign.CONTEXTS.glob("*.json")
    }
    assert digests == {
        "credentials-v2.json": "59955ced6697d61e",
        "ob-v3p0-context-3.0.3.json": "3d34f4d4ef1bce69",
    }


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0, "0"), (3, "0.05"), (30, "0.5"), (50, "0:50"), (60, "1"), (90, "1.5"), (600, "10"),
     (2190, "36.5"), (6001, "100:01")],
)  # fmt: skip
def test_hours_are_exact(minutes, written):
    assert shape.hours(minutes) == written


def test_a_key_is_written_as_the_standard_has_it():
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert proof.did_of(public) == "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw"
    assert proof.base58(b"\0\0hello") == "11Cn8eVZg"


def test_the_first_bit_stands_leftmost():
    bits = gzip.decompress(base64.urlsafe_b64decode(status.encoded([0, 9])[1:] + "=="))
    assert len(bits) * 8 == 131_072
    assert bits[:3] == b"\x80\x40\x00"
    assert status.place_of(131_073) == (1, 1)

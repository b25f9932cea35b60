"""Photographs: small, without traces, seen by few, gone with the consent."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import make
import pytest
from PIL import Image
from test_profile import stored, turned_on

from talent.access import Role
from talent.db import db
from talent.errors import Refused
from talent.files import StoredFile
from talent.offices.models import Setting
from talent.people.models import Consent
from talent.people.photographs.service import LARGEST_KEPT, NoPhotograph, small

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def here(app):
    office = make.office("春风社区")
    turned_on(office, Setting.PHOTOGRAPHS)
    return office


def noisy(size=(900, 1200), kind="JPEG", **more):
    """A picture that is hard to make small."""
    picture = Image.effect_noise(size, 90).convert("RGB")
    written = BytesIO()
    picture.save(written, kind, **more)
    return written.getvalue()


def marked(orientation):
    """Half red, half blue, turned by the camera, with a place and a name in its head."""
    picture = Image.new("RGB", (400, 200), "red")
    picture.paste("blue", (200, 0, 400, 200))
    head = Image.Exif()
    head[0x0112] = orientation
    head[0x010E] = "secret place"
    written = BytesIO()
    picture.save(written, "JPEG", exif=head, comment=b"secret comment")
    return written.getvalue()


def handed(content, name="me.jpg", **more):
    return {"files_": True, "picture": (BytesIO(content), name), "agreed": "y", **more}


def test_a_picture_becomes_small_and_square_and_loses_its_head():
    made = small(marked(1))
    assert len(made) <= LARGEST_KEPT
    assert b"secret" not in made
    picture = Image.open(BytesIO(made))
    assert (picture.format, picture.size) == ("WEBP", (320, 320))
    assert not picture.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_worst_picture_is_still_small_enough(kind):
    assert len(small(noisy(kind=kind))) <= LARGEST_KEPT


def test_a_picture_that_the_camera_turned_stands_upright():
    made = Image.open(BytesIO(small(marked(6)))).convert("RGB")  # a quarter to the right
    top, bottom = made.getpixel((160, 10)), made.getpixel((160, 310))
    assert (top[0] > 200, top[2] < 60) == (True, True)
    assert (bottom[2] > 200, bottom[0] < 60) == (True, True)


def test_what_was_clear_becomes_white():
    written = BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(written, "PNG")
    assert min(Image.open(BytesIO(small(written.getvalue()))).convert("RGB").getpixel((9, 9))) > 250


def bomb():
    """A PNG of some bytes that says it has 30 000 times 30 000 pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def tiny():
    written = BytesIO()
    Image.new("RGB", (63, 200)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (bomb(), NoPhotograph.TOO_MANY_PIXELS),
        (tiny(), NoPhotograph.TOO_SMALL),
        (b"%PDF-1.7", NoPhotograph.UNREADABLE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NoPhotograph.UNREADABLE),
        (b"GIF89a" + b"\0" * 100, NoPhotograph.UNREADABLE),
        (noisy()[:2000], NoPhotograph.UNREADABLE),
        (b"\xff\xd8\xff" + b"x" * 500, NoPhotograph.UNREADABLE),
    ],
)
def test_what_is_no_picture_or_a_trap_is_refused(content, why):
    with pytest.raises(Refused) as refused:
        small(content)
    assert [because.why for because in refused.value.reasons] == [why]


def test_a_volunteer_hands_one_in_looks_at_it_changes_and_removes_it(browser, here):
    account = make.volunteer(here)
    page, picture = (
        f"/people/{account.person_id}/photograph",
        f"/people/{account.person_id}/picture",
    )
    browser.sign_in(account)
    browser.visit(picture, status=404)
    browser.send(page, **handed(marked(1)))
    answer = browser.visit(picture).response
    assert answer.mimetype == "image/webp"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    first = stored(account).photo_id
    browser.send(page, **handed(noisy((300, 400))))
    assert stored(account).photo_id != first
    assert db.session.query(StoredFile).count() == 1
    assert db.session.query(Consent).count() == 1
    assert f"{picture}?v=" in browser.visit("/people/me").text
    browser.send(f"{page}/removal")
    assert stored(account).photo_id is None
    assert db.session.query(StoredFile).count() == 0
    assert db.session.query(Consent).one().withdrawn_at == make.NOW
    words = browser.visit(f"/people/{account.person_id}/history").words
    assert "Kept a photograph" in words
    assert "Removed a photograph" in words


def test_with_the_consent_the_picture_goes(browser, here):
    account = make.volunteer(here)
    browser.sign_in(account)
    browser.send(f"/people/{account.person_id}/photograph", **handed(marked(1)))
    consents = f"/people/{account.person_id}/consents"
    assert "Photograph on record" in browser.visit(consents).words
    browser.send(f"{consents}/photograph/withdrawal")
    assert stored(account).photo_id is None
    assert db.session.query(StoredFile).count() == 0


def test_without_the_tick_or_the_office_nothing_is_kept(browser, here):
    account, other = make.volunteer(here), make.volunteer(make.office("别处"))
    browser.sign_in(account)
    page = f"/people/{account.person_id}/photograph"
    assert browser.send(page, 422, **{**handed(marked(1)), "agreed": ""}).all(
        "p", id="agreed-error"
    )
    assert browser.send(page, 422, files_=True, agreed="y").all("p", id="picture-error")
    assert browser.send(page, 422, **handed(bomb())).all("p", id="picture-error")
    browser.sign_in(other)
    said = browser.send(f"/people/{other.person_id}/photograph", 422, **handed(marked(1))).words
    assert "This office does not keep photographs." in said
    assert db.session.query(StoredFile).count() == 0


def test_too_large_a_file_is_not_read(browser, here):
    account = make.volunteer(here)
    browser.sign_in(account)
    page = f"/people/{account.person_id}/photograph"
    answer = browser.post(
        page, data=b"x" * 9_000_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


def test_only_who_may_see_the_person_sees_the_picture(browser, here):
    account = make.volunteer(here)
    picture = f"/people/{account.person_id}/picture"
    browser.sign_in(account)
    browser.send(f"/people/{account.person_id}/photograph", **handed(marked(1)))
    browser.sign_in(make.account(Role.AUDITOR, here)).visit(picture)
    browser.sign_in(make.account(Role.LEADER, here)).visit(picture, status=404)
    browser.sign_in(make.volunteer(here, "陌生人")).visit(picture, status=404)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处"))).visit(picture, status=404)


def test_the_office_keeps_one_with_the_consent_on_paper_and_removes_it(browser, here):
    person = make.person(at=here)
    page = f"/people/{person.id}/photograph"
    browser.sign_in(make.account(Role.AUDITOR, here)).visit(page, status=404)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    browser.send(page, **handed(marked(1)))
    assert db.session.query(Consent).one().on_paper
    browser.send(f"{page}/removal")
    assert db.session.query(StoredFile).count() == 0

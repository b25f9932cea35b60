"""The seal of an office: handed in as a picture, frozen in what carries it."""

import io
import subprocess

import make
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import func, select

from talent.access import Role
from talent.certificates.models import Certificate
from talent.certificates.seals import service
from talent.certificates.seals.models import Seal
from talent.db import db, writing
from talent.errors import Refused
from talent.files import StoredFile


def drawn(colour=(200, 30, 30), *, size=300, kind="PNG", mode="RGB"):
    picture = Image.new("RGB", (size, size), "white")
    ImageDraw.Draw(picture).ellipse((10, 10, size - 10, size - 10), outline=colour, width=12)
    out = io.BytesIO()
    picture.convert(mode).save(out, kind)
    return out.getvalue()


def hand_in(browser, office, picture, status=303, **more):
    sent = (io.BytesIO(picture), "seal.png")
    return browser.send(f"/certificates/seals/{office.id}", status=status, picture=sent, **more)


def pictures_in(pdf, tmp_path):
    file = tmp_path / "one.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfimages", "-list", file], capture_output=True, check=True)
    return [line.split()[2] for line in told.stdout.decode().splitlines()[2:]]


def exported(browser, account):
    shown = browser.sign_in(account).send("/certificates/", language="zh").location
    return browser.get(f"{shown}/pdf").data


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("JPEG", "RGB"), ("PNG", "L")])
def test_a_picture_becomes_a_small_png_in_which_paper_is_transparent(kind, mode):
    made = service.bounded(drawn(size=1200, kind=kind, mode=mode))
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == "PNG"
        assert max(picture.size) == service.SIDE
        whole = picture.convert("RGBA")
        assert whole.getpixel((240, 240))[3] == 0
        assert max(whole.getchannel("A").histogram()[200:]) > 0
    assert len(made) < 40_000


def test_what_a_file_says_about_itself_is_not_kept():
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(drawn()))
    exif = picture.getexif()
    exif[0x010E] = "who drew it"
    picture.save(out, "JPEG", exif=exif)
    assert b"who drew it" in out.getvalue()
    assert b"who drew it" not in service.bounded(out.getvalue())


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (b"", "Choose a picture."),
        (b"%PDF-1.7", "This is not a PNG or JPEG picture that can be read."),
        (drawn()[:400], "This is not a PNG or JPEG picture that can be read."),
        (b"GIF89a" + bytes(200), "This is not a PNG or JPEG picture that can be read."),
        (drawn(size=60), "The picture must be at least 120 pixels wide and high."),
    ],
)
def test_what_is_no_seal_is_refused_beside_its_field(
    browser, clock, office, manager, picture, sentence
):
    page = hand_in(browser.sign_in(manager), office, picture, status=422)
    assert sentence in page.said("p", class_="error")[0]
    assert db.session.query(Seal).count() == 0


def test_a_picture_that_unpacks_to_a_wall_is_not_opened():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(Refused):
        service.bounded(out.getvalue())


def test_an_old_certificate_keeps_its_seal_and_a_new_one_carries_the_new(
    browser, account, records, office, manager, tmp_path
):
    hand_in(browser.sign_in(manager), office, drawn(), own_exports="y")
    first = exported(browser, account)
    assert pictures_in(first, tmp_path).count("image") == 1
    shown = f"/certificates/{db.session.scalar(select(func.max(Certificate.id)))}/pdf"
    hand_in(browser.sign_in(manager), office, drawn((20, 20, 200)), own_exports="y")
    second = exported(browser, account)
    browser.sign_in(account)
    assert browser.get(shown).data == first
    carried = [c.content["groups"][0]["seal"]["digest"] for c in db.session.query(Certificate)]
    assert len(set(carried)) == 2
    browser.sign_in(manager).send(f"/certificates/seals/{office.id}/end")
    third = exported(browser, account)
    assert pictures_in(third, tmp_path) == []
    browser.sign_in(account)
    assert browser.get(shown).data == first
    assert second != first


def test_what_volunteers_print_carries_it_only_if_the_office_says_so(
    browser, account, records, office, manager, coordinator, tmp_path
):
    hand_in(browser.sign_in(manager), office, drawn())
    assert pictures_in(exported(browser, account), tmp_path) == []
    browser.sign_in(coordinator)
    shown = browser.send(f"/certificates/people/{account.person_id}/issue", language="zh").location
    assert "image" in pictures_in(browser.get(f"{shown}/pdf").data, tmp_path)


def test_a_picture_that_was_changed_behind_our_back_is_not_printed(
    browser, account, records, office, manager
):
    hand_in(browser.sign_in(manager), office, drawn(), own_exports="y")
    shown = browser.sign_in(account).send("/certificates/", language="zh").location
    with writing():
        db.session.query(StoredFile).one().content = drawn((0, 0, 0))
    assert browser.get(f"{shown}/pdf").status_code == 503


def test_only_who_keeps_the_seal_sees_and_changes_it(browser, office, other, manager, coordinator):
    browser.sign_in(coordinator).visit(f"/certificates/seals/{office.id}", status=403)
    browser.sign_in(manager)
    hand_in(browser, office, drawn())
    assert browser.get(f"/certificates/seals/{office.id}/picture").mimetype == "image/png"
    browser.visit(f"/certificates/seals/{other.id}", status=404)
    hand_in(browser, other, drawn(), status=404)
    page = browser.visit("/certificates/seals/")
    assert page.said("td")[0] == "Picture"
    browser.sign_in(make.account(Role.MANAGER, make.office("远方社区")))
    assert browser.get(f"/certificates/seals/{office.id}/picture").status_code == 404


def test_a_small_file_of_very_many_pixels_is_not_opened():
    out = io.BytesIO()
    Image.new("RGB", (4500, 4500), "white").save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    with pytest.raises(Refused):
        service.bounded(out.getvalue())

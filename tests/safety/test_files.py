"""Files that people hand in and take out: sizes, kinds, names, and what a camera wrote beside."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from urllib.parse import unquote

import filled
import make
import papers
import pytest
import walks
from PIL import Image
from wtforms import FileField, MultipleFileField

from talent import files, pictures
from talent.access import SYSTEM
from talent.db import db, writing
from talent.errors import Refused
from talent.files import StoredFile
from talent.forms import Form
from talent.training.records.views import as_file

NAMES = (
    "../../etc/passwd", "..\\..\\boot.ini", "证书（扫描件）.png", "a\r\nSet-Cookie: x=1.png",
    "a\0b.png",
    'quote".png', "semi;colon.png", "%2e%2e%2f.png", "<b x>.png", "名" * 300 + ".png", "",
    ".htaccess",
)  # fmt: skip


def evidence(content, name="paper.png"):
    with writing():
        return files.keep_evidence(name, content, actor=SYSTEM, now=make.NOW)


def located(kind, turned=6):
    """A picture as a phone makes it: with the place, the moment, the device, which side is up."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0132] = turned, "CanaryPhone", "2026:06:01 09:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 7.7), 3: "E", 4: (121.0, 28.0, 9.9)})
    return papers.picture(kind, exif=exif)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_does_not_tell_where_its_taker_stood(app, kind):
    before = located(kind)
    assert b"CanaryPhone" in before
    kept = evidence(before).content
    assert b"CanaryPhone" not in kept
    assert b"2026:06:01" not in kept
    seen = Image.open(BytesIO(kept))
    assert not seen.getexif().get_ifd(0x8825)
    assert seen.convert("RGB").tobytes() == Image.open(BytesIO(before)).convert("RGB").tobytes()
    if kind == "JPEG":  # it stands as it stood
        assert seen.getexif() == {0x0112: 6}
        assert Image.open(BytesIO(evidence(located("JPEG", 1)).content)).getexif() == {}


@pytest.mark.parametrize("content", [papers.PNG, papers.JPEG], ids=["png", "jpeg"])
def test_what_follows_the_end_of_a_picture_is_cut_off(app, content):
    """A file that is two things at once, a picture and a page or an archive, is one afterwards."""
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04archive", b"%PDF-1.7"):
        assert evidence(content + tail).content == pictures.bare(content, _type(content))


def _type(content):
    return pictures.PNG if content.startswith(b"\x89PNG") else pictures.JPEG


def test_texts_in_a_picture_go(app):
    said = b"tEXtComment\0<script>alert(1)</script>"
    part = struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said))
    kept = evidence(papers.PNG[:33] + part + papers.PNG[33:]).content
    assert kept == papers.PNG
    comment = papers.JPEG[:2] + b"\xff\xfe\x00\x0a<script>" + papers.JPEG[2:]
    assert evidence(comment).content == pictures.bare(papers.JPEG, pictures.JPEG)


def test_a_picture_of_very_many_pixels_is_never_unpacked(app):
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1_000_000))), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    assert evidence(bomb).size == len(bomb)  # 1 kB stays 1 kB


@pytest.mark.parametrize(
    "content",
    [
        b"", b"MZ\x90\0", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", b"<html>",
        b"PK\x03\x04", b"\x89PNG\r\n\x1a\nno picture", b"\xff\xd8\xff no picture",
        b"\xff\xd8\xff\xd9", papers.PNG[:40],
        papers.JPEG[:300], b"GIF89a", b"\x89PNG", b"%!PS", papers.PNG.replace(b"IDAT", b"IDAX"),
    ],
)  # fmt: skip
def test_what_is_no_paper_is_refused(app, content):
    with pytest.raises(Refused):
        evidence(content)
    assert db.session.query(StoredFile).count() == 0


def kinds(kind=Form):
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def test_every_form_that_takes_a_file_is_known(app):
    """A new one is looked at here before it goes in."""
    taking = {
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in kinds()
        for name in dir(kind)
        if (field := getattr(getattr(kind, name), "field_class", None))
        and issubclass(field, (FileField, MultipleFileField))
    }
    assert len(taking) > 10


@pytest.mark.usefixtures("clock")
def test_too_much_is_refused_before_it_is_read(app, browser, monkeypatch):
    """At every door that takes a post: a body whose length says too much is not read."""
    who, known = filled.fill("http://localhost")
    large = 10 * 1024 * 1024 + 1
    wrong = {}
    for rule in walks.doors(app, "POST")[::7]:
        inside = next((one for one in who.values() if one and walks.opens(app, rule, one)), None)
        db.session.refresh(inside)
        browser.sign_in(inside)
        body = Endless()
        answer = browser.post(
            walks.address(rule, known), input_stream=body,
            content_type="multipart/form-data; boundary=x",
            content_length=max(large, getattr(app.view_functions[rule.endpoint], "largest", 0) + 1),
        )  # fmt: skip
        if body.read_bytes > 1 << 20 or answer.status_code >= 500:
            wrong[rule.rule] = answer.status_code, body.read_bytes
    assert wrong == {}


class Endless(BytesIO):
    """A body that counts how much of it was asked for."""

    read_bytes = 0

    def read(self, size=-1):
        self.read_bytes += max(size, 0)
        return b"x" * min(max(size, 0), 1 << 16)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_goes_out_under_a_name_that_can_do_nothing(app, browser, name):
    """RFC 6266: Chinese names arrive, lines and folders in a name do not."""
    office = make.office()
    own = make.volunteer(office)
    record = make.record(own.person, office)
    browser.sign_in(own)
    answer = browser.post(
        f"/hours/{record.id}/doubt",
        data={
            "wrong": "time",
            "claimed": "2",
            "evidence": "x",
            "file": (BytesIO(papers.PNG), name),
        },
    )
    assert answer.status_code < 500
    with writing():
        file = files.keep_evidence(name, papers.PNG, actor=SYSTEM, now=make.NOW)
    with app.test_request_context():
        head = as_file(file).headers["Content-Disposition"]
    assert head.startswith("attachment")
    assert not set("\r\n\0") & set(head)
    plain = re.search(r'filename="?([^";]*)"?', head)
    told = unquote(head.partition("filename*=UTF-8''")[2])
    assert "/" not in (plain[1] if plain else ""), head
    if "证书" in name:
        assert told == name

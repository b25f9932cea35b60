"""Certificates are signed PDFs: two programs vouch for them, and printing again changes no byte."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from talent.certificates import paper, pdf
from talent.certificates.keys.models import OfficeKey, Purpose
from talent.certificates.signing import service as signing
from talent.db import db

ROOT = Path(__file__).parents[2]


def anchor():
    (root,) = db.session.query(OfficeKey).filter_by(purpose=Purpose.ROOT)
    return Certificate.load(root.certificate)


def looked_at(file):
    """What pyHanko says of each signature, trusting the installation's root alone."""
    context = ValidationContext(trust_roots=[anchor()], allow_fetching=False)
    found = PdfFileReader(io.BytesIO(file)).embedded_signatures
    return [(one, validate_pdf_signature(one, context)) for one in found]


def pdfsig(file, tmp_path):
    """What Poppler says of it."""
    path = tmp_path / "certificate.pdf"
    path.write_bytes(file)
    told = subprocess.run(["pdfsig", path], capture_output=True, check=False, text=True)
    return told.stdout


def test_the_office_signs_and_two_programs_vouch_for_it(single, tmp_path):
    ((signature, status),) = looked_at(single.pdf)
    assert status.bottom_line
    assert status.signer_reported_dt.isoformat() == single.content["signed_at"]
    assert signature.signer_cert.subject.native["common_name"] == "春风社区居民委员会"
    digest = signature.sig_object["/Reason"]
    assert digest == signing.reason(single.content)
    said = pdfsig(single.pdf, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "春风社区居民委员会" in said


def test_every_unit_of_a_mixed_certificate_signs_in_the_order_of_its_groups(issued, tmp_path):
    both = issued()
    found = looked_at(both.pdf)
    assert [one.signer_cert.subject.native["common_name"] for one, _ in found] == [
        group["name_zh"] for group in both.content["groups"]
    ]
    assert all(status.bottom_line for _, status in found)
    assert pdfsig(both.pdf, tmp_path).count("Signature is Valid.") == 2


def test_printing_again_gives_the_same_bytes_also_in_another_process(
    browser, account, single, settings
):
    browser.sign_in(account)
    again = browser.get(f"/certificates/{single.id}/pdf").data
    assert again == single.pdf
    script = (
        "import hashlib, sys; from pathlib import Path; from config import Testing; "
        "from talent.app import create_app; from talent.certificates import paper; "
        "from talent.certificates.models import Certificate; from talent.db import db; "
        "given = Testing(Path(sys.argv[1])); given.SQLALCHEMY_DATABASE_URI = sys.argv[2]; "
        "app = create_app(given); app.app_context().push(); "
        "row = db.session.get(Certificate, int(sys.argv[3])); "
        "print(hashlib.sha256(paper.printed(row.content)).hexdigest())"
    )
    db.session.rollback()
    given = [str(settings.TALENT_HOME), settings.SQLALCHEMY_DATABASE_URI, str(single.id)]
    told = subprocess.run(
        [sys.executable, "-c", script, *given], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert told.stdout.strip() == hashlib.sha256(single.pdf).hexdigest()


def test_the_pages_stay_what_they_were_under_the_signature(single):
    bare = pdf.render(single.content, address="https://talent.example.org/verify/c/X")
    assert len(single.pdf) > len(bare)
    reader = PdfFileReader(io.BytesIO(single.pdf))
    assert reader.root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root
    (field,) = reader.root["/AcroForm"]["/Fields"]
    field = field.get_object()
    rect = [float(side) for side in field["/Rect"]]
    assert (rect[0], rect[1]) == (rect[2], rect[3]) < (0, 0)  # outside of the page, of no size
    assert int(field["/F"]) & 4  # PDF/A: it is printed
    assert not int(field["/F"]) & 2  # and not hidden
    assert "/TU" in field
    metadata = reader.root["/Metadata"].data.decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert single.pdf.count(b"%%EOF\n") >= 1
    assert re.search(rb"%%EOF\n\d+ 0 obj", single.pdf)


def test_a_certificate_from_before_there_were_keys_prints_unsigned(single):
    old = {k: v for k, v in single.content.items() if k not in {"signatures", "payload"}}
    printed = paper.printed(old)
    assert not PdfFileReader(io.BytesIO(printed)).embedded_signatures


def test_with_the_keys_at_hand_the_database_is_asked_nothing(single):
    paper.load([single.content])
    db.session.remove()
    from counting import queries  # noqa: PLC0415

    with queries() as asked:
        paper.printed(single.content, {})
    assert asked == []


@pytest.mark.parametrize("times", [5])
def test_signing_takes_no_longer_than_printing_may(single, times):
    rendered = pdf.render(single.content)
    signing.signed(rendered, single.content)
    begun = time.process_time()
    for _ in range(times):
        signing.signed(rendered, single.content)
    assert (time.process_time() - begun) / times < 0.05

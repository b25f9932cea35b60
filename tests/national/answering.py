"""What an office does with the designated system, in the fewest words."""

from io import BytesIO

import make
from openpyxl import Workbook

from talent.db import db
from talent.national.models import NationalBatch
from talent.people.particulars.service import document_index
from talent.rules.identity import DocumentKind

ID_NUMBER = "11010519491231002X"
HEAD = ("记录编号", "导入结果", "失败原因", "系统记录编号")


def identified(office, name="王秀兰", number=ID_NUMBER):
    """A volunteer with a document, as the office registered him."""
    kind = DocumentKind.RESIDENT_ID
    return make.volunteer(
        office, name, document=number, document_kind=kind, area="春风社区3号楼",
        document_index=document_index(kind, number), phone="+8613800138000",
    )  # fmt: skip


def send(browser, office, **fields):
    """Make a file of all that is open, and give the batch."""
    browser.send(f"/national/batches/new?office={office.id}", **fields)
    return db.session.query(NationalBatch).order_by(NationalBatch.id.desc()).first()


def answered(browser, office, *rows, head=HEAD, name="a"):
    """Hand in an answer as a workbook, and give the address of its preview."""
    book = Workbook()
    book.active.append(list(head))
    for row in rows:
        book.active.append([str(cell) for cell in row])
    out = BytesIO()
    book.save(out)
    page = browser.send(
        "/national/answers/new", files_=True, office=str(office.id),
        file=(BytesIO(out.getvalue()), f"{name}.xlsx"),
    )  # fmt: skip
    return page.location


def confirm(browser, address, status=303):
    """Take over what the preview shows."""
    page = browser.visit(address)
    digest = page.all("input", name="digest")[0].get("value")
    return browser.send(address, status=status, digest=digest)

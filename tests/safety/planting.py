"""Hostile words in every text of the database, and what must never come of them on a page."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from collections import Counter
from email import message_from_bytes
from email.policy import default

from sqlalchemy import JSON, Enum, LargeBinary, String, select, text

from talent.db import Base, Sealed, db, writing
from talent.growing import MARK as GROWS

PLANTED = "=1+1\"'><b x{{7*7}}>"  # a formula, an end of an attribute, an element, a template
# With its blank: no token has one, and by chance none of them is found.
ELEMENT, COMPUTED, LITERAL = "<b x", "b x49", "{{7*7}}"
# Texts that the app reads itself: keys, digests, addresses, words of a list, codes.
READ_BY_US = re.compile(
    r"^rule$|(^|_)(id|key|code|digest|token|index|hash|mark|path|email|zone|state|kind|kinds|number|no|"
    r"letters?|once|fingerprint|private|public|signature|previous|media_type|locale|language|"
    r"version|value|query|worker|run_key|step|seal|serial|chain|secret|mapping|columns?|"
    r"table_name|name_key|head|text_key|reading|signed_at|area_code|period|url|link)$"
)
TABLES = {
    "alembic_version",
    "office_rule",
    "likeness",
    "name_key",
    "office_key",
    "merge_step",
    "stored_file",
}


def plant():
    """Put the hostile words before every text that somebody typed; how many columns have them."""
    planted = Counter()
    with writing():
        _unguard()
        for table in Base.metadata.sorted_tables:
            if table.name in TABLES:
                continue
            columns = [c for c in table.columns if _typed(c)]
            keys = list(table.primary_key)
            for row in (
                db.session.execute(select(*keys, *columns)).mappings().all() if columns else ()
            ):
                new = {c.name: _with(row[c], c) for c in columns}
                changed = {
                    name: value for name, value in new.items() if value != row[table.c[name]]
                }
                if changed:
                    where = [key == row[key] for key in keys]
                    db.session.execute(table.update().where(*where).values(changed))
                    planted.update(f"{table.name}.{name}" for name in changed)
    db.session.expire_all()
    return planted


def _unguard():
    """Nothing that guards tables is asked here: the database is emptied after the test."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    for table in Base.metadata.sorted_tables:
        if table.info.get(GROWS):
            for act in ("update", "delete", "replace"):
                db.session.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_no_{act}"))


def _typed(column):
    kind = column.type
    if column.primary_key or column.foreign_keys or isinstance(kind, (Enum, LargeBinary)):
        return False
    if str(column) == "message.address" or column.unique or READ_BY_US.search(column.name):
        return False
    return isinstance(kind, (String, JSON, Sealed))


def _with(value, column):
    if isinstance(column.type, JSON):
        return _inside(value)
    if isinstance(column.type, Sealed):
        return value and _sealed(value, column)
    if not value:
        return value
    length = getattr(column.type, "length", None) or 10_000
    return PLANTED + value[: length - len(PLANTED)] if length > len(PLANTED) else value


def _sealed(value, column):
    if column.name in {"cells", "changes"}:
        return json.dumps(_inside(json.loads(value)), ensure_ascii=False)
    return PLANTED + value


def _inside(value):
    """In JSON, the texts in a language of people: codes and moments stay."""
    if isinstance(value, dict):
        return {key: _inside(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_inside(each) for each in value]
    return PLANTED + value if isinstance(value, str) and not value.isascii() else value


# -- what comes of it


def came_through(answer):
    """What is wrong with the body of an answer, in words."""
    body = answer.get_data()
    kind = answer.mimetype
    if kind == "text/html":
        page = body.decode()
        found = ["an element of theirs"] if ELEMENT in page else []
        found += ["a template of theirs was read"] if COMPUTED in page else []
        return found + [f"an address {each}" for each in _addresses(page)]
    if kind == "text/csv":
        rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
        return ["a formula"] if any(_runs(cell) for row in rows for cell in row) else []
    if body.startswith(b"PK\x03\x04"):
        return _of_archive(body)
    if kind == "application/pdf" and len(body) > 1000:
        return of_paper(body)
    if kind in {"application/json", "text/calendar"} and COMPUTED.encode() in body:
        return ["a template of theirs was read"]
    return []


HEADS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe",
    "List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    "Reply-To",
}  # fmt: skip


def of_letter(content):
    """What is wrong with a letter, in words."""
    mail = message_from_bytes(content, policy=default)
    found = [f"a line of theirs in the head: {name}" for name in mail if name not in HEADS]
    html = mail.get_body(["html"])
    found += ["an element of theirs"] if ELEMENT in html.get_content() else []
    said = mail.get_body(["plain"]).get_content() + html.get_content()
    return found + (["a template of theirs was read"] if COMPUTED in said else [])


def of_paper(content):
    """The same of a PDF, by its text."""
    read = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    said = subprocess.run(read, input=content, capture_output=True, check=True).stdout
    return ["a template of theirs was read"] if COMPUTED.encode() in said else []


def _addresses(page):
    """Addresses on a page that are neither ours nor a mail, a telephone, a calendar, a picture."""
    found = re.findall(r'\s(?:href|src|action|formaction|hx-(?:get|post))="([^"]*)"', page)
    fine = re.compile(r"(/(?!/)|\?|#|$|https?://|mailto:|tel:|webcal:|data:image/)")
    return [each for each in found if not fine.match(each)]


def _runs(cell):
    number = re.fullmatch(r"[+-]?\d+(\.\d+)?%?", cell)
    return bool(cell) and cell.lstrip()[:1] in "=+-@\t\r" and not number


def _of_archive(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        found = []
        for name in archive.namelist():
            if name.startswith(("/", "\\")) or ".." in name.split("/"):
                found.append(f"a file named {name}")
            if name.startswith("xl/worksheets/") and b"<f>" in archive.read(name):
                found.append("a formula")
            if name.startswith("xl/externalLinks") or b"TargetMode" in (
                archive.read(name) if name.endswith(".rels") else b""
            ):
                found.append("a link to elsewhere")
            if name.endswith(".html") and ELEMENT.encode() in archive.read(name):
                found.append("an element of theirs")
        return found

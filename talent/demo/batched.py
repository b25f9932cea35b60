"""What is certified in the demonstration: a seal, and certificates for all who served."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from flask import current_app
from PIL import Image, ImageDraw
from sqlalchemy import select

from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.certificates.batches import service as batches
from talent.certificates.batches.service import Chosen, Sought
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.seals import service as seals
from talent.db import db
from talent.errors import Refused

if TYPE_CHECKING:
    from talent.demo.stage import District

SIDE, INK = 480, (198, 32, 38, 255)


def play(district: District, coordinator: str) -> None:
    """At the first community: the worker prints what its coordinator asked for."""
    office, now = district.communities[0], district.now
    seals.put(office, _seal(), own_exports=True, actor=SYSTEM, now=now)
    account = db.session.scalars(select(Account).where(Account.email == coordinator)).one()
    verify_at = f"{current_app.config['PUBLIC_URL']}/verify"
    by = Circumstances(account.actor, now, district.day, verify_at)
    try:
        batch = batches.ask(Sought(office_id=office.id), Chosen(with_hours=True), Wish(), by)
    except Refused:
        return  # nobody served yet
    batches.issue_piece(batch.id, now)
    batch.seen_at = None  # the worker goes on at once


def _seal() -> bytes:
    """A ring and a star, and no name: nobody shall take it for a real one."""
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    pen, middle = ImageDraw.Draw(picture), SIDE / 2
    pen.ellipse((10, 10, SIDE - 10, SIDE - 10), outline=INK, width=14)
    corners = []
    for corner in range(10):
        reach, turn = (120, 46)[corner % 2], math.pi * (corner / 5 - 0.5)
        corners.append((middle + reach * math.cos(turn), middle + reach * math.sin(turn)))
    pen.polygon(corners, fill=INK)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

"""What the pages of certificates and of files that were handed in have on them."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import scene
from picked import first
from PIL import Image, ImageDraw

from talent import clock
from talent.access import SYSTEM
from talent.certificates.batches import service as certificate_batches
from talent.certificates.batches.models import BatchState
from talent.certificates.batches.service import Chosen, Sought
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.keys.models import OfficeKey
from talent.certificates.payload import service as payload
from talent.certificates.seals import service as seals
from talent.db import db, writing
from talent.intake import jobs as intake_jobs
from talent.intake import service as intakes
from talent.intake.models import IntakeKind, Way
from talent.reports.yearly import service as yearly
from talent.staffing.importing import service as staffing_files

SHEETS = {
    "people": "姓名,性别,出生日期,证件类型,证件号码,联系电话,居住区域\n"
    "张大力,男,1990-03-14,居民身份证,110105199003140037,13800138000,春风社区\n"
    "李四,,,居民身份证,110105,不详,\n",
    "appointments": "社区,姓名,身份证号,职务,任职时间,离任时间,是否专职\n"
    "春风社区,张大力,110105199003140037,社区专职工作者,2024-01-01,,是\n"
    "无名社区,李四,110105,网格员,昨天,,是\n",
    "population": "街道,社区,户数,城镇常住人口,统计日期,数据来源\n"
    "梨园街道,春风社区,1900,5100,2026-06-30,统计年报\n梨园街道,无名社区,,三千,2026-06-30,\n",
}


def certificates(place, volunteer, address):
    verify = f"{address}/verify/"
    with writing():
        own = issuing.issue_own(
            Wish(), Circumstances(volunteer.actor, clock.now(), scene.today(), verify)
        )
        asked = certificate_batches.ask(
            Sought(office_id=place.office.id),
            Chosen(),
            Wish(),
            Circumstances(place.administrator.actor, clock.now(), scene.today(), verify),
        )
        # As if it were asked for tomorrow: the worker of the suite leaves it as it is.
        asked.seen_at = clock.now() + timedelta(days=1)
        seals.put(place.office, _stamp(), own_exports=True, actor=SYSTEM, now=clock.now())
        year = scene.today().year - 1
        yearly.publish(place.office, year, actor=SYSTEM, now=clock.now(), today=scene.today())
    with writing():
        done = certificate_batches.ask(
            Sought(office_id=place.office.id),
            Chosen(),
            Wish(),
            Circumstances(place.administrator.actor, clock.now(), scene.today(), verify),
        )
        certificate_batches.issue_piece(done.id, clock.now())
        done.state = BatchState.READY
    key = first(OfficeKey, office_id=place.office.id)
    return {
        "certificates.code code": payload.address(own.content).rpartition("/")[2],
        "certificates.replace_keys office_id": place.office.id,
        "certificates.office_keys office_id": place.office.id,
        "key_id": key.id,
        "certificate_id": own.id,
        "number": own.number,
        **{f"certificates.{door} batch_id": done.id for door in ("batch", "joined_batch")},
        "certificates.seal office_id": place.office.id,
        "reports.public_yearly office_id": place.office.id,
        "year": year,
    }


def _stamp():
    picture, out = Image.new("RGB", (200, 200), "white"), BytesIO()
    ImageDraw.Draw(picture).ellipse((10, 10, 190, 190), outline=(200, 30, 30), width=9)
    picture.save(out, "PNG")
    return out.getvalue()


def files(account, office):
    """Files that were handed in: staffing forgets the last one of an account for the next."""
    now = clock.now()
    handed_in = {
        "staffing.appointment_rows": (staffing_files.keep, "appointments", SYSTEM),
        "staffing.population_rows": (staffing_files.keep, "population", account.actor),
    }
    with writing():
        files = {
            f"{door} file_id": keep(f"{name}.csv", SHEETS[name].encode(), actor=by, now=now)
            for door, (keep, name, by) in handed_in.items()
        }
        for file in files.values():
            file.account_id = account.id
        db.session.flush()
        numbers = {name: file.id for name, file in files.items()}
    return numbers | {"intake_id": _intake(account, office, now)}


def _intake(account, office, now):
    """A file of people whose rows were looked at."""
    with writing():
        handed_in = intakes.hand_in(
            office, IntakeKind.PEOPLE, Way.BOTH, name="people.csv",
            content=SHEETS["people"].encode(), actor=account.actor, now=now,
        )  # fmt: skip
        number = handed_in.id
    intake_jobs.work(now)
    return number

"""Agreements: which version is asked for where, who signed it, and publishing a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.clock import today
from talent.db import db, one
from talent.errors import NotFound, Refused
from talent.offices.models import Office, Setting
from talent.offices.service import seen, settings_by_office
from talent.people import service as people
from talent.people.agreements.models import Agreement, Signature
from talent.people.models import Person, Registration, RegistrationState
from talent.rules import age
from talent.rules import agreement as law
from talent.rules.agreement import Unsigned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor, Permission

# What an office may begin with; it writes its own (条例 Art. 14).
PROPOSED_ZH = """志愿服务协议

一、服务内容、方式、时间和地点
志愿者按照本单位发布的项目和班次自愿报名，在报名的时间、地点提供服务。

二、志愿者的权利
1. 自愿参加或退出志愿服务活动；
2. 了解活动的真实、完整信息和可能发生的风险；
3. 获得必要的培训、物质保障和安全保障；
4. 个人信息受到保护，服务记录真实、完整，可免费取得志愿服务记录证明。

三、志愿者的义务
1. 按照约定提供服务，不能继续时及时告知；
2. 服从安排，遵守操作规程；
3. 尊重服务对象的意愿、人格和隐私，不泄露其个人信息；
4. 不向服务对象收取或者变相收取报酬。

四、本单位的义务
1. 如实说明服务内容和风险，安排与年龄、知识、技能和身体状况相适应的活动；
2. 提供必要的条件，可能发生人身危险时购买相应的保险；
3. 如实记录志愿服务信息。

五、解除
任何一方可以随时告知对方解除本协议；解除前的服务记录不受影响。
"""
PROPOSED_EN = """Agreement on voluntary service

1. What, how, when and where
The volunteer signs up freely for projects and shifts that this office publishes, and serves there.

2. Rights of the volunteer
1) to take part and to leave freely;
2) to be told truly and fully of the service and of its possible risks;
3) to be trained, equipped and protected as far as the service needs it;
4) to have personal particulars protected, service recorded truly, and certified free of charge.

3. Duties of the volunteer
1) to serve as agreed, and to say in time when that is not possible;
2) to follow the arrangements and the rules of safety;
3) to respect the wishes, dignity and privacy of those served;
4) to take no payment in any form.

4. Duties of the office
1) to tell truly of the service and its risks, and to arrange what fits age, skill and health;
2) to provide what is needed, and insurance where there may be danger;
3) to record the service truly.

5. Ending
Either side may end this agreement at any time by telling the other; what was recorded stays.
"""


def present(offices: Iterable[Office]) -> dict[int, Agreement]:
    """The version that stands at each office, its own or that of the nearest above it, by id."""
    lines = {office.id: office.ancestor_ids for office in offices}
    speakers = {step for line in lines.values() for step in line}
    latest = (
        select(Agreement.office_id, func.max(Agreement.version).label("version"))
        .where(Agreement.office_id.in_(speakers))
        .group_by(Agreement.office_id)
        .subquery()
    )
    query = select(Agreement).join(
        latest,
        (Agreement.office_id == latest.c.office_id) & (Agreement.version == latest.c.version),
    )
    own = {row.office_id: row for row in db.session.scalars(query.order_by(Agreement.office_id))}
    found = {id_: [own[step] for step in line if step in own] for id_, line in lines.items()}
    return {id_: versions[-1] for id_, versions in found.items() if versions}


def asked(offices: Iterable[Office], *, on: date) -> dict[int, Agreement]:
    """The version that must be signed before a first shift, of the offices that ask for one."""
    asking = list(offices)
    told = settings_by_office(asking, on=on)
    return present(o for o in asking if told[o.id][Setting.AGREEMENT] == "on")


def signed_by(person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The versions that people signed, by the person's id; who signed none is not in it."""
    query = select(Signature.person_id, Signature.agreement_id).where(
        Signature.person_id.in_(person_ids)
    )
    found: dict[int, set[int]] = {}
    for person_id, agreement_id in db.session.execute(query):
        found.setdefault(person_id, set()).add(agreement_id)
    return {id_: frozenset(versions) for id_, versions in found.items()}


def signatures_of(person_id: int) -> Sequence[Signature]:
    """All that a person ever signed, the latest first."""
    query = select(Signature).where(Signature.person_id == person_id)
    query = query.options(joinedload(Signature.agreement).joinedload(Agreement.office))
    return db.session.scalars(query.order_by(Signature.id.desc())).all()


def to_sign(person: Person, *, now: datetime) -> list[Agreement]:
    """The versions that the offices of a person ask for and that are not signed yet."""
    return [row for _, row in all_to_sign([person], now=now)]


def all_to_sign(
    persons: Sequence[Person],
    *,
    now: datetime,
    offices: Mapping[int, Sequence[Office]] | None = None,
) -> list[tuple[Person, Agreement]]:
    """The same of several people, in as many questions as of one; `offices` are those of each."""
    each = people.offices_of_each([p.id for p in persons]) if offices is None else offices
    every = {office.id: office for own in each.values() for office in own}
    if not every:
        return []
    wanted = asked(every.values(), on=today(next(iter(every.values())).zone, now))
    signed = signed_by([person.id for person in persons])
    found = []
    for person in persons:
        there = (wanted[office.id] for office in each[person.id] if office.id in wanted)
        missing = {
            row.id: row for row in there if law.missing(row.id, signed.get(person.id, frozenset()))
        }
        found += [(person, missing[id_]) for id_ in sorted(missing)]
    return found


def sign(
    agreement: Agreement,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    read: bool = True,
    on_paper: bool = False,
) -> Signature:
    """The person, the guardian, or the office that keeps the signed sheet, signs one version."""
    speaks = person.guardian_id is not None and actor.person_id == person.guardian_id
    office = agreement.office
    found = law.refusals_to_sign(
        born=person.birth_date,
        today=today(office.zone, now),
        by_guardian=speaks or on_paper,
        present=present([office])[office.id].id == agreement.id,
        signed=agreement.id in signed_by([person.id]).get(person.id, ()),
        read=read,
    )
    if found:
        raise Refused(found)
    born, day = person.birth_date, today(office.zone, now)
    by_guardian = speaks or (on_paper and born is not None and age.guardian_needed(born, day))
    row = Signature(
        person_id=person.id,
        agreement_id=agreement.id,
        signed_at=now,
        signed_by=(person.guardian_name or person.name) if by_guardian else person.name,
        by_guardian=by_guardian,
        on_paper=on_paper,
        account_id=actor.account_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # tapped twice in the same moment
        raise Refused([Unsigned.ALREADY]) from None
    audit.record(
        Act.AGREEMENT_SIGNED, person, actor=actor, now=now, office_id=office.id,
        agreement=agreement.id, version=agreement.version, on_paper=on_paper,
    )  # fmt: skip
    return row


def publish(
    office: Office, *, text_zh: str, text_en: str | None, actor: Actor, now: datetime
) -> Agreement:
    """A new version, which is asked for from now on; who signed an older one is asked again."""
    last = versions_of(office)[:1]
    before = last[0] if last else None
    same_en = before is not None and before.text_en == (text_en or None)
    if found := law.refusals_to_publish(text_zh, before.text_zh if before and same_en else None):
        raise Refused(found)
    row = Agreement(
        office=office,
        version=before.version + 1 if before else 1,
        text_zh=text_zh,
        text_en=text_en or None,
        made_at=now,
        made_by=actor.account_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        Act.AGREEMENT_PUBLISHED, row, actor=actor, now=now, office_id=office.id, version=row.version
    )
    return row


def renewed(since: datetime) -> list[tuple[Agreement, Select[Person]]]:
    """New versions that stand, with the active volunteers there who signed an older one only."""
    query = select(Agreement).where(Agreement.made_at > since, Agreement.version > 1)
    query = query.options(joinedload(Agreement.office)).order_by(Agreement.id)
    return [(row, _renewing(row)) for row in db.session.scalars(query).all()]


def _renewing(agreement: Agreement) -> Select[Person]:
    path = agreement.office.path
    below = select(Office).where(Office.path.startswith(path, autoescape=True)).order_by(Office.id)
    standing = present(db.session.scalars(below).all())
    bound = [id_ for id_, version in standing.items() if version.id == agreement.id]
    older = exists().where(
        Signature.person_id == Person.id,
        Signature.agreement_id.in_(
            select(Agreement.id).where(
                Agreement.office_id == agreement.office_id, Agreement.version < agreement.version
            )
        ),
    )
    this = exists().where(Signature.person_id == Person.id, Signature.agreement_id == agreement.id)
    serving = exists().where(
        Registration.person_id == Person.id,
        Registration.state == RegistrationState.ACTIVE,
        Registration.office_id.in_(bound),
    )
    left = Person.restricted_at.is_not(None) | Person.anonymised_at.is_not(None)
    return select(Person).where(older, ~this, serving, ~left).order_by(Person.id)


def versions_of(office: Office) -> Sequence[Agreement]:
    """Every version of the office's own, the latest first."""
    query = select(Agreement).where(Agreement.office_id == office.id)
    return db.session.scalars(query.order_by(Agreement.version.desc())).all()


def counts_of(versions: Collection[Agreement]) -> dict[int, int]:
    """How many people signed each of the versions."""
    query = select(Signature.agreement_id, func.count()).where(
        Signature.agreement_id.in_([row.id for row in versions])
    )
    found = dict(db.session.execute(query.group_by(Signature.agreement_id)).all())
    return {row.id: found.get(row.id, 0) for row in versions}


def readable(actor: Actor, permission: Permission, agreement_id: int) -> Agreement:
    """A version for those whom it binds or is offered to, and their offices; or `NotFound`.

    What was signed can be read as long as the signature stands, whatever came later.
    """
    row = one(Agreement, agreement_id)
    own = people.spoken_for(actor)
    signed = select(Signature.id).where(
        Signature.agreement_id == row.id, Signature.person_id.in_(own)
    )
    if actor.person_id and db.session.scalar(signed.limit(1)) is not None:
        return row
    registered = select(Registration.office_id).where(Registration.person_id.in_(own))
    below = select(Office.id).where(
        Office.id.in_(registered), Office.path.startswith(row.office.path, autoescape=True)
    )
    if actor.person_id and db.session.scalar(below.limit(1)) is not None:
        return row
    # An office reads what it is bound by: its own words, and those of the offices above it.
    bound = seen(actor, permission).where(Office.path.startswith(row.office.path, autoescape=True))
    if db.session.scalar(bound.limit(1)) is None:
        raise NotFound
    return row

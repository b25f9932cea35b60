"""Two offices with everything in them, and everybody who may come to a door of theirs."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

import filled
import make
from flask.testing import FlaskClient
from pages import Browser
from sqlalchemy import String, event, func, select

from talent import clock
from talent.access import SYSTEM, Role
from talent.accounts.models import Account, Grant
from talent.calendars.models import CalendarAddress
from talent.certificates.checking import throttle
from talent.checkin.kiosks import service as kiosks
from talent.checkin.kiosks.models import Kiosk
from talent.db import Base, db, writing
from talent.errors import NotAllowed
from talent.offices.models import Office
from talent.people.models import RegistrationState, Tie
from talent.rules.social_workers import Grade
from talent.staffing.models import Appointment, AppointmentKind
from talent.training.social_work import service as social_work

ADDRESS = "http://localhost"
NOWHERE = 999_999_999
# What is looked up in the tables of an office's own rows: (table, columns by the word they have).
ROWS = {
    "change_id": ("staffing_draft_change", {"draft_id": "staffing.draft draft_id"}),
    "gift_id": ("bank_gift", {}),
    "line_id": ("training_plan_line", {"plan_id": "renewals.plan plan_id"}),
    "material_id": ("course_material", {"course_id": "course_id"}),
    "message_id": ("message", {}),
    "pair_id": ("duplicate_pair", {}),
    "part_id": ("training_part", {"session_id": "session_id"}),
    "prerequisite_id": ("course_prerequisite", {"course_id": "course_id"}),
    "search_id": ("substitute_search", {}),
    "sheet_id": ("signed_sheet", {}),
    "shifts.undo batch_id": ("batch", {}),
    "people.leave registration_id": ("registration", {"person_id": "person_id"}),
    "teams.leave member_id": ("team_member", {"person_id": "person_id"}),
    "training.verify_registration registration_id": ("social_work_registration", {}),
    "level_id": ("star_level", {"scheme_id": "scheme_id"}),
    "guardians.withdraw consent_id": ("activity_consent", {}),
}
# A door whose word is the one of another door's.
ALIKE = {
    "certificates.badge unit_id": "office_id",
    "people.reapply registration_id": "people.leave registration_id",
    "people.sign_on_paper person_id": "first",
    "training.refuse_registration registration_id": "training.verify_registration registration_id",
    "training.record_paper record_id": "training.record record_id",
    "training.shown_record_paper record_id": "training.record record_id",
    "training.verify_record record_id": "training.record record_id",
    "renewals.remind id_": "credential_id",
    "guardians.withdraw_paper consent_id": "guardians.withdraw consent_id",
    "guardians.withdraw person_id": "guardians.show person_id",
    "guardians.withdraw_paper person_id": "guardians.show person_id",
    "staffing.confirm_appointments file_id": "staffing.appointment_rows file_id",
    "staffing.confirm_population file_id": "staffing.population_rows file_id",
    "staffing.unchange_draft draft_id": "staffing.draft draft_id",
    **{
        f"staffing.{door}_draft draft_id": "staffing.draft draft_id"
        for door in ("drop", "plan", "rebase", "share")
    },
    **{
        f"staffing.{door}_draft draft_id": "planned draft_id" for door in ("answer", "remark")
    },
    "training.questions_confirm file_id": "training.questions_rows file_id",
    "shifts.list_confirm file_id": "shifts.list_rows file_id",
    "shifts.list_confirm shift_id": "shifts.list_rows shift_id",
    "shifts.answered token": "shifts.answer token",
    "shifts.confirm token": "shifts.scan token",
    "checkin.scan token": "shifts.scan token",
    "shifts.invited_sign_up token": "shifts.invited token",
    "messages.stopped token": "messages.stop token",
    "certificates.cancel_batch batch_id": "certificates.batch batch_id",
    "certificates.resume_batch batch_id": "certificates.batch batch_id",
    "certificates.zip_of_batch batch_id": "certificates.batch batch_id",
    "national.take_answer file_id": "national.answer file_id",
    "national.file batch_id": "national.batch batch_id",
    "corrections.take_up request_id": "corrections.answer request_id",
    "renewals.export plan_id": "renewals.plan plan_id",
    "renewals.drop_line plan_id": "renewals.plan plan_id",
    "timebank.cancel request_id": "timebank.book request_id",
    "timebank.take request_id": "timebank.book request_id",
    **{
        f"shifts.{door} group_id": "shifts.group group_id"
        for door in ("agree_to_group", "leave_group", "renew_group_link", "add_members",
                     "remove_member")
    },
}  # fmt: skip
# What is no thing of an office: words, years, places in a list.
WORDS = {
    "accounts.end_session session_id": NOWHERE,
    "accounts.remove_passkey passkey_id": 1,
    "certificates.badge_status code": "none",
    "certificates.badge_status number": 1,
    "certificates.key_pem fingerprint": "0" * 64,
    "checkin.scan code": "none",
    "people.give kind": "honour_roll",
    "people.withdraw kind": "honour_roll",
    "recognition.apply period_code": "all",
    "renewals.export part": "demand",
    "renewals.remind subject": "credentials",
    "static filename": "css/talent.css",
}


@dataclass(repr=False)
class World:
    """Everybody by role, and what addresses need: of the office here and of the one there."""

    app: Any
    accounts: dict[str, Account | None]
    here: dict[str, Any]
    there: dict[str, Any]
    first_there: dict[str, int]  # of each table, where the rows of the office there begin
    last_there: dict[str, int]
    marks: dict[str, Any] = field(default_factory=dict)  # what is planted in what is known
    other: int = 0

    def __post_init__(self):
        self.client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        self.cookies = {role: self._cookie(role) for role in self.accounts}

    def rules(self, endpoint=None):
        found = sorted(self.app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods)))
        return [r for r in found if r.endpoint != "static" and endpoint in {None, r.endpoint}]

    def methods(self, path):
        """What an address takes, whichever door it is."""
        return set(self.app.url_map.bind("localhost").allowed_methods(path.partition("?")[0]))

    def policy(self, endpoint):
        return self.app.view_functions[endpoint].policy

    def things(self, rule):
        """The words of the rule that name a thing of an office."""
        words = {n: (self.word(rule, n, self.here), self.word(rule, n, self.there))
                 for n in rule.arguments}  # fmt: skip
        return sorted(name for name, (here, there) in words.items() if here != there)

    def word(self, rule, name, known):
        key = f"{rule.endpoint} {name}"
        return known.get(key, WORDS.get(key, known.get(name)))

    def path(self, rule, known, **given):
        """The address of a rule with what is known, and other words where they are given."""
        words = {name: self.word(rule, name, known) for name in rule.arguments} | given
        asked = filled.QUERY.get(rule.endpoint, "").format(**known)
        return rule.build(words, append_unknown=False)[1] + asked

    def nowhere(self, rule):
        """The address of a thing that is not there."""
        given = {name: nothing(rule, name) for name in self.things(rule)}
        return self.path(rule, self.here, **given)

    def ask(self, role, path, method="GET", headers=None, **more):
        """The answer of the whole app. Nothing of what it wrote stays."""
        throttle.forget()
        given = {"Cookie": self.cookies[role], **(headers or {})}
        db.session.rollback()  # what the test looked at must not hold the database
        return Context().run(self.client.open, path, method=method, headers=given, **more)

    @contextmanager
    def watched(self, names=()):
        """What of the office there is written of meanwhile, and what in the columns so named."""
        touched = set()

        def look(session, _context):
            for row in (*session.new, *session.dirty):
                touched.update(self._there(row))
                own = row.__table__.name, row.__table__.columns
                touched.update(
                    (own[0], c.name, str(getattr(row, c.key, None)))
                    for c in own[1]
                    if c.name in names and c.name != "id"
                )

        event.listen(db.session, "after_flush", look)
        yield touched
        event.remove(db.session, "after_flush", look)

    def _there(self, row):
        for column in type(row).__table__.columns:
            for key in column.foreign_keys:
                table, number = key.column.table.name, getattr(row, column.key, None)
                if (
                    number
                    and self.first_there.get(table, NOWHERE) <= number <= self.last_there[table]
                ):
                    yield f"{column.table.name}.{column.name}"

    def gate(self, role, path, method):
        """What the app says before the view is asked: open, sign in, closed, or no such method."""
        return Context().run(self._gate, role, path, method)

    def _gate(self, role, path, method):
        given = {"method": method, "headers": {"Cookie": self.cookies[role]}}
        with self.app.test_request_context(path, **given) as asked:
            if asked.request.routing_exception is not None:
                return str(asked.request.routing_exception.code)
            try:
                answer = self.app.preprocess_request()
            except NotAllowed:
                return "closed"
            return "open" if answer is None else "sign in"

    def _cookie(self, role):
        client, account = Browser(self.app).speak("en"), self.accounts[role]
        if account is not None:
            client.sign_in(account)
        cookies = [(each.key, each.value) for each in client._cookies.values()]
        if role == "kiosk":
            cookies.append(("kiosk", _tablet()))
        return "; ".join(f"{name}={value}" for name, value in cookies)


def nothing(rule, name):
    """The word of a thing that nobody has."""
    return NOWHERE if f"int:{name}>" in rule.rule else "none-such"


def _tablet():
    """The secret of a tablet that stands in the office here."""
    with writing():
        kiosk = db.session.scalars(select(Kiosk).order_by(Kiosk.id)).first()
        kiosks.open_pairing(kiosk, actor=SYSTEM, now=clock.now())
        return kiosks.paired(kiosks.pairing_code(kiosk, clock.now()), now=clock.now())


def build(app):
    """The world, its rows committed."""
    who, here = filled.fill(ADDRESS)
    ends = _ends()
    _, there = filled.fill(ADDRESS)
    first = {table: end + 1 for table, end in ends.items()}
    for known, least in ((here, dict.fromkeys(first, 0)), (there, first)):
        _complete(known, least)
    last = _ends()
    return World(app, who | _everybody(here), here, there, first, last)


def _ends():
    """The last number of each table."""
    return {
        table.name: db.session.scalar(select(func.max(table.c.id))) or 0
        for table in Base.metadata.sorted_tables
        if "id" in table.c and not isinstance(table.c.id.type, String)
    }


def _complete(known, least):
    """What the pages do not need, and doors that take a post do."""
    for word, (name, columns) in ROWS.items():
        table = Base.metadata.tables[name]
        query = select(table.c.id).where(table.c.id >= least[name]).order_by(table.c.id)
        for column, other in columns.items():
            query = query.where(table.c[column] == known[other])
        known[word] = db.session.scalars(query).first()
    for word, other in ALIKE.items():
        known[word] = known[other]
    office = db.session.get(Office, known["office_id"])
    grant = db.session.scalars(
        select(Grant).where(Grant.office_id == office.id).order_by(Grant.id)
    ).first()
    known["accounts.end_grant account_id"] = grant.account_id
    known["accounts.end_grant grant_id"] = grant.id
    address = db.session.scalars(
        select(CalendarAddress).where(CalendarAddress.office_id == office.id)
    ).one()
    known["calendars.feed token"] = address.token


def _everybody(here):
    """Those whom the pages do not know: all but the volunteer, who is a child's guardian."""
    office = db.session.get(Office, here["office_id"])
    district = db.session.get(Office, office.ancestor_ids[0])
    next_door = make.office("桂花社区", parent=office.parent)
    worker = make.person("社工", at=None)
    make.saved(
        Tie(person_id=worker.id, office_id=office.id),
        Appointment(
            person_id=worker.id, office_id=office.id, kind=AppointmentKind.FULL_TIME,
            starts_on=make.TODAY.replace(year=2020),
        ),
    )  # fmt: skip
    with writing():
        social_work.register(
            worker, grade=Grade.ASSISTANT, starts_on=make.TODAY.replace(year=2024), number="R9",
            degree_on=None, actor=SYSTEM, now=make.NOW,
        )  # fmt: skip
    applied = make.person("周报名", at=office, state=RegistrationState.APPLIED)
    return {
        "pending": make.account(person=applied),
        "deactivated": make.account(Role.COORDINATOR, office, closed_at=make.NOW),
        "kiosk": None,
        "other_volunteer": make.volunteer(office, "李邻居"),
        "social_worker": make.account(person=worker),
        "leader": make.account(Role.LEADER, office),
        "next_door": make.account(Role.COORDINATOR, next_door),
        "auditor": make.account(Role.AUDITOR, district),
    }

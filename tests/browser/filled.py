"""A small scene in which every page has something on it, and the address of every page."""

from __future__ import annotations

from datetime import date, timedelta

import filled_courses
import filled_desk
import filled_directory
import filled_forecast
import filled_honours
import filled_hours
import filled_indicators
import filled_merging
import filled_operation
import filled_papers
import filled_people
import filled_shifts
import filled_training
import make
import scene
from picked import first, last

from talent import clock
from talent.access import SYSTEM
from talent.accounts import resets
from talent.checkin.kiosks import service as kiosks
from talent.checkin.kiosks.models import Kiosk
from talent.db import writing
from talent.messages import service as messages
from talent.messages.models import Message, MessageKind
from talent.people.claims import service as claims
from talent.people.models import RegistrationState
from talent.rules.staffing import CountMode, PopulationKind
from talent.shifts.board.models import SavedView
from talent.shifts.models import (
    Signup,
)
from talent.staffing.models import Appointment, Population, Standard

ROLES = ("stranger", "newcomer", "volunteer", "coordinator", "manager", "administrator")


def fill(address):
    """The people of the scene by role, and what an address needs, by its name."""
    place = scene.place()
    scene.staff(place.office)
    now = clock.now()
    volunteer = scene.volunteer(place.office)
    newcomer = scene.account(None, None, name="新来的人")
    shift = filled_shifts.shifts(place, volunteer.person)
    known = {
        "office_id": place.office.id,
        "person_id": volunteer.person_id,
        "account_id": volunteer.id,
        "code": "cancel_minutes",
        "category_id": place.project.category_id,
        "shift_id": shift.id,
        "view_id": make.saved(
            SavedView(
                account_id=place.administrator.id, name="本周", query="by=project", made_at=now
            )
        ).id,
        "shifts.scan token": shift.scan_token,
        "proposal_id": filled_shifts.proposal(place, volunteer),
        "project_id": place.project.id,
        "position_id": place.project.positions[0].id,
        "signup_id": first(Signup, shift_id=shift.id).id,
        "appointment_id": first(Appointment, office_id=place.office.id).id,
        "population_id": first(Population, office_id=place.office.id).id,
        "standard_id": _standard(place.district),
        "way_id": filled_shifts.way(place.office),
    }
    known |= filled_shifts.asked(place, volunteer.person, shift)
    known |= filled_shifts.bulk(place, now) | filled_shifts.moved(place, volunteer.person)
    known |= filled_courses.taught(place, volunteer)
    filled_shifts.lines(place, volunteer.person, shift)
    known |= filled_shifts.handed_on(place, volunteer.person)
    known |= filled_hours.hours(place, volunteer)
    known |= filled_honours.banked(place, volunteer) | filled_honours.rated(place, volunteer)
    known |= filled_honours.honoured(place, volunteer)
    known |= filled_papers.certificates(place, volunteer, address)
    known |= filled_papers.files(place.administrator, place.office)
    known |= filled_hours.entered(place, volunteer)
    known |= filled_shifts.together(place, volunteer)
    known |= filled_desk.desk(place, volunteer, shift)
    known |= filled_hours.tried(place)
    known |= filled_people.fill(place, volunteer)
    known |= filled_training.fill(place, volunteer)
    known |= filled_directory.fill(place)
    known |= filled_indicators.fill(place)
    known |= filled_forecast.fill(place)
    known |= filled_merging.fill(place)
    with writing():
        applicant = make.person("赵小雨", at=place.office, state=RegistrationState.APPLIED)
        claim = claims.ask(applicant.id, name="新来的人", actor=newcomer.actor, now=now)
        known |= {"claim_id": claim.id, "people.claim_letter code": claims.code_of(claim)}
        resets.invite(newcomer, path="/account/reset/", holds=timedelta(hours=1), now=now)
        messages.tell(MessageKind.CLAIM, once=f"x{applicant.id}", now=now, person=applicant)
    known |= filled_operation.fill(place)
    link = last(Message, kind=MessageKind.PASSWORD_RESET)
    known["accounts.open_link token"] = link.secret
    known["messages.stop token"] = messages.stop_token(
        volunteer.person_id, MessageKind.SHIFT_REMINDER
    )
    who = {role: getattr(place, role) for role in ROLES[3:]}
    return who | {"stranger": None, "newcomer": newcomer, "volunteer": volunteer}, known


def _standard(district):
    return make.saved(
        Standard(
            office_id=district.id, name_zh="每万城镇常住人口25人", target=25,
            population_kind=PopulationKind.URBAN_RESIDENT, count_mode=CountMode.HEADCOUNT,
            kinds=["full_time"], valid_from=date(2027, 1, 1), source="区发〔2026〕3号",
        )
    ).id  # fmt: skip


def tablet(address):
    """The cookie of a tablet that becomes the kiosk."""
    with writing():
        kiosk = first(Kiosk)
        kiosks.open_pairing(kiosk, actor=SYSTEM, now=clock.now())
        value = kiosks.paired(kiosks.pairing_code(kiosk, clock.now()), now=clock.now())
    return {"name": "kiosk", "value": value, "url": f"{address}/checkin/kiosk"}


QUERY = {
    "indicators.enter_cases": "?office={office_id}",
    "indicators.workload": "?office={office_id}",
    "indicators.state": "?office={office_id}",
    "indicators.index": "?office={office_id}",
    "staffing.new_standard": "?template=shaanxi_2012",
    "staffing.why": "?since=2025-11-02",
    "teams.new_member": "?q=张",
    "directory.new_act": "?all=1&kind=pause",
    "certificates.new_batch": "?office={office_id}",
    "reports.yearly": "?office={office_id}&year={year}",
    "shifts.roster": "?q=ou",
    "shifts.board_shift": "?q=ou",
    "shifts.board_move": "?signup={signup_id}",
    "shifts.board_paper": "?kind=signing",
    "shifts.party": "?group=family",
    "shifts.new": "?project={project_id}",
    "national.look": "?office={office_id}",
    "national.answer": "?office={office_id}",
}


NOT_PAGES = {
    "healthz", "readyz", "robots", "security", "metrics", "static", "certificates.pdf",
    "certificates.zip_of_batch",
    "certificates.zip_of_session",
    "certificates.joined_batch", "certificates.seal_picture",
    "reports.yearly_export", "reports.yearly_pdf", "reports.public_yearly_pdf", "staffing.export",
    "people.picture", "intake.rejected", "indicators.sheet", "indicators.paper",
    "training.paper", "training.shown_paper", "training.record_paper", "renewals.export",
    "training.shown_record_paper", "training.scan", "training.material",
    "training.questions_example",
    "calendars.feed", "calendars.shift", "shifts.sheet_picture",
    "corrections.evidence",
    "checkin.worker", "checkin.token", "checkin.kiosk_token",
    "certificates.worker", "certificates.offline_keys", "certificates.key_pem",
    "certificates.badge", "certificates.badge_status", "recognition.pdf", "recognition.paper",
}  # fmt: skip


def addresses(app, known):
    """The address of every page and the permission it asks for, by the name of its door."""
    found = {}
    first = "accounts.open_link"  # it opens another page to whoever follows it
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.endpoint != first, r.rule)):
        if "GET" not in rule.methods or rule.endpoint in NOT_PAGES:
            continue
        words = {name: _word(rule.endpoint, name, known) for name in rule.arguments}
        if None not in words.values():
            path = rule.build(words, append_unknown=False)[1]
            path += QUERY.get(rule.endpoint, "").format(**known)
            found[rule.endpoint] = path, app.view_functions[rule.endpoint].permission
    return found


def _word(endpoint, name, known):
    return known.get(f"{endpoint} {name}", known.get(name))

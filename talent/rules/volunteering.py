"""What is volunteering, and who is on record: Order 67 Art. 5 and 19 (2021-02-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.span import Span
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, time, tzinfo

    from talent.rules.workdays import WorkCalendar


class Incomplete(StrEnum):
    """Which of the eight fields of Art. 5 is missing."""

    NAME = N_("The name is missing.")
    SEX = N_("The sex is missing.")
    BORN = N_("The birth date is missing.")
    DOCUMENT = N_("The number of the identity document is missing.")
    AREA = N_("The area of residence is missing.")
    CONTACT = N_("A telephone number or a mail address is missing.")
    SKILLS = N_("The skills are missing. Someone without special skills states none.")
    SERVICES = N_("Choose at least one category of service.")


@dataclass(frozen=True, slots=True)
class Registration:
    """The eight fields of Art. 5. Skills: None is "not asked", an empty text is "none"."""

    name: str
    sex: str | None
    born: date | None
    document_number: str
    area: str
    contact: str
    skills: str | None
    services: int  # how many categories were chosen


class ActivityKind(Word):
    """What an activity is. Only the first is volunteering."""

    SERVICE = "service", N_("Voluntary service")
    TRAINING = "training", N_("Training")
    PAID_DUTY = "paid_duty", N_("Work during one's own working hours")
    PAID = "paid", N_("Work for an allowance above its basic cost")
    OWN_INTEREST = "own_interest", N_("An activity in one's own interest")
    INTERNSHIP = "internship", N_("Internship or school duty")
    MEETING = "meeting", N_("Meeting, lecture, film, visit or rehearsal")
    MANAGEMENT = "management", N_("Internal management and duty shifts")
    COMMERCIAL = "commercial", N_("Commercial activity")
    DONATION = "donation", N_("Donation of money or goods")
    ONLINE_CLICKS = "online_clicks", N_("Sharing links, likes and quizzes on the net")


class NotVolunteering(StrEnum):
    """Why an activity cannot be recorded or certified."""

    KIND = N_("An activity of this kind is not voluntary service and gives no hours.")
    TRAINING = N_("Hours of training are recorded as training and never as service.")
    PAID_DUTY = N_(
        "From %(start)s to %(end)s this person is on paid duty. Voluntary service lies outside it.",
    )
    MAYBE_DUTY = N_(
        "From %(start)s to %(end)s this person may be on paid duty: as part-time staff, or as "
        "staff of another office. The office looks into it."
    )


def missing_fields(registration: Registration) -> list[Because]:
    """Art. 5: name, sex, birth date, document number, area, contact, skills, services."""
    stated = {
        Incomplete.NAME: registration.name.strip(),
        Incomplete.SEX: registration.sex,
        Incomplete.BORN: registration.born,
        Incomplete.DOCUMENT: registration.document_number.strip(),
        Incomplete.AREA: registration.area.strip(),
        Incomplete.CONTACT: registration.contact.strip(),
        Incomplete.SKILLS: registration.skills is not None,
        Incomplete.SERVICES: registration.services,
    }
    return [Because(field) for field, value in stated.items() if not value]


def refusals_to_record(kind: ActivityKind) -> list[Because]:
    """Art. 19: what is not volunteering is neither recorded nor certified; Art. 8: nor training."""
    if kind is ActivityKind.SERVICE:
        return []
    if kind is ActivityKind.TRAINING:
        return [Because(NotVolunteering.TRAINING)]
    return [Because(NotVolunteering.KIND)]


def duty(
    service: Span, *, since: time, until: time, calendar: WorkCalendar, zone: tzinfo
) -> list[Span]:
    """The working hours of an office that are near a service, one span for each working day.

    Where both ends are the same, the office has not said what its working hours are.
    """
    if since >= until:
        return []
    return [
        Span(datetime.combine(day, since, zone), datetime.combine(day, until, zone))
        for day in service.days(zone)
        if calendar.is_workday(day)
    ]


def doubts_on_duty(service: Span, duty: Iterable[Span]) -> list[Because]:
    """Art. 19: whose paid hours are not known for sure is asked, and never approved by itself."""
    return [
        Because(NotVolunteering.MAYBE_DUTY, {"start": each.start, "end": each.end})
        for each in sorted(duty)
        if each.overlaps(service)
    ]


def refusals_on_duty(service: Span, paid_duty: Iterable[Span]) -> list[Because]:
    """Art. 19: who is staff as well serves outside his paid hours; touching them is fine."""
    return [
        Because(NotVolunteering.PAID_DUTY, {"start": duty.start, "end": duty.end})
        for duty in sorted(paid_duty)
        if duty.overlaps(service)
    ]

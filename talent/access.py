"""Who may do what: roles and doors as data, an actor with what it holds; closed by default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING, TypeVar

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

View = TypeVar("View", bound="Callable[..., object]")


class Role(Word):
    """Granted at an office, valid for it and for all below it."""

    VOLUNTEER = "volunteer", N_("Volunteer")
    LEADER = "leader", N_("Shift leader")
    COORDINATOR = "coordinator", N_("Coordinator")
    MANAGER = "manager", N_("Manager")
    AUDITOR = "auditor", N_("Auditor")
    ADMINISTRATOR = "administrator", N_("Administrator")


class Permission(StrEnum):
    """What a door asks for. The first two ask for no role."""

    PUBLIC = auto()  # anybody, without an account
    SIGNED_IN = auto()  # one's own things
    TAKE_SHIFTS = auto()
    LEAD_SHIFTS = auto()
    SEE_OFFICES = auto()
    EDIT_OFFICES = auto()
    SEE_PEOPLE = auto()
    EDIT_PEOPLE = auto()
    SEE_IDENTITY = auto()
    MERGE_PEOPLE = auto()
    GRANT_ROLES = auto()
    SEE_TRAINING = auto()
    EDIT_TRAINING = auto()
    SEE_STAFFING = auto()
    EDIT_STAFFING = auto()
    REMARK_STAFFING = auto()  # to say something of a draft that is shared
    SEE_SHIFTS = auto()
    PLAN_SHIFTS = auto()
    OVERRIDE = auto()
    SEE_HOURS = auto()
    ENTER_HOURS = auto()
    REVIEW_HOURS = auto()
    REVIEW_LONG_DAYS = auto()
    SEE_CERTIFICATES = auto()
    ISSUE_CERTIFICATES = auto()
    REVOKE_CERTIFICATES = auto()
    SEE_BANK = auto()
    KEEP_BANK = auto()
    SEE_RATINGS = auto()
    ANSWER_RATINGS = auto()
    SEE_RECOGNITION = auto()
    EVALUATE_SERVICE = auto()
    DECIDE_STARS = auto()
    KEEP_AWARDS = auto()
    SEE_MESSAGES = auto()
    SEND_MESSAGES = auto()
    SEE_REPORTS = auto()
    EDIT_RULES = auto()
    SEE_AUDIT = auto()
    WATCH_WORK = auto()  # workers and jobs, which are of no office


class Scope(StrEnum):
    """Whose things a door shows or changes."""

    PUBLIC = auto()  # what is there for everybody who may come in
    TOKEN = auto()  # the one thing that the secret of an address, a letter or a tablet names
    OWN = auto()  # one's own, or those of a child for whom one speaks
    EITHER = auto()  # one's own, and those of the offices for which a role is held
    MEMBERS = auto()  # what an office offers to those who are registered there
    OFFICE = auto()  # those of the offices for which the permission is held
    HOUSE = auto()  # what all offices have in common


class Field(StrEnum):
    """What is known of a person beyond the name, and which not every door shows."""

    PHONE = auto()
    MAIL = auto()
    BIRTH = auto()
    IDENTITY = auto()
    AREA = auto()  # where the person lives
    EMERGENCY = auto()  # whom to call
    GUARDIAN = auto()  # who speaks for a child
    NOTES = auto()  # what somebody wrote of the person
    REASONS = auto()  # why an office or the person did something


P = Permission
_SEE = frozenset(p for p in Permission if p.name.startswith("SEE_")) - {P.SEE_IDENTITY, P.SEE_AUDIT}
_LEAD = frozenset({P.LEAD_SHIFTS, P.SEE_OFFICES, P.SEE_SHIFTS})
_COORDINATE = (
    _LEAD
    | {P.SEE_PEOPLE, P.EDIT_PEOPLE, P.SEE_TRAINING, P.EDIT_TRAINING, P.PLAN_SHIFTS, P.OVERRIDE}
    | {P.SEE_HOURS, P.ENTER_HOURS, P.REVIEW_HOURS, P.SEE_CERTIFICATES, P.ISSUE_CERTIFICATES}
    | {P.SEE_MESSAGES, P.SEND_MESSAGES, P.SEE_REPORTS, P.SEE_STAFFING, P.REMARK_STAFFING}
    | {P.SEE_RECOGNITION, P.EVALUATE_SERVICE, P.KEEP_AWARDS}
    | {P.SEE_BANK, P.KEEP_BANK, P.SEE_RATINGS, P.ANSWER_RATINGS}
)
_MANAGE = (
    _COORDINATE
    | _SEE
    | {P.DECIDE_STARS, P.MERGE_PEOPLE}
    | {P.EDIT_STAFFING, P.REVIEW_LONG_DAYS, P.REVOKE_CERTIFICATES, P.EDIT_RULES, P.SEE_IDENTITY}
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VOLUNTEER: frozenset({P.TAKE_SHIFTS}),
    Role.LEADER: _LEAD,
    Role.COORDINATOR: _COORDINATE,
    Role.MANAGER: _MANAGE,
    Role.AUDITOR: _SEE | {P.SEE_AUDIT},
    Role.ADMINISTRATOR: _MANAGE | {P.EDIT_OFFICES, P.GRANT_ROLES, P.SEE_AUDIT, P.WATCH_WORK},
}
STAFF = frozenset(Role) - {Role.VOLUNTEER}


@dataclass(frozen=True, slots=True)
class Held:
    """A role, and the office at which it was granted. `path` is the office's place in the tree."""

    role: Role
    office_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. An unknown visitor holds nothing; the system may everything, by name `SYSTEM`."""

    account_id: int | None = None
    person_id: int | None = None
    held: tuple[Held, ...] = ()
    system: bool = False

    def may(self, permission: Permission, path: str | None = None) -> bool:
        """Whether the permission is held at all, or for the office that stands at `path`."""
        if self.system or permission is Permission.PUBLIC:
            return True
        if permission is Permission.SIGNED_IN:
            return self.account_id is not None
        return any(path is None or path.startswith(own) for own in self.paths(permission))

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """The places in the tree at and below which the permission holds. The system's is all."""
        if self.system:
            return ("/",)
        return tuple(h.path for h in self.held if permission in GRANTS[h.role])

    @property
    def staff(self) -> bool:
        """Whether any role beyond the volunteer's is held."""
        return any(h.role in STAFF for h in self.held)


NOBODY = Actor()
SYSTEM = Actor(system=True)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a door asks for, whose things are behind it, and which fields of persons it shows."""

    permission: Permission
    scope: Scope
    shows: frozenset[Field] = frozenset()


_USUAL = {Permission.PUBLIC: Scope.PUBLIC, Permission.SIGNED_IN: Scope.OWN}


def allow(
    permission: Permission, scope: Scope | None = None, *, shows: Iterable[Field] = ()
) -> Callable[[View], View]:
    """Declare what a view asks for. Without this a route is closed to everybody.

    What asks for a role is about its offices, what asks for an account is about one's own things,
    and the rest is for everybody: a door of another scope says so.
    """
    stated = Policy(permission, scope or _USUAL.get(permission, Scope.OFFICE), frozenset(shows))

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.policy = stated  # type: ignore[attr-defined]
        return view

    return declare

"""Two files of one person become one: all follows, nothing is lost or counted twice; and back."""

from datetime import timedelta
from decimal import Decimal

import make
import pytest
from banking import credit, served, turn_on
from joined import everything, join, part
from sqlalchemy import func, select

from talent.accounts.models import Account
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances
from talent.certificates.issuing.service import Wish as Wish_
from talent.certificates.models import Certificate
from talent.certificates.service import standings
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.merging import service
from talent.merging.models import Merge
from talent.merging.plan import Side, Wish
from talent.people import service as people
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.recognition.models import StarGrant, StarLevel, StarScheme
from talent.rules.signup import SignupState
from talent.rules.stars import LevelKind, Quality, Source, StarPeriod, Way
from talent.shifts.models import Signup
from talent.timebank import ledger as bank
from talent.timebank.models import BankAccount, BankKind, BankRequest


@pytest.fixture
def office(app):
    return make.office()


def two(office, **more):
    return make.person("王秀兰", at=office), make.person("王秀蘭", at=office, **more)


def test_what_one_file_has_the_other_one_has_afterwards(office, clock):
    other = make.office("和平社区")
    target = make.person("王秀兰", at=office)
    source = make.person("王秀蘭", at=other)
    make.record(source, other, 90)
    shift = make.shift(make.project(other))
    signup = make.signup(shift, source)
    join(source, target)
    assert ledger.total(person_id=target.id) == 90
    assert ledger.total(person_id=source.id) == 0
    assert db.session.get(Signup, signup.id).person_id == target.id
    offices = select(Registration.office_id).where(Registration.person_id == target.id)
    assert set(db.session.scalars(offices)) == {office.id, other.id}
    assert db.session.scalars(select(Tie).where(Tie.person_id == source.id)).all() == []
    emptied = db.session.get(Person, source.id)
    assert emptied.merged_into_person_id == target.id
    assert emptied.document is None
    assert emptied.phone is None
    assert people.merged_into(source.id) == target.id


def test_two_registrations_at_one_office_become_one_and_the_older_active_one_stays(office, clock):
    target = make.person("王秀兰", at=office, state=RegistrationState.LEFT)
    source = make.person("王秀蘭", at=office)
    before = everything(source.id, target.id)
    merge = join(source, target)
    kept = db.session.scalars(select(Registration).where(Registration.person_id == target.id)).one()
    assert kept.state is RegistrationState.ACTIVE
    part(merge)
    assert everything(source.id, target.id) == before


def test_of_two_places_on_one_shift_the_one_with_attendance_stays(office, clock):
    target, source = two(office)
    start = make.NOW - timedelta(days=2)
    shift = make.shift(make.project(office), start=start, hours=2, places=5)
    stayed_away = make.signup(shift, target)
    came = make.attended(shift, source, left=120).signup
    before = everything(source.id, target.id)
    merge = join(source, target)
    states = {one.id: (one.person_id, one.state) for one in db.session.scalars(select(Signup))}
    assert states[came.id] == (target.id, SignupState.CONFIRMED)
    assert states[stayed_away.id] == (target.id, SignupState.CANCELLED)
    db.session.expire_all()
    assert shift.needs[0].taken == 1
    part(merge)
    assert everything(source.id, target.id) == before
    db.session.expire_all()
    assert shift.needs[0].taken == 2


def test_hours_that_both_files_hold_count_once_and_come_back_when_it_is_undone(office, clock):
    target, source = two(office)
    make.record(target, office, 120)
    copy = make.record(source, office, 120)
    make.record(source, office, 45, day=make.TODAY - timedelta(days=3))
    merge = join(source, target)
    assert ledger.total(person_id=target.id) == 165
    assert (merge.counts["records"], merge.counts["twice"]) == (2, 1)
    assert proving.reconcile() == []
    part(merge)
    assert ledger.total(person_id=target.id) == 120
    assert ledger.total(person_id=source.id) == 165
    assert db.session.get(ServiceRecord, copy.id).minutes == 120
    assert proving.reconcile() == []
    assert proving.breaks(office.id) == []


def test_a_record_that_waits_and_is_there_twice_waits_again_when_it_is_undone(office, clock):
    target, source = two(office)
    make.record(target, office, 120)
    copy = make.record(source, office, 120, state=RecordState.PENDING)
    merge = join(source, target)
    assert db.session.get(ServiceRecord, copy.id).state is RecordState.REFUSED
    part(merge)
    back = db.session.get(ServiceRecord, copy.id)
    assert (back.state, back.answer, back.person_id) == (RecordState.PENDING, None, source.id)


def test_words_are_taken_from_the_file_that_was_chosen(office, clock):
    target = make.person("王秀兰", at=office, email=None, area="南街")
    source = make.person("王秀蘭", at=office, email="w@example.org", area="北街")
    number, document = source.volunteer_no, source.document
    before = everything(source.id, target.id)
    wish = Wish({"name": Side.SOURCE, "document": Side.SOURCE, "area": Side.TARGET})
    merge = join(source, target, wish=wish)
    now = db.session.get(Person, target.id)
    assert (now.name, now.document, now.area) == ("王秀蘭", document, "南街")
    assert now.email == "w@example.org"  # only one had one
    assert db.session.get(Person, source.id).volunteer_no == number
    part(merge)
    assert everything(source.id, target.id) == before


def test_of_two_accounts_the_chosen_one_stays_and_the_other_is_closed(office, clock):
    target, source = two(office)
    own, other = make.account(person=target), make.account(person=source)
    before = everything(source.id, target.id)
    merge = join(source, target, wish=Wish(account=Side.SOURCE))
    assert db.session.get(Account, own.id).closed_at == make.NOW
    assert db.session.get(Account, own.id).person_id is None
    assert db.session.get(Account, other.id).person_id == target.id
    part(merge)
    assert everything(source.id, target.id) == before
    assert db.session.get(Account, own.id).closed_at is None


def test_what_was_changed_since_stays_where_it_is_and_is_named(office, clock):
    target = make.person("王秀兰", at=office)
    other = make.office("和平社区")
    source = make.person("王秀蘭", at=other)
    merge = join(source, target)
    with writing():
        moved = db.session.scalars(
            select(Registration).where(
                Registration.person_id == target.id, Registration.office_id == other.id
            )
        ).one()
        moved.state = RegistrationState.PAUSED
    merge = part(merge)
    assert merge.left == [["Registrations", 1]]
    assert db.session.get(Registration, moved.id).person_id == target.id
    assert db.session.get(Person, source.id).merged_into_person_id is None


def test_what_was_written_since_stays_with_the_file_that_stayed(office, clock):
    target, source = two(office)
    merge = join(source, target)
    make.record(db.session.get(Person, target.id), office, 75)
    part(merge)
    assert ledger.total(person_id=target.id) == 75


def test_after_thirty_days_it_is_refused_with_the_day(office, clock):
    target, source = two(office)
    merge = join(source, target)
    with pytest.raises(Refused) as refused:
        part(merge, now=make.NOW + timedelta(days=30, minutes=1))
    assert "day" in refused.value.reasons[0].facts
    part(merge, now=make.NOW + timedelta(days=30))


def test_the_last_one_is_undone_first(office, clock):
    first, second = two(office)
    third = make.person("王秀澜", at=office)
    before = everything(first.id, second.id, third.id)
    one = join(first, second)
    other = join(second, third)
    with pytest.raises(Refused):
        part(one)
    part(other)
    part(one)
    assert everything(first.id, second.id, third.id) == before


def test_a_file_is_not_joined_with_itself_and_not_without_a_reason(office, clock):
    target, source = two(office)
    with pytest.raises(Refused):
        join(target, target)
    with pytest.raises(Refused):
        join(source, target, why=" ")
    assert db.session.scalar(select(func.count()).select_from(Merge)) == 0


def test_what_has_changed_since_it_was_shown_is_shown_again(office, clock):
    target, source = two(office)
    shift = make.shift(make.project(office))
    seen = service.outlook(source, target, Wish(), actor=service.SYSTEM, now=make.NOW).mark
    make.signup(shift, source)
    with pytest.raises(Refused), writing():
        service.join(
            source, target, Wish(),
            why="x", seen=seen, papers_seen=True, actor=service.SYSTEM, now=make.NOW,
        )  # fmt: skip


def test_what_arrives_late_follows(office, clock):
    target, source = two(office)
    join(source, target)
    shift = make.shift(make.project(office))
    late = make.signup(shift, source)
    with writing():
        assert service.follow_late(make.NOW) > 0
    assert db.session.get(Signup, late.id).person_id == target.id


def test_banked_time_follows_the_hours_and_what_was_spent_goes_along(office, clock):
    turn_on(office, make.TODAY - timedelta(days=9))
    target, source = two(office)
    served(source, office, 300)
    served(target, office, 60, day=make.TODAY - timedelta(days=2))
    mine = balance(source, office)
    with writing():
        account = db.session.get(BankAccount, mine)
        bank.write(account, BankKind.SPENT, -100, at=make.NOW)
        db.session.add(
            BankRequest(
                account_id=mine, office_id=office.id, what="陪诊", starts_at=make.NOW,
                minutes=40, made_at=make.NOW,
            )
        )  # fmt: skip
        account.reserved = 40
    merge = join(source, target)
    credit()
    assert held(source, office) == (0, 0)
    assert held(target, office) == (260, 40)
    assert bank.reconcile() == []
    part(merge)
    credit()
    assert held(source, office) == (200, 40)
    assert held(target, office) == (60, 0)
    assert bank.reconcile() == []


def test_a_certificate_keeps_its_number_and_is_found_with_the_file_that_stays(office, clock):
    target, source = two(office)
    make.record(source, office, 90)
    own = make.account(person=source)
    by = Circumstances(
        actor=db.session.get(Account, own.id).actor, now=make.NOW, today=make.TODAY,
        verify_at="https://x/verify",
    )  # fmt: skip
    with writing():
        made = issuing.issue_own(Wish_(), by)
    number, content = made.number, dict(made.content)
    merge = join(source, target)
    found = db.session.scalars(select(Certificate)).one()
    assert (found.number, found.content, found.person_id) == (number, content, target.id)
    assert next(iter(standings([found]).values())).status == "valid"
    part(merge)
    found = db.session.scalars(select(Certificate)).one()
    assert found.person_id == source.id
    assert next(iter(standings([found]).values())).status == "valid"


def test_of_two_stars_of_one_level_the_older_stands_and_both_numbers_are_kept(office, clock):
    target, source = two(office)
    scheme = make.saved(
        StarScheme(
            office_id=office.id, name_zh="星级", period=StarPeriod.LIFETIME, quality=Quality.NONE,
            least_average=Decimal(0), least_count=0, first_day=make.TODAY, source="x",
            sureness=Source.OWN, made_at=make.NOW,
        )
    )  # fmt: skip
    level = make.saved(
        StarLevel(
            scheme_id=scheme.id, place=1, hours=100, name_zh="一星",
            kind=LevelKind.STAR, way=Way.AUTOMATIC,
        )
    )  # fmt: skip
    for days, person in enumerate((source, target)):
        make.saved(
            StarGrant(
                person_id=person.id, level_id=level.id, office_id=office.id, decider_id=office.id,
                number=f"S{days}", period="", minutes=6000, steps=0, count=0,
                granted_on=make.TODAY, granted_at=make.NOW + timedelta(days=days),
            )
        )  # fmt: skip
    before = everything(source.id, target.id)
    merge = join(source, target)
    stars = {one.number: one for one in db.session.scalars(select(StarGrant))}
    assert stars["S0"].withdrawn_at is None
    assert stars["S1"].withdrawn_at == make.NOW
    assert {one.person_id for one in stars.values()} == {target.id}
    part(merge)
    assert everything(source.id, target.id) == before


def balance(person, office):
    query = select(BankAccount.id).where(
        BankAccount.person_id == person.id, BankAccount.office_id == office.id
    )
    return db.session.scalars(query).one()


def held(person, office):
    db.session.expire_all()
    account = db.session.get(BankAccount, balance(person, office))
    return account.balance, account.reserved

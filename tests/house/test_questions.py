"""What is asked past SQLAlchemy is answered as SQLAlchemy answers it."""

from datetime import UTC, datetime

import make
import pytest
from counting import queries
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.exc import DBAPIError, MultipleResultsFound

from talent import questions
from talent.access import Role
from talent.db import asked, asked_one, db, undo, writing
from talent.offices.models import Office, OfficeKind
from talent.once import SentForm

FLOAT = 701  # what PostgreSQL calls the kind of number that is turned
FAULTS = {
    "postgresql": "1 / (SELECT count(*) FROM office)",
    "sqlite": "abs(-9223372036854775807 - 1 + (SELECT count(*) FROM office))",
}
NAMES = select(Office.id, Office.name_zh).where(Office.id >= bindparam("least")).order_by(Office.id)


def three_times(statement, **given):
    """Met, made into a question, asked as one."""
    return [asked(statement, **given) for _ in range(3)][-1]


@pytest.mark.usefixtures("app")
def test_every_column_comes_as_its_type_says():
    office = make.office()
    somebody = make.volunteer(office)
    make.session(make.account(Role.COORDINATOR, office).id)
    shift = make.shift(make.project(office))
    make.attended(shift, somebody, left=120)
    make.doubt(make.record(somebody, office))
    filled = 0
    for table in db.metadata.sorted_tables:
        statement = select(*table.c).order_by(*table.primary_key)
        found = db.session.connection().execute(statement)
        names, rows = tuple(found.keys()), found.all()
        told = three_times(statement)
        assert isinstance(questions._met[statement], questions.Question)
        for row, other in zip(rows, told, strict=True):
            assert [(type(each), each) for each in other] == [(type(each), each) for each in row]
            assert [getattr(other, name) for name in names] == list(row)
        filled += bool(rows)
    assert filled >= 12


@pytest.mark.usefixtures("app")
def test_nothing_stays_nothing_in_every_column():
    dialect = db.engine.dialect
    for table in db.metadata.sorted_tables:
        for column in table.c:
            turn = column.type.dialect_impl(dialect).result_processor(dialect, FLOAT)
            assert turn is None or turn(None) is None, column


@pytest.mark.usefixtures("app")
def test_what_is_asked_is_what_is_told_each_time():
    first, second = make.office("东").id, make.office("西").id
    with queries() as sent:
        for _ in range(3):
            assert asked(NAMES, least=0) == [(first, "东"), (second, "西")]
            assert asked(NAMES, least=second) == [(second, "西")]
            assert asked(NAMES, least=second + 1) == []
    assert len(sent) == 9
    assert len(set(sent)) == 1
    assert asked_one(NAMES, least=second).name_zh == "西"
    assert asked_one(NAMES, least=second + 1) is None
    with pytest.raises(MultipleResultsFound):
        asked_one(NAMES, least=0)


@pytest.mark.usefixtures("app")
def test_a_list_that_is_written_out_is_left_to_sqlalchemy():
    first, second = make.office("东").id, make.office("西").id
    some = select(Office.id).where(Office.id.in_(bindparam("ids", expanding=True)))
    for ids in ([first], [second, first], [], [second]):
        assert sorted(id_ for (id_,) in asked(some, ids=ids)) == sorted(ids)
    kinds = select(Office.id).where(Office.kind.in_([OfficeKind.COMMUNITY, OfficeKind.STREET]))
    assert sorted(three_times(kinds)) == [(first,), (second,)]


@pytest.mark.usefixtures("app")
def test_what_was_not_written_yet_is_counted():
    sent = select(func.count()).select_from(SentForm)
    assert three_times(sent) == [(0,)]
    with writing():
        db.session.add(SentForm(digest="0", at=datetime.now(UTC)))
        assert asked(sent) == [(1,)]
        undo()
        assert asked(sent) == [(0,)]


@pytest.mark.usefixtures("app")
def test_an_error_is_sqlalchemys_and_leaves_the_next_question_alone():
    fault = literal_column(FAULTS[db.engine.dialect.name])
    refused = select(fault).where(bindparam("whether") == 1)
    for _ in range(3):
        assert asked(refused, whether=0) == []
    with pytest.raises(DBAPIError):
        asked(refused, whether=1)
    undo()
    assert asked(NAMES, least=0) == []

"""A list of numbers is one value of a statement, which stays the same however long it is."""

import make
import pytest
from counting import queries
from sqlalchemy import bindparam, select

from talent.arrays import any_of
from talent.db import asked, db
from talent.offices.models import Office

SOME = select(Office.id).where(any_of(Office.id, "some"), Office.id != bindparam("but"))


@pytest.mark.usefixtures("app")
def test_those_are_found_whose_numbers_are_told_and_nobody_else():
    first, second, third = (make.office(name).id for name in ("东", "西", "南"))
    with queries() as sent:
        for wanted, found in (
            ([], []), ([second], [second]), ({third, first}, [first, third]),
            ((first, first, 10**6), [first]), (range(500), [first, second, third]),
        ):  # fmt: skip
            assert sorted(id_ for (id_,) in asked(SOME, some=wanted, but=0)) == found
        assert asked(SOME, some=[first], but=first) == []
    assert len({each for each in sent if "SELECT" in each}) == 1


@pytest.mark.usefixtures("app")
def test_they_are_looked_for_and_not_gone_through():
    asked(select(Office.id))  # a transaction
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    words = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    statement = str(SOME.compile(dialect=db.engine.dialect))
    given = "[1, 2]" if db.engine.dialect.name == "sqlite" else [1, 2]
    values = (given, 0) if "?" in statement else {"some": given, "but": 0}
    plan = db.session.connection().exec_driver_sql(f"{words} {statement}", values).all()
    told = " ".join(str(row[-1]) for row in plan)
    assert "SEARCH office" in told or "pk_office" in told

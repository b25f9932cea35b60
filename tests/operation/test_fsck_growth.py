"""What the checks of `flask fsck` cost grows with the rows, and not with their square."""

from __future__ import annotations

from sqlalchemy import event

from talent import clock
from talent.db import db
from talent.fsck import service


def asked():
    """Every statement of all checks, with what is put into it."""
    said = []

    def listen(_connection, _cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", listen)
    list(service.run(clock.now()))
    event.remove(db.engine, "before_cursor_execute", listen)
    return [each for each in said if each[0].lstrip().startswith(("SELECT", "WITH"))]


def walked_again_and_again(rows):
    """Tables that are read from beginning to end for each row of another one."""
    told = {number: (parent, detail) for number, parent, _, detail in rows}
    for number, (_, detail) in told.items():
        if not detail.startswith("SCAN ") or "CONSTANT" in detail:
            continue
        above = number
        while above:
            above, what = told[above]
            if what.startswith("CORRELATED"):
                yield detail


def test_no_check_reads_a_table_anew_for_each_row_of_another(app):
    """SQLite says how it goes about a question; a server has more ways, and none that is worse."""
    statements = asked()
    assert len(statements) > 100
    if db.engine.dialect.name != "sqlite":
        return
    found = {}
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            if scans := set(walked_again_and_again(plan.all())):
                found[statement[:200]] = scans
    assert found == {}

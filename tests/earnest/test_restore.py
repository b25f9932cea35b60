"""A restore where one role owns the tables and another one runs the pages (docs/deploy.md)."""

from __future__ import annotations

from contextlib import contextmanager

import make
from conftest import POSTGRESQL
from keeping import backed_up, elsewhere, run
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

import config
from talent.app import create_app
from talent.backup import leaving
from talent.db import db

__all__ = ["elsewhere"]


@contextmanager
def as_master(database=None):
    """The tests' own server, as the one who may everything there."""
    url = make_url(POSTGRESQL)
    engine = create_engine(url.set(database=database or url.database), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def test_the_owner_of_the_database_finds_another_role_that_has_it_open(
    app, tmp_path, elsewhere, monkeypatch
):
    """Neither is a superuser."""
    monkeypatch.setattr(leaving, "MOMENT", 1)
    make.office()
    file = backed_up(app, tmp_path / "backups")
    where = make_url(elsewhere.config["SQLALCHEMY_DATABASE_URI"])
    owner, pages = (f"{name}_{where.database}" for name in ("owner", "pages"))
    with as_master() as said:
        for role in (owner, pages):
            said.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'x'"))
        said.execute(text(f"ALTER DATABASE {where.database} OWNER TO {owner}"))
    given = config.Testing(elsewhere.config["TALENT_HOME"])
    own = where.set(username=owner, password="x")
    given.SQLALCHEMY_DATABASE_URI = own.render_as_string(hide_password=False)
    there = create_app(given)
    engine = create_engine(where.set(username=pages, password="x"), poolclass=NullPool)
    try:
        with engine.connect():
            code, told = run(there, "restore", file, "--over", where.database)
        assert code == 1, told
        assert "stop the pages and the timed work first: connected are" in told
        assert run(there, "restore", file, "--over", where.database)[0] == 0
    finally:
        with there.app_context():
            db.engine.dispose()
        with as_master() as said:
            said.execute(text(f"ALTER DATABASE {where.database} OWNER TO CURRENT_USER"))
        with as_master(where.database) as said:
            for role in (owner, pages):
                said.execute(text(f"REASSIGN OWNED BY {role} TO CURRENT_USER"))
                said.execute(text(f"DROP OWNED BY {role}"))
                said.execute(text(f"DROP ROLE {role}"))

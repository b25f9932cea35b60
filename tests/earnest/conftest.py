"""A mail server with two workers that send through it; a database of the release before."""

import conftest
import flask_migrate
import pytest
from earnest import release
from earnest.pair import Pair
from messages.conftest import server

import config
from talent.app import create_app
from talent.db import db

__all__ = ["server"]


@pytest.fixture
def pair(app, server, tmp_path):
    one = Pair(app, server, tmp_path)
    yield one
    one.close()


@pytest.fixture
def before(tmp_path):
    """An app on a database with the tables of the release before."""
    given = config.Testing(tmp_path)
    given.SQLALCHEMY_DATABASE_URI = conftest.database(tmp_path, "before")
    app = create_app(given)
    with app.app_context():
        flask_migrate.upgrade(revision=release.MIGRATION)
        yield app
        db.session.remove()
        db.engine.dispose()
    conftest.drop(given.SQLALCHEMY_DATABASE_URI)

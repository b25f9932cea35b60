"""A bare page: Flask, Jinja, SQLAlchemy, fifty shifts from the app's own tables, a signed session.

What it costs is the measure for the app's own pages, in the same run and served in the same way:
absolute figures drift with the machine, ratios do not.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, render_template, session
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

from config import chosen

ROWS = 50
PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
  <head><meta charset="utf-8"><title>Shifts</title></head>
  <body>
    <h1>Shifts</h1>
    <p>{{ reader }}</p>
    <table>
      {% for shift in shifts %}
        <tr id="shift-{{ shift.id }}">
          <td><a href="{{ url_for('page', after=shift.id) }}">{{ shift.project.name }}</a></td>
          <td>{{ shift.project.office.name_zh }}</td>
          <td>{{ shift.starts_at.strftime("%Y-%m-%d %H:%M") }}</td>
          <td>{{ shift.ends_at.strftime("%H:%M") }}</td>
          <td>{{ shift.place }}</td>
        </tr>
      {% endfor %}
    </table>
  </body>
</html>
"""


class Base(DeclarativeBase):
    """Of the tables below."""


class Office(Base):
    """Its name."""

    __tablename__ = "office"
    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str]


class Project(Base):
    """What a shift is about."""

    __tablename__ = "project"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    office: Mapped[Office] = relationship()


class Shift(Base):
    """When and where."""

    __tablename__ = "shift"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str | None]
    project: Mapped[Project] = relationship()


def create_app() -> Flask:
    """The page at /, on the database that the app would use."""
    settings = chosen()
    app = Flask("bare")
    app.config["SECRET_KEY"] = settings.SECRET_KEY
    app.config["SESSION_COOKIE_NAME"] = settings.SESSION_COOKIE_NAME
    app.jinja_loader = DictLoader({"page.html": PAGE})
    engine = create_engine(settings.SQLALCHEMY_DATABASE_URI)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda c, _: c.execute("PRAGMA journal_mode=WAL"))

    @app.get("/")
    def page() -> str:
        coming = (
            select(Shift)
            .where(Shift.starts_at > datetime.now(UTC).replace(tzinfo=None))
            .options(joinedload(Shift.project).joinedload(Project.office))
            .order_by(Shift.starts_at, Shift.id)
            .limit(ROWS)
        )
        with Session(engine) as asked:
            shifts = asked.scalars(coming).all()
            reader = session.get("_user_id", "")
            return render_template("page.html", shifts=shifts, reader=reader)

    return app


if __name__ != "__main__":
    app = create_app()

"""The door for every server and command: `gunicorn wsgi:app`, `flask ...`."""

from talent import schedule, serve
from talent.app import create_app

app = create_app()
for commands in (schedule, serve):  # they stand above the app
    commands.init_app(app)

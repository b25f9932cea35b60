"""The door for every WSGI server: `gunicorn wsgi:app`."""

from talent.app import create_app

app = create_app()

"""Real calendar programs subscribe over HTTP: vdirsyncer fetches, khal shows."""

from __future__ import annotations

import os
import subprocess
import threading

import make
import plan
import pytest
from werkzeug.serving import make_server

from talent.calendars import service
from talent.db import writing


@pytest.fixture
def served(built):
    """The app behind a real server on a port of its own."""
    server = make_server("127.0.0.1", 0, built, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def synced(home, url):
    """What vdirsyncer makes of the address, told by khal."""
    (home / "status").mkdir(exist_ok=True)
    (home / "config").write_text(
        f"""
[general]
status_path = "{home}/status/"
[pair talent]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
partial_sync = "ignore"
[storage here]
type = "filesystem"
path = "{home}/events/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
    )
    (home / "khal").write_text(
        f"""
[calendars]
[[talent]]
path = {home}/events/
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {home}/khal.db
[default]
default_calendar = talent
"""
    )
    given = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
    given |= {"LANG": "C.UTF-8", "HOME": str(home), "no_proxy": "*"}

    def call(*words):
        done = subprocess.run(
            words, env=given, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    sync = ("vdirsyncer", "--config", str(home / "config"))
    if not (home / "events").exists():
        (home / "events").mkdir()
        subprocess.run(
            [*sync, "discover"],
            env=given,
            input="y\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
    call(*sync, "sync")
    wanted = (
        "--format",
        "{start}|{end-time}|{title}|{location}|{status}",
        "2026-06-01",
        "2026-06-30",
    )
    listed = call("khal", "--config", str(home / "khal"), "list", "--day-format", "", *wanted)
    return [line.split("|") for line in listed.splitlines() if line.strip()]


def test_a_subscriber_sees_his_shift_and_sees_it_move(app, clock, served, tmp_path):
    office = make.office()
    project = plan.project(office, name="长者食堂送餐", place="春风社区食堂，东门; 二楼")
    wang = make.volunteer(office)
    shift = plan.shift(project)
    plan.place(shift, wang.person)
    with writing():
        token = service.renew(person_id=wang.person_id, language="zh", now=make.NOW).token
    url = f"{served}/calendars/{token}.ics"
    [(start, end, title, place, _)] = synced(tmp_path, url)
    assert (start, end) == ("2026-06-03 09:00", "12:00")
    assert title == "长者食堂送餐 · 送餐员"
    assert place == "春风社区食堂，东门; 二楼"
    with writing():
        shift.starts_at = make.hours_later(50)
        shift.ends_at = make.hours_later(53)
        shift.version, shift.changed_at = 2, make.hours_later(1)
    [(start, end, *_)] = synced(tmp_path, url)
    assert (start, end) == ("2026-06-03 11:00", "14:00")

"""One client: random acts over HTTP, each with a tag by which it is found again.

A program of its own, `client.py <plan> <number> <log>`; it knows addresses, cookies and ids, and
nothing of the database. What it was answered goes into the log before the next act begins.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

PATIENCE = 10  # seconds that one waits for an answer
TRIES = 12  # of an act that was not answered
SEEN = re.compile(r'name="seen"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="seen"')
ID = re.compile(r"/shifts/(\d+)")


class Unanswered(Exception):
    """Nobody knows whether it was done."""


class Client:
    """One process: its chance, its people or its staff account, and its log."""

    def __init__(self, plan, number, log):
        self.plan, self.number, self.log = plan, number, log
        self.chance = random.Random(plan["seed"] * 1000 + number)
        self.mine = plan["clients"][number]
        self.count = 0
        self.shifts = []  # those that this client made and published

    def run(self):
        """Act until the time is over."""
        acts = self.volunteers() if "people" in self.mine else self.staff()
        while time.time() < self.plan["until"]:
            self.chance.choice(acts)()
            time.sleep(self.chance.uniform(0, self.plan["pause"]))

    def volunteers(self):
        return [self.sign_up] * 4 + [self.cancel] * 3 + [self.wait] * 2

    def staff(self):
        return [
            self.arrive, self.arrive, self.leave, self.enter, self.approve, self.approve,
            self.correct, self.correct, self.register, self.new_shift, self.move, self.call_off,
        ]  # fmt: skip

    # What volunteers do.

    def sign_up(self, way="signup"):
        person = self.chance.choice(self.mine["people"])
        shift = self.chance.choice(self.plan["shifts"])
        address = f"/shifts/{shift['id']}/{way}?need={shift['need']}"
        self.act("sign_up", f"{person['id']}:{shift['id']}", person["cookie"], address, {})

    def wait(self):
        self.sign_up("waiting")

    def cancel(self):
        person = self.chance.choice(self.mine["people"])
        shift = self.chance.choice(self.plan["shifts"])
        address = f"/shifts/{shift['id']}/cancellation"
        self.act("cancel", f"{person['id']}:{shift['id']}", person["cookie"], address, {})

    # What the office does.

    def arrive(self):
        self._attend("arrive", "arrival")

    def leave(self):
        self._attend("leave", "departure")

    def _attend(self, kind, way):
        number = self.chance.choice(self.mine["signups"])
        self.boss(kind, str(number), f"/shifts/signups/{number}/{way}", {})

    def enter(self):
        begins = datetime.now(UTC) - timedelta(days=self.chance.randrange(2, 40), hours=3)
        ends = begins + timedelta(minutes=self.chance.randrange(20, 90))
        told = {
            "starts_at": f"{begins:%Y-%m-%dT%H:%M}", "place": "河堤", "content": "巡查河堤",
            "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
            "person_in_charge": "李主任", "evidence": "签到表", "office_id": self.plan["office"],
            "category_id": self.plan["category"],
        }  # fmt: skip
        person = self.chance.choice(self.mine["served"])
        self.boss("enter", "", f"/hours/people/{person}/entry", told, tag="activity")

    def approve(self):
        number = self.chance.choice(self.plan["pending"])
        self.boss("approve", str(number), f"/hours/{number}/approval", {})

    def correct(self):
        number = self.chance.choice(self.plan["records"])
        told = {"to_minutes": self.chance.randrange(30, 120)}
        self.boss("correct", str(number), f"/hours/{number}/correction", told, tag="reason")

    def register(self):
        document = self.mine["documents"].pop() if self.mine["documents"] else ""
        told = {
            "office": self.plan["office"], "name": "王秀兰", "document_kind": "resident_id",
            "document": document, "phone": "", "email": "", "skills": "急救", "paper": "y",
            "categories": self.plan["category"], "privacy": "y",
        }  # fmt: skip
        self.boss("register", "", "/people/new", told, tag="area")

    def new_shift(self):
        begins = datetime.now(UTC) + timedelta(days=self.chance.randrange(20, 60))
        found = self.boss(
            "new_shift", "", f"/shifts/new?project={self.plan['project']}",
            self._times(begins), tag="note",
        )  # fmt: skip
        if found and (made := ID.search(found)):
            number = int(made[1])
            if self.boss("publish", str(number), f"/shifts/{number}/publication", {}):
                self.shifts.append(number)

    def move(self):
        if not self.shifts:
            return self.new_shift()
        number = self.chance.choice(self.shifts)
        begins = datetime.now(UTC) + timedelta(days=self.chance.randrange(20, 60))
        address = f"/shifts/{number}/edit"
        try:
            _, page, _ = self.ask("GET", address, self.mine["boss"])
        except Unanswered:
            return None
        seen = next(iter(SEEN.findall(page)), ("", ""))
        told = self._times(begins) | {"seen": seen[0] or seen[1]}
        return self.boss("move", str(number), address, told, tag="note")

    def call_off(self):
        if len(self.shifts) < 3:  # some are left to be moved
            return self.new_shift()
        number = self.shifts.pop(self.chance.randrange(len(self.shifts)))
        return self.boss("call_off", str(number), f"/shifts/{number}/calling-off", {}, tag="reason")

    def _times(self, begins):
        return {
            "starts_at": f"{begins:%Y-%m-%dT%H:00}", "place": "食堂",
            "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:00}",
            f"places_{self.plan['position']}": 4,
        }  # fmt: skip

    # How an act is sent.

    def boss(self, kind, thing, address, told, tag=None):
        return self.act(kind, thing, self.mine["boss"], address, told, tag)

    def act(self, kind, thing, cookie, address, told, tag=None):
        """Send it until it is answered; where it led when it was done.

        One of five is never sent again: whether it was done stays unknown.
        """
        self.count += 1
        name = f"k{self.plan['seed']}-{self.number}-{self.count}"
        told = told | {"form_key": name, "csrf_token": self.plan["token"]}
        if tag:
            told[tag] = name
        began, answers = time.time(), []
        gives_up = self.chance.random() < 0.2
        led = None
        for turn in range(TRIES):
            try:
                status, page, led = self.ask("POST", address, cookie, told)
            except Unanswered as broken:
                answers.append(str(broken))
            else:
                answers.append(status)
                if status != 503:
                    break
            if gives_up:
                break
            time.sleep(min(0.2 * 2**turn, 2))
        last = answers[-1]
        answer = "unknown"
        if last in {200, 303}:
            answer = "ok"
        elif isinstance(last, int) and 400 <= last < 500:
            # An earlier try may still be under way somewhere, and be done after all.
            answer = "fail" if len(answers) == 1 else "unknown"
        self.log.write(
            json.dumps(
                {"began": began, "ended": time.time(), "client": self.number, "kind": kind,
                 "thing": thing, "tag": name, "answer": answer, "answers": answers,
                 "said": page[:1500] if last == 500 else ""}
            ) + "\n"
        )  # fmt: skip
        self.log.flush()
        return led if answer == "ok" else None

    def ask(self, method, address, cookie, told=None):
        """One request to one of the machines."""
        port = self.chance.choice(self.plan["ports"])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Cookie": f"talent={cookie}; lang=en"}
        body = None
        if told is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(told)
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException) as broken:
            raise Unanswered(type(broken).__name__) from broken
        finally:
            connection.close()
        return answer.status, page, answer.headers.get("Location") or address


def main(plan, number, log):
    told = json.loads(Path(plan).read_text(encoding="utf-8"))
    with Path(log).open("w", encoding="utf-8") as out:
        Client(told, int(number), out).run()


if __name__ == "__main__":
    main(*sys.argv[1:])

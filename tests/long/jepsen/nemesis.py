"""What goes wrong, by chance and again and again; and how soon pages come afterwards."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

from machines import children

FROZEN, FULL = 5, 2.5  # seconds
EVERY = 2.5  # seconds of peace between two faults
PATIENCE = 5  # seconds that a page may take where sixteen others want one


class Nemesis(threading.Thread):
    """Breaks one thing after the other until the time is over. `told`: what, when, for how long."""

    def __init__(self, *, seed, until, machines, proxies, disk, cluster, cookie, quick, only=None):
        super().__init__(daemon=True)
        self.chance = random.Random(seed)
        self.until, self.machines, self.proxies = until, machines, proxies
        self.disk, self.cluster, self.cookie = disk, cluster, cookie
        self.frozen = 1 if quick else FROZEN
        self.quick, self.told, self.trouble = quick, [], []
        self.kinds = [
            self.kill_web,
            self.kill_worker,
            self.freeze_web,
            self.freeze_worker,
            self.cut,
        ]
        self.kinds += [self.restart_database, self.freeze_backend] if cluster else []
        self.kinds += [self.fill_disk] if disk.small else []
        if only is not None:
            self.kinds = [each for each in self.kinds if each.__name__ in only]

    def run(self):
        left = []
        while self.kinds and time.time() < self.until:
            if not left:
                left = self.chance.sample(self.kinds, len(self.kinds))  # each, before one again
            act, began = left.pop(), time.time()
            try:
                what = act()
                healed = time.time()
                first, all_ = self.recovery()
            except Exception as error:  # noqa: BLE001 - the test tells it
                self.trouble.append(f"{act.__name__}: {error!r}")
                return
            self.told.append(
                {"fault": act.__name__, "what": what, "began": began, "healed": healed,
                 "first": first, "all": all_}
            )  # fmt: skip
            time.sleep(0.5 if self.quick else self.chance.uniform(0.5, 2) * EVERY)

    def recovery(self):
        """Seconds until one machine answers with a page of rows, and until all do."""
        began, first = time.monotonic(), None
        waiting = list(self.machines)
        while waiting:
            for each in list(waiting):
                if each.answers("/shifts/", self.cookie, timeout=PATIENCE):
                    waiting.remove(each)
                    first = first or time.monotonic() - began
            if time.monotonic() - began > 60:
                break
            time.sleep(0.05)
        return first or 99, time.monotonic() - began

    def kill_web(self):
        pid = self.chance.choice(self._web())
        os.kill(pid, signal.SIGKILL)
        return pid

    def kill_worker(self):
        pid = self.chance.choice(self.machines).worker.running.pid
        os.kill(pid, signal.SIGKILL)
        return pid

    def freeze_web(self):
        return self._freeze(self.chance.choice(self._web()))

    def freeze_worker(self):
        return self._freeze(self.chance.choice(self.machines).worker.running.pid)

    def freeze_backend(self):
        found = self.cluster.backends()
        return self._freeze(self.chance.choice(found)) if found else None

    def restart_database(self):
        self.cluster.stop()
        self.cluster.start()

    def cut(self):
        return sum(proxy.cut() for proxy in self.proxies)

    def fill_disk(self):
        self.disk.fill()
        time.sleep(1 if self.quick else FULL)
        self.disk.free()
        if self.cluster and not self.cluster.alive():
            self.cluster.start()  # as whoever looks after the server does

    def _web(self):
        """The processes that serve pages, not the one that starts them."""
        found = [pid for each in self.machines for pid in children(each.web.running.pid)]
        return found or [each.web.running.pid for each in self.machines]

    def _freeze(self, pid):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(self.frozen)
        os.kill(pid, signal.SIGCONT)
        return pid

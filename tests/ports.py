"""Ports for servers that tests start."""

from __future__ import annotations

import random
import socket
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST = 20_000


def free_port():
    """One that nobody listens on, and that the system gives to nobody who opens a connection.

    One that it gives out itself may be another one's before the server has started.
    """
    end = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    chance = random.SystemRandom()  # processes of the suite begin with the same seed
    while True:
        port = chance.randrange(FIRST, max(end, FIRST + 1000))
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port

"""How pages are served: two processes of eight threads; address and port come from the caller."""

from __future__ import annotations

import gc
import mmap
from typing import Any

worker_class = "talent.patience.Patient"
workers = 2
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
worker_connections = 500
sendfile = False  # what waits to be sent is kept by the loop
control_socket_disable = True
# A process that was killed comes back as a copy of its parent, at once, and shares its memory; new
# code needs a restart of the service, as with new tables anyway.
preload_app = True

# Memory in which all processes count their requests (talent/metrics.py): made before there are any.
PARTS, PART = 32, 1 << 19  # bytes
_memory = mmap.mmap(-1, PARTS * PART)
_free = set(range(PARTS))


def when_ready(_server: Any) -> None:
    """What few pages need is brought in once: each process by itself would hold 16 MB of it."""
    import pyld.jsonld  # noqa: F401, PLC0415

    import talent.certificates.checking.document  # noqa: PLC0415
    import talent.certificates.signing.pades  # noqa: F401, PLC0415


def pre_fork(_server: Any, worker: Any) -> None:
    """Each process gets a part; it goes on where a dead one ended.

    What is there by now is looked through no more: that would write on memory that all share.
    """
    gc.collect()
    gc.freeze()
    worker.part = min(_free, default=None)
    _free.discard(worker.part)


def post_fork(_server: Any, worker: Any) -> None:
    """The child opens connections of its own, and learns where to count."""
    from talent.db import db  # noqa: PLC0415
    from wsgi import app  # noqa: PLC0415

    with app.app_context():
        db.engine.dispose(close=False)
    if worker.part is not None:
        from talent import metrics  # noqa: PLC0415 - in the child: the code that is there now

        metrics.share(_memory, worker.part, PART)


def child_exit(_server: Any, worker: Any) -> None:
    """Whatever killed it: its counts stay, its connections are gone, its part is free."""
    if getattr(worker, "part", None) is not None:
        begin = worker.part * PART
        _memory[begin + 8 : begin + 64] = bytes(56)
        _free.add(worker.part)

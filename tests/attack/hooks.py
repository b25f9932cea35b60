"""What schemathesis is told beside its words: where a door sends one on is not what it answers."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def process_call_kwargs(_context: Any, _case: Any, kwargs: dict[str, Any]) -> None:
    """Follow nobody: a sign-in page behind a closed door is no open door."""
    kwargs["allow_redirects"] = False

"""The timed work of files: they are kept for a month."""

from __future__ import annotations

from talent.national.batches.service import forget_files

__all__ = ["forget_files"]

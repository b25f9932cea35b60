"""What is wrong with a backup, in a sentence for whoever runs Talent."""

from __future__ import annotations


class BadBackup(Exception):
    """It was not made, is not whole, or does not belong here; the text says which."""

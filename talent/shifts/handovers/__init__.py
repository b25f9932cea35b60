"""Handing on a place to somebody else, or exchanging two (转让, 互换)."""

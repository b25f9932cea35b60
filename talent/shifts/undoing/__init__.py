"""Bulk acts taken back, as long as nobody relied on them."""

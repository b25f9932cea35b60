"""Certificates of attendance: one training record, one page, the same check for everybody."""

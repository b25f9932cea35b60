"""Transferring hours when two files of one person are merged."""

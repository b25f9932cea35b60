"""Staffing standards: how many there should be, where and from when on."""

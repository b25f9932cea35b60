"""Appointments: who holds which post at which office, from when to when."""

"""Courses, sessions, training records; credentials and when they lapse."""

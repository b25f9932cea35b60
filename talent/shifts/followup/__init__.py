"""Timed work on sign-ups: reminders, and places of people who left."""

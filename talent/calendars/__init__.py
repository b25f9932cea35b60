"""Calendars that can be subscribed to (日历订阅)."""

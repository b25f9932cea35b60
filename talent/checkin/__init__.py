"""On the day: codes, kiosks, and what was taken without a network (现场签到)."""

"""Who was there: by the changing code, by a tick, from paper."""

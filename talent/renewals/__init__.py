"""What lapses, what it will break, and what to do about it."""

"""The next 24 months: who will be there, for how many people, and which offices fall below."""

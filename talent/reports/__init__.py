"""The first page of every role, and what it opens to."""

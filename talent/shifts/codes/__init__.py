"""The code at the door of a shift that changes, and what a scan of it is worth."""

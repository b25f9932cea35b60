"""The code at the door of a session: shown, scanned, signed in and out by."""

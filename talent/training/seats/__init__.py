"""Places in a session: taken, waited for, given back."""

"""Looking for a substitute: one after the other is asked, until the place is filled (替班)."""

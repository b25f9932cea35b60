"""PDFs are signed by the units that recorded what they say (PAdES)."""

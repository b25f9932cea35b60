"""The designated national system: what was sent there, and what it answered (Order 67 Art. 4)."""

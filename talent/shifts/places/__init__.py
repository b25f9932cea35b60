"""Places on a shift under its lock: given, given back, moved up into, and what is told."""

"""Training records with the five fields of Order 67 Art. 8."""

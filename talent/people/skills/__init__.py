"""The vocabulary of skills: what positions ask for and volunteers tick."""

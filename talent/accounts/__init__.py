"""A way in, and the roles granted at an office for all below it."""

"""Awards with their evidence, and who verified them."""

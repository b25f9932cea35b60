"""The page of people, as fast as one types, and the columns that an account wants on it."""

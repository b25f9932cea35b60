"""Taking a quiz, and what came of it."""

"""What the law asks about people, gathered in one statement."""

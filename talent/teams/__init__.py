"""Teams and social organisations, their members and leaders."""

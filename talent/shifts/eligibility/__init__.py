"""Who may take which place: the facts, gathered in bulk, and the law asked about them."""

"""What lapses and what it breaks; what training is asked of whom; the plan that covers it."""

"""Acts upon many people: shown before, done in one go or by the worker, undone within a day."""

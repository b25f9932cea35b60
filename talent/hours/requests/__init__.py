"""Questions about requests for a correction: who sees which of them."""

"""Series changed from one shift on, or whole, while people stay on them."""

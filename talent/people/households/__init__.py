"""Households: who lives together, as the office's register numbers them."""

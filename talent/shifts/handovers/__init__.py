"""Places handed on: to one person, to whoever may take it, or in exchange (转让, 换班)."""

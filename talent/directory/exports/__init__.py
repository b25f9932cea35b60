"""Files with exactly those people whom the list shows; each is logged with its reason."""

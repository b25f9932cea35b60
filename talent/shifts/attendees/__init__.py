"""Those who have a place on a shift, as its list shows them."""

"""Keys replaced while people work: every sealed text under the newest, every index anew."""

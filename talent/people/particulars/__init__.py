"""The eight fields of Order 67 Art. 5 and a minor's guardian, as one value."""

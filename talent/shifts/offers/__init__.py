"""What volunteers can choose from: shifts with free places, or the reasons against them."""

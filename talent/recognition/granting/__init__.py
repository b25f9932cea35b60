"""What happens to stars by itself: levels that are given at night, and doubts after corrections."""

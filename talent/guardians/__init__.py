"""What a guardian sees and does for a child."""

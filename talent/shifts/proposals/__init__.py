"""What is proposed for a sign-out that was forgotten."""

"""What is asked beside a password: codes of an app, recovery codes, passkeys."""

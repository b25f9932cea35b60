"""What participants say of a session, without their names."""

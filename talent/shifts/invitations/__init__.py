"""A link that leads a newcomer to a place on one shift (邀请)."""

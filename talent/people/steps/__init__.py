"""Every step of an application, kept."""

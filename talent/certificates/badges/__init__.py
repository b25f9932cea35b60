"""Open Badges: what a unit recorded on a certificate, as a credential that other systems verify."""

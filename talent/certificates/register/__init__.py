"""The register of issued certificates: one looks them up, prints and revokes them."""

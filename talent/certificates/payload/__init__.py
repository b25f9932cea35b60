"""What the code on a certificate says by itself, signed: it is read without a network."""

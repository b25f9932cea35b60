"""Sign-ins and sign-outs that devices took without a network."""

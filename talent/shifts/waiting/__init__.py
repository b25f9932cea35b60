"""The waiting list: freed places given or offered, accepted, declined, passed on (候补)."""

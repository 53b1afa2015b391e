"""Getting the telescope to the target and keeping it honest: centring, park."""

"""Stars on board: the Tycho-2 catalogue in one compact file, read without a network."""

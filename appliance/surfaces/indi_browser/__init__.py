"""INDI's devices for a person: every property as its driver tells it, set by the way every client goes."""

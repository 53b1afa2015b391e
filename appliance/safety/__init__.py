"""Is it safe, what follows from it, and what must never happen."""

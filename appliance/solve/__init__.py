"""Which part of the sky is this frame? Solver adapters and their one answer, Solution."""

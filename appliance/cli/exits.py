"""Exit codes, the same for every command."""

OK = 0
FAILED = 1  # it was tried and did not succeed
BAD_INPUT = 2  # nothing was tried: correct what was given
INTERRUPTED = 130  # Ctrl-C or SIGTERM, ended cleanly

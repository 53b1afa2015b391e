"""The phone page: sees the api, the bus and the errors, and nothing else."""

"""The same controller on the simulated rig in virtual time."""

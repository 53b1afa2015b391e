"""The command line and the composition root: profile to rig to api to surfaces."""

"""Guiding by PHD2, through the event server that it opens for others."""

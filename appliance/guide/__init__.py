"""Keeping still, and moving a little between subs: dither, settle."""

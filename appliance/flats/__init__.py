"""Flats, darks and bias: how long to expose, how to follow the twilight, what the library has."""

"""Frames to numbers and files: star measurement, FITS, names, previews."""

"""Coordinates as other programs write them: 0hr 56' 01", 00h42m44.3s, -12°30'00", 45º 51' 18"."""

import re

NUMBER = re.compile(r"\d+(?:\.\d+)?")


def sexagesimal(text: str) -> float | None:
    """Degrees (or hours) of one to three numbers, negative with a minus before them; None for other text.

    None also where minutes or seconds are 60 or more.
    """
    numbers = [float(one) for one in NUMBER.findall(text)]
    if not 1 <= len(numbers) <= 3 or any(one >= 60 for one in numbers[1:]):
        return None
    whole, minutes, seconds, *_ = (*numbers, 0.0, 0.0)
    size = whole + minutes / 60 + seconds / 3600
    return -size if text.lstrip().startswith(("-", "−")) else size


def right_ascension_deg(text: str) -> float | None:
    """Degrees of a right ascension in hours, minutes and seconds; None for what is none."""
    hours = sexagesimal(text)
    return None if hours is None or not 0 <= hours < 24 else round(hours * 15, 6) % 360


def declination_deg(text: str) -> float | None:
    """Degrees of a declination in degrees, minutes and seconds; None for what is none."""
    degrees = sexagesimal(text)
    return None if degrees is None or abs(degrees) > 90 else round(degrees, 6)

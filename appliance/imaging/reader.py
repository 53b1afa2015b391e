"""Reading FITS files of any program, for `nightbox solve FILE` and `nightbox stars FILE`."""

import math
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from appliance.errors import BadInput
from appliance.imaging.colour import pattern_at
from hardware.devices import J2000

ADVICE = "Give a FITS image (.fits, .fit or .fz) that another program can open."
ARCSEC_PER_MICROMETRE_PER_MILLIMETRE = 206.264806


@dataclass(frozen=True, slots=True, eq=False)
class FitsImage:
    """One image as 16-bit pixels, first row as in the file, and what its header says; None where it does not.

    `centre` is where the header says the telescope pointed (taken as J2000), `scale_arcsec` per
    pixel as binned, from the header or from focal length and pixel size. `bayer` is the pattern at the first
    pixel, as pattern_at tells it.
    """

    pixels: NDArray[np.uint16]
    centre: J2000 | None
    scale_arcsec: float | None
    seconds: float | None
    target: str | None
    filter: str | None
    bayer: str | None


def read_fits(path: Path) -> FitsImage:
    """Read 8, 16 or 32-bit integers or floats; colour planes are averaged. BadInput names the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other programs' headers are not ours to complain about
            data, header = _first_image(path)
    except FileNotFoundError as error:
        raise BadInput(str(path), "there is no such file") from error
    except (OSError, ValueError, TypeError, IndexError, KeyError, fits.VerifyError) as error:
        raise BadInput(str(path), f"cannot be read as FITS: {error}", advice=ADVICE) from error
    pixels = to_uint16(_one_plane(path, data))
    return FitsImage(
        pixels,
        _centre(header),
        _scale(header),
        _number(header, "EXPTIME", "EXPOSURE"),
        _text(header, "OBJECT"),
        _text(header, "FILTER"),
        _pattern(header),
    )


def _pattern(header: fits.Header) -> str | None:
    x, y = (_number(header, name) or 0.0 for name in ("XBAYROFF", "YBAYROFF"))
    return pattern_at(_text(header, "BAYERPAT"), int(x), int(y))


def to_uint16(data: NDArray[Any]) -> NDArray[np.uint16]:
    """Values that fit 0..65535 are kept, 0..1 is spread over it, anything else is scaled into it."""
    if data.dtype == np.uint16:
        return np.ascontiguousarray(data)
    values = np.nan_to_num(data.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if np.issubdtype(data.dtype, np.floating) and low >= -0.5 and high <= 2:
        values = values * (65535 / max(high, 1.0))
    elif high > 65535 or low < -1000:
        values = (values - low) * (65535 / max(high - low, 1e-30))
    return np.clip(np.rint(values), 0, 65535).astype(np.uint16)


def _first_image(path: Path) -> tuple[NDArray[Any], fits.Header]:
    # Opened here: astropy leaves a file open that it cannot read.
    with path.open("rb") as file, fits.open(file, memmap=False) as units:
        for unit in units:
            if (
                isinstance(unit, fits.PrimaryHDU | fits.ImageHDU | fits.CompImageHDU)
                and unit.data is not None
            ):
                return np.asarray(unit.data), unit.header.copy()
    raise ValueError("it holds no image")


def _one_plane(path: Path, data: NDArray[Any]) -> NDArray[Any]:
    while data.ndim > 2 and data.shape[0] == 1:
        data = data[0]
    if data.ndim == 3:
        # Planes come first in FITS; some programs put the colours last.
        axis = 2 if data.shape[2] in {3, 4} and data.shape[0] > 4 else 0
        return np.asarray(data.mean(axis=axis, dtype=np.float32))
    if data.ndim != 2:
        raise BadInput(str(path), f"holds no picture but {data.ndim} axes of numbers", advice=ADVICE)
    return data


def _centre(header: fits.Header) -> J2000 | None:
    ra, dec = _number(header, "RA"), _number(header, "DEC")
    if ra is None or dec is None:
        hours, dec = _angle(header.get("OBJCTRA")), _angle(header.get("OBJCTDEC"))
        ra = None if hours is None else 15 * hours
    if ra is None or dec is None or not (0 <= ra <= 360 and -90 <= dec <= 90):
        return None
    return J2000(ra % 360, dec)


def _angle(text: object) -> float | None:
    """Sexagesimal `dd mm ss.s`, separated by spaces, colons or letters."""
    parts = re.findall(r"\d+(?:\.\d*)?", str(text or ""))
    if not parts:
        return None
    size = sum((float(part) / 60.0**place for place, part in enumerate(parts[:3])), 0.0)
    return -size if str(text).strip().startswith("-") else size


def _scale(header: fits.Header) -> float | None:
    told = _number(header, "SCALE", "PIXSCALE", "SECPIX")
    pixel, focal = _number(header, "XPIXSZ", "PIXSIZE1"), _number(header, "FOCALLEN")
    if told and told > 0:
        return told
    if pixel and focal and pixel > 0 and focal > 0:
        return ARCSEC_PER_MICROMETRE_PER_MILLIMETRE * pixel / focal
    return None


def _number(header: fits.Header, *names: str) -> float | None:
    for name in names:
        try:
            value = float(header[name])
        except (KeyError, TypeError, ValueError):
            continue
        if math.isfinite(value):
            return value
    return None


def _text(header: fits.Header, name: str) -> str | None:
    return str(header[name]).strip() or None if name in header else None

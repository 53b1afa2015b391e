"""A FITS file as pictures for a viewer: a preview, and tiles for every scale up to 1:1.

All tiles of a picture are in one file, which is kinder to a card than a thousand small ones. Rows are in the
order of the file, first row on top, as in the preview of a frame that was just taken.
"""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.atomic import new_file
from appliance.imaging.bins import bin_frame
from appliance.imaging.colour import narrow_colour, sky_tint, superpixels
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.preview import QUALITY, Stretch, narrowed, stretch_of
from appliance.imaging.reader import read_fits

Pixels = NDArray[np.uint16]
TILE = 256
PREVIEW_WIDTH = 1280
PREVIEW, TILES, META = "preview.jpg", "tiles.bin", "meta.json"
SHOWN_STARS = 300
WCS = ("CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2", "CD1_1", "CD1_2", "CD2_1", "CD2_2")


@dataclass(frozen=True, slots=True)
class Level:
    """One scale: `factor` pixels of the frame are one of the level's; tiles by rows from `first` on."""

    factor: int
    width: int
    height: int
    columns: int
    rows: int
    first: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What a viewer has to know. `stars` are x, y (0-based frame pixels) and HFR (None: saturated).

    `wcs` has the header's cards of the projection, empty for a file that was not solved. `ends` are where
    each tile ends in the file of tiles.
    """

    width: int
    height: int
    levels: tuple[Level, ...] = ()
    ends: tuple[int, ...] = ()
    stars: tuple[tuple[float, float, float | None], ...] = ()
    hfr: float | None = None
    wcs: dict[str, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """A colour camera's `pattern`, and how the frame's sky is tinted."""

    pattern: str
    tint: NDArray[np.float32]

    def shown(self, pixels: Pixels, stretch: Stretch, factor: int) -> NDArray[np.uint8]:
        """The frame in colour, `factor` of its pixels in one; at 1:1 each block's colours are blended."""
        small = stretch.shown(superpixels(pixels, self.pattern, max(1, factor // 2)) - self.tint)
        if factor > 1:
            return small
        height, width = pixels.shape
        rows, columns = small.shape[:2]
        whole = Image.fromarray(small).resize((2 * columns, 2 * rows), Image.Resampling.BILINEAR)
        edge = ((0, height - 2 * rows), (0, width - 2 * columns), (0, 0))
        return np.pad(np.asarray(whole), edge, mode="edge")


def make_pictures(file: Path, folder: Path, settings: StarSettings, most_bytes: int) -> None:
    """Write preview, tiles and what is known of the picture into `folder`.

    Pictures beside it that were not asked for longest make room, so that all have `most_bytes` at most.
    BadInput for a file that cannot be read; DiskFull, NotWritable.
    """
    image = read_fits(file)
    pixels = image.pixels
    pattern = image.bayer if min(pixels.shape) >= 2 else None
    small = narrow_colour(pixels, pattern, PREVIEW_WIDTH) if pattern else narrowed(pixels, PREVIEW_WIDTH)
    colours = Colours(pattern, sky_tint(small)) if pattern else None
    if colours is not None:
        small -= colours.tint
    stretch = stretch_of(small)
    with new_file(folder / PREVIEW, replace=True) as out:
        Image.fromarray(stretch.shown(small)).save(out, "JPEG", quality=QUALITY)
    stars = measure(pixels, settings)
    hfr = float(stars.hfr_median)
    shown = zip(stars.x[:SHOWN_STARS], stars.y[:SHOWN_STARS], stars.hfr[:SHOWN_STARS], strict=True)
    picture = Picture(
        pixels.shape[1], pixels.shape[0],
        stars=tuple((round(float(x), 1), round(float(y), 1), _number(float(r))) for x, y, r in shown),
        hfr=_number(hfr), wcs=_wcs(file),
    )  # fmt: skip
    with new_file(folder / TILES, replace=True) as out:
        levels, ends = [], [0]
        for level, scaled in _levels(pixels, stretch, colours):
            levels.append(replace(level, first=len(ends) - 1))
            for jpeg in _tiles(scaled):
                out.write(jpeg)
                ends.append(ends[-1] + len(jpeg))
    whole = replace(picture, levels=tuple(levels), ends=tuple(ends))
    # Last: what has it is complete.
    with new_file(folder / META, replace=True) as out:
        out.write(json.dumps(asdict(whole)).encode())
    make_room(folder.parent, most_bytes, folder)


def read_picture(folder: Path) -> Picture | None:
    """What `make_pictures` wrote; None where it has not, or not completely."""
    try:
        raw: dict[str, Any] = json.loads((folder / META).read_text(encoding="utf-8"))
        levels = tuple(Level(**level) for level in raw.pop("levels"))
        ends, stars = tuple(raw.pop("ends")), tuple(tuple(star) for star in raw.pop("stars"))
        picture = Picture(**raw, levels=levels, ends=ends, stars=stars)
        return picture if (folder / TILES).stat().st_size == ends[-1] else None
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return None


def make_room(pictures: Path, most_bytes: int, spared: Path) -> None:
    """Take away tiles, oldest first, until what is left of them has room; previews are small, and stay."""
    every = [path for path in pictures.glob(f"*/{TILES}") if path.parent != spared]
    sized = sorted(((path.stat().st_mtime, path.stat().st_size, path) for path in every), reverse=True)
    room = most_bytes - (spared / TILES).stat().st_size
    for _, size, path in sized:
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def touch(folder: Path) -> None:
    """It was asked for now; nothing happens where it is not."""
    if (folder / TILES).exists():
        os.utime(folder / TILES)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)


def _wcs(file: Path) -> dict[str, float] | None:
    header = fits.getheader(file)
    try:
        return {name: float(header[name]) for name in WCS}
    except (KeyError, TypeError, ValueError):
        return None


def _levels(
    pixels: Pixels, stretch: Stretch, colours: Colours | None
) -> Iterator[tuple[Level, NDArray[np.uint8]]]:
    """From 1:1 down to what the preview shows as well."""
    # By a table: a float copy of a big frame would be four times its size.
    table = stretch.shown(np.arange(65_536, dtype=np.float32))
    factor = 1
    while True:
        if colours is not None:
            scaled = colours.shown(pixels, stretch, factor)
        else:
            scaled = table[pixels] if factor == 1 else stretch.shown(bin_frame(pixels, factor)[0])
        height, width = scaled.shape[:2]
        yield Level(factor, width, height, -(-width // TILE), -(-height // TILE), 0), scaled
        factor *= 2
        if pixels.shape[1] // factor < PREVIEW_WIDTH or min(pixels.shape) < factor:
            return


def _tiles(image: NDArray[np.uint8]) -> Iterator[bytes]:
    """JPEGs row by row; those at the right and lower edge may be smaller."""
    for top in range(0, image.shape[0], TILE):
        for left in range(0, image.shape[1], TILE):
            jpeg = BytesIO()
            Image.fromarray(image[top : top + TILE, left : left + TILE]).save(jpeg, "JPEG", quality=QUALITY)
            yield jpeg.getvalue()

"""Make the star file: `python -m hardware.stars.build INDEX OUT`.

INDEX is astrometry.net's index-tycho2-07 (little-endian), of which only the stars' positions and
Tycho V magnitudes are kept. The same index always gives the same bytes.
"""

import sys
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from hardware.stars.zones import BANDS, HEADER, MAGIC, MAGNITUDE_STEP, STEPS, VERSION, cells_in_band

Floats = NDArray[np.float64]
_STARS, _MAGNITUDES = "kdtree_data_stars", "MAG_VT"
_RECORD = np.dtype([("x", "<u2"), ("y", "<u2"), ("brightness", "u1")])


def read_index(index: Path) -> tuple[Floats, Floats, Floats]:
    """Right ascension and declination (J2000 degrees) and magnitude of every star of the index."""
    with fits.open(index, memmap=False) as tables:
        columns = {name: table.data for table in tables[1:] for name in table.columns.names}
        raw = columns[_STARS].view(np.ndarray)[_STARS].view("<u4").reshape(-1, 3)
        magnitude = columns[_MAGNITUDES][_MAGNITUDES].astype(np.float64)
    x, y, z = (raw / 2147483648.0 - 1.0).T  # unit vectors, -1..1 as 32 bits
    return np.degrees(np.arctan2(y, x)) % 360.0, np.degrees(np.arctan2(z, np.hypot(x, y))), magnitude


def pack(ra_deg: Floats, dec_deg: Floats, magnitude: Floats) -> bytes:
    """The whole star file (layout in zones.py)."""
    bands = np.concatenate(([0], np.cumsum([cells_in_band(band) for band in range(BANDS)])))
    band = np.clip(np.floor(dec_deg + 90).astype(np.int64), 0, BANDS - 1)
    across = ra_deg / 360 * (bands[band + 1] - bands[band])
    inside = np.minimum(across.astype(np.int64), bands[band + 1] - bands[band] - 1)
    cell = bands[band] + inside
    records = np.empty(len(cell), _RECORD)
    records["x"] = _in_steps(across - inside)
    records["y"] = _in_steps(dec_deg + 90 - band)
    records["brightness"] = np.clip(np.round(magnitude / MAGNITUDE_STEP), 0, 255)
    order = np.lexsort((records["x"], records["y"], records["brightness"], cell))
    cells = int(bands[-1])
    first = np.searchsorted(cell[order], np.arange(cells + 1))
    header = HEADER.pack(MAGIC, VERSION, BANDS, cells, len(cell), MAGNITUDE_STEP)
    return header + bands.astype("<u4").tobytes() + first.astype("<u4").tobytes() + records[order].tobytes()


def _in_steps(fraction: Floats) -> NDArray[np.int64]:
    return np.clip((fraction * STEPS).astype(np.int64), 0, STEPS - 1)


def main() -> None:
    """Build the star file named on the command line."""
    index, out = map(Path, sys.argv[1:])
    out.write_bytes(pack(*read_index(index)))


if __name__ == "__main__":
    main()

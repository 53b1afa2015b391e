"""astrometry.net's index files: which there are, which of them can help, and getting them off a slow card."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import degrees, hypot
from pathlib import Path

from appliance.solve.fits_text import read_header

FOLDERS = (Path("/usr/share/astrometry"), Path("/usr/local/astrometry/data"))
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Index:
    """One index file; its star patterns measure from `smallest` to `largest` arcminutes."""

    path: Path
    smallest_arcmin: float
    largest_arcmin: float


@cache
def indexes_in(folders: Sequence[Path] = FOLDERS) -> tuple[Index, ...]:
    """Every usable index file of the folders, small patterns first; a file that is none is passed over."""
    found = []
    for path in (path for folder in folders if folder.is_dir() for path in folder.glob("*.fits")):
        try:
            header = read_header(path)
            low, high = float(header["SCALE_L"]), float(header["SCALE_U"])
        except (OSError, ValueError, KeyError):
            continue
        found.append(Index(path, degrees(low) * 60, degrees(high) * 60))
    return tuple(sorted(found, key=lambda index: (index.smallest_arcmin, index.path.name)))


def useful(indexes: Sequence[Index], width: int, height: int, scale: tuple[float, float]) -> list[Index]:
    """Those whose patterns fit a frame of so many pixels at between two scales (arcseconds per pixel).

    A pattern larger than the diagonal cannot be in the frame; one below a tenth of the shorter side is
    not looked for by the engine.
    """
    largest = hypot(width, height) * scale[1] / 60
    smallest = 0.1 * min(width, height) * scale[0] / 60
    return [i for i in indexes if i.smallest_arcmin <= largest and i.largest_arcmin >= smallest]


def read_through(indexes: Sequence[Index]) -> int:
    """Read the files once so that they are in memory; blocks, so call it in a Worker. Bytes read."""
    count = 0
    for index in indexes:
        with index.path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                count += len(chunk)
    return count

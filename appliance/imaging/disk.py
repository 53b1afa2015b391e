"""Can the night be saved? Asked before anything moves."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from appliance.errors import DiskFull
from appliance.imaging.atomic import translated

FITS_HEADER_BYTES = 4 * 2880
# Never fill a disk to the brim: the journal and the system write there too.
RESERVE_BYTES = 200_000_000


Free = Callable[[Path], int]


def check_writable(folder: Path) -> None:
    """Make the folder if missing and prove that a file can be written; NotWritable or DiskFull if not."""
    probe = folder / "nightbox-probe"
    with translated(probe):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())


def check_room(
    folder: Path, needed_bytes: int, reserve_bytes: int = RESERVE_BYTES, free_on: Free | None = None
) -> None:
    """DiskFull unless so many bytes fit on the folder's disk with the reserve left over.

    `free_on` tells how many are free where a folder is, by default the system does.
    """
    free = (free_on or free_bytes)(folder)
    if free < needed_bytes + reserve_bytes:
        raise DiskFull(
            f"There is not enough room in {folder}: {_size(needed_bytes)} needed, {_size(free)} free"
            f" ({_size(reserve_bytes)} are kept for the system)."
        )


def free_bytes(folder: Path) -> int:
    """Bytes we may still write where the folder is or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with translated(folder):
        return int(psutil.disk_usage(str(folder)).free)


def sub_bytes(width: int, height: int) -> int:
    """The size of one 16-bit FITS file."""
    return FITS_HEADER_BYTES + -(-width * height * 2 // 2880) * 2880


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"

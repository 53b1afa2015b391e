"""Small pictures of frames: `python -m appliance.box.files.thumbnails IMAGES CACHE NAME...`

Each is made in a process behind the box, so that no night waits for it, and kept.
"""

import sys
from pathlib import Path

FRAMES = frozenset({".fits", ".fit", ".fts", ".fz"})
WIDTH = 320


def thumbnail(cache: Path, name: str) -> Path:
    """Where the picture of the frame of that name is, or will be."""
    return cache / f"{name}.jpg"


def is_frame(name: str) -> bool:
    """Can there be a picture of it?"""
    return Path(name).suffix.lower() in FRAMES


def missing(images: Path, cache: Path, names: list[str]) -> list[str]:
    """Those frames that have no picture yet, or an older one."""
    return [name for name in names if is_frame(name) and not _fresh(images / name, thumbnail(cache, name))]


def _fresh(frame: Path, picture: Path) -> bool:
    try:
        return picture.stat().st_mtime >= frame.stat().st_mtime
    except OSError:
        return False


def make(images: Path, cache: Path, names: list[str]) -> int:
    """Make the pictures; one that cannot be made is passed over. Returns how many were made."""
    # Only here: who asks for a path of a picture needs no astropy.
    from appliance.errors import NightboxError  # noqa: PLC0415
    from appliance.imaging.preview import write_preview  # noqa: PLC0415
    from appliance.imaging.reader import read_fits  # noqa: PLC0415

    made = 0
    for name in names:
        try:
            image = read_fits(images / name)
            write_preview(thumbnail(cache, name), image.pixels, WIDTH, image.bayer)
        except (NightboxError, MemoryError) as failure:
            print(f"{name}: {failure}", flush=True)  # noqa: T201 - the end of it is the process's answer
        else:
            made += 1
    return made


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

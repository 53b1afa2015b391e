"""Removable drives that are mounted where a desktop or the image mounts them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PLACES = (Path("/media"), Path("/run/media"))
LARGEST_ON_FAT = (1 << 32) - 1
FAT = frozenset({"vfat", "msdos", "fat"})


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive: `mount` is where it is, `name` how people know it."""

    mount: str
    name: str
    system: str
    free: int
    total: int
    writable: bool


Mounted = Callable[[], list[Any]]


def _mounted() -> list[Any]:
    return list(psutil.disk_partitions(all=True))


def drives(places: tuple[Path, ...] = PLACES, mounted: Mounted = _mounted) -> list[Drive]:
    """Those that are mounted now; one that does not answer is left out."""
    found = []
    for part in mounted():
        path = Path(part.mountpoint)
        if not any(path != place and path.is_relative_to(place) for place in places):
            continue
        try:
            usage = psutil.disk_usage(str(path))
        except OSError:
            continue
        writable = os.access(path, os.W_OK) and "ro" not in part.opts.split(",")
        found.append(Drive(str(path), path.name, part.fstype, usage.free, usage.total, writable))
    return sorted(found, key=lambda drive: drive.name)

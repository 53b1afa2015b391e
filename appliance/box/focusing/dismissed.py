"""Offers that a person does not want: not made again until the runs say something else."""

import json
from pathlib import Path

from appliance.focus.offers import Offer
from appliance.imaging.atomic import new_file
from hardware.worker import Worker

FILE = "focus-dismissed.json"


class Dismissed:
    """Kept in the box's folder: by its key, the value that was dismissed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    async def covers(self, offer: Offer) -> bool:
        """Was the same value dismissed before?"""
        value = (await self._kept()).get(offer.key)
        return value is not None and offer.agrees(value)

    async def add(self, offer: Offer) -> None:
        """Remember it; DiskFull, NotWritable or StorageFailed."""
        values = {**await self._kept(), offer.key: offer.found.value}
        await _away_from_the_loop(self._path, values)

    async def _kept(self) -> dict[str, float]:
        return await _away_from_the_loop(self._path, None)


async def _away_from_the_loop(path: Path, values: dict[str, float] | None) -> dict[str, float]:
    worker = Worker("dismissed offers")
    try:
        return await worker.call(_file, path, values)
    finally:
        worker.close()


def _file(path: Path, values: dict[str, float] | None) -> dict[str, float]:
    """Write the values, or read what there is; a damaged file has none: the offers are made again."""
    if values is not None:
        with new_file(path, replace=True) as file:
            file.write(json.dumps(values).encode())
        return values
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    known = told.items() if isinstance(told, dict) else ()
    return {key: float(value) for key, value in known if isinstance(value, int | float)}

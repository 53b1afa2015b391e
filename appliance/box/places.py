"""Where the telescope stands: the profile's place, those it has stood at before, and what satellites say."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.settings.saving import save, stored
from appliance.box.startup import distance_km
from appliance.errors import DeviceError
from appliance.imaging.atomic import new_file
from appliance.profile import SiteSection
from hardware.devices import Site
from hardware.worker import Worker

FILE = "places.json"  # beside the profile
KEPT = 12
SAME_KM = 0.5
FIX_SECONDS = 5.0
Told = dict[str, Any]


class Place(Arguments):
    """WGS84 degrees, north and east positive; metres above the sea."""

    name: str = Field("", max_length=60)
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(0.0, ge=-500, le=9000)


def place_commands(box: Box, profile: Path, worker: Worker) -> list[Command]:
    """For the page; another place counts from the next start on, as the whole night is made for one."""
    file = profile.with_name(FILE)

    async def places(_: Arguments) -> Told:
        written = (await worker.call(stored, profile)).values.get("site", {})
        before = _told(box.profile.site)
        known = await worker.call(_remembered, file)
        return {
            "now": before, "next": {key: written.get(key, before[key]) for key in before},
            "known": _with(known, before), "satellites": await _fix(box),
        }  # fmt: skip

    def write(place: Place) -> None:
        _remember(file, _told(box.profile.site))
        _remember(file, place.model_dump())
        changes = {f"site.{key}": value for key, value in place.model_dump().items()}
        save(profile, changes, stored(profile).version)

    async def place_set(place: Place) -> str:
        await worker.call(write, place)
        where = place.name or f"{place.latitude_deg:.3f}, {place.longitude_deg:.3f}"
        box.say(f"The place is {where} from the next start on.")
        return "set"

    return [
        Command("places", "Where the telescope stands, and where it has.", Arguments, places, asks=True),
        Command("place_set", "The place from the next start on.", Place, place_set),
    ]


def _told(site: SiteSection) -> Told:
    return {
        "name": site.name, "latitude_deg": site.latitude_deg, "longitude_deg": site.longitude_deg,
        "elevation_m": site.elevation_m,
    }  # fmt: skip


async def _fix(box: Box) -> Told | None:
    """What the satellite receiver says now, None without one that does.

    Only while nothing runs: INDI's mount drivers take over what it says, in the middle of a slew as well.
    """
    if box.jobs.busy() or box.wanted.waiting:
        return None
    rig = box.rig
    with suppress(DeviceError, TimeoutError):
        async with asyncio.timeout(FIX_SECONDS):
            if rig.gnss is not None:
                site = (await rig.gnss.fix()).site
                return {
                    "name": "", "latitude_deg": site.latitude_deg, "longitude_deg": site.longitude_deg,
                    "elevation_m": site.elevation_m,
                }  # fmt: skip
    return None


def _with(known: list[Told], place: Told) -> list[Told]:
    """The newest first; one place once, by where it is."""
    return [place, *(one for one in known if distance_km(_site(one), _site(place)) > SAME_KM)][:KEPT]


def _site(place: Told) -> Site:
    return Site(place["latitude_deg"], place["longitude_deg"], place["elevation_m"])


def _remembered(file: Path) -> list[Told]:
    """Nothing, where the file is missing or not ours: a list of old places is worth no error."""
    try:
        return [Place.model_validate(one).model_dump() for one in json.loads(file.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def _remember(file: Path, place: Told) -> None:
    text = json.dumps(_with(_remembered(file), place), ensure_ascii=False, indent=1)
    with new_file(file, replace=True) as written:
        written.write(text.encode())

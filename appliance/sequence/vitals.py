"""What is true of the rig now, looked up every few seconds for the surfaces."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from appliance.bus import Publish, State
from appliance.errors import DeviceError
from appliance.observer import Observer
from appliance.rig import Rig
from appliance.sky.coordinates import alt_az
from hardware.devices import PierSide

EVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraState(State):
    """The camera's temperature, its aim and its cooler's power."""

    celsius: float | None
    cooler_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MountState(State):
    """Where the mount says it points (J2000 and altitude/azimuth, degrees)."""

    ra_deg: float
    dec_deg: float
    alt_deg: float
    az_deg: float
    tracking: bool
    parked: bool
    pier_side: PierSide | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FocuserState(State):
    """The focuser's position and temperature."""

    position: int
    celsius: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState(State):
    """Room left where the subs go."""

    free_bytes: int


async def watch_vitals(rig: Rig, observer: Observer, folder: Path, publish: Publish) -> None:
    """Look and publish for as long as the box runs; a device that is away is simply not news here."""
    while True:
        for look in (_camera, _mount, _focuser):
            try:
                publish(await look(rig, observer))
            except DeviceError:
                continue  # the rig's own state says that it is away
        publish(DiskState(source="box", free_bytes=shutil.disk_usage(folder).free))
        await asyncio.sleep(EVERY_SECONDS)


async def _camera(rig: Rig, _: Observer) -> State:
    cooler = rig.camera.cooler
    return CameraState(
        source="camera",
        celsius=None if cooler is None else await cooler.celsius(),
        cooler_percent=None if cooler is None else await cooler.power_percent(),
    )


async def _mount(rig: Rig, observer: Observer) -> State:
    now = await rig.mount.status()
    altitude, azimuth = alt_az(now.pointing, observer.site, observer.unix())
    return MountState(
        source="mount", ra_deg=now.pointing.ra_deg, dec_deg=now.pointing.dec_deg, alt_deg=altitude,
        az_deg=azimuth, tracking=now.tracking, parked=now.parked, pier_side=now.pier_side,
    )  # fmt: skip


async def _focuser(rig: Rig, _: Observer) -> State:
    if (focuser := rig.focuser) is None:
        raise DeviceError("focuser", "the profile has none")
    return FocuserState(source="focuser", position=await focuser.position(), celsius=await focuser.celsius())

"""What is true of the rig now, looked up every few seconds for the surfaces."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.bus import Bus, State
from appliance.errors import DeviceError, StorageFailed
from appliance.imaging.disk import free_bytes
from appliance.observer import Observer
from appliance.rig import Rig
from appliance.sequence.cooling import CoolerAim
from appliance.sky.coordinates import alt_az
from hardware.devices import PierSide, RoofState

EVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraState(State):
    """The camera's temperature, where the sequence is taking it, and its cooler's power."""

    celsius: float | None
    target_celsius: float | None
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
class RotatorState(State):
    """The rotator's mechanical angle, degrees."""

    angle_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoofNow(State):
    """Where the roof is."""

    roof: RoofState


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState(State):
    """Room left where the subs go."""

    free_bytes: int


async def watch_vitals(
    rig: Rig, observer: Observer, folder: Path, bus: Bus, every: float = EVERY_SECONDS
) -> None:
    """Look and publish for as long as the box runs; a device that is away shows in the rig's state."""
    looks = (
        lambda: _camera(rig, bus),
        lambda: _mount(rig, observer),
        lambda: _focuser(rig),
        lambda: _rotator(rig),
        lambda: _roof(rig),
        lambda: _disk(folder),
    )
    while True:
        await _publish_all(looks, bus)
        if (now := rig.state()) not in bus.states():
            bus.publish(now)
        await asyncio.sleep(every)


async def _publish_all(looks: tuple[Callable[[], Awaitable[State | None]], ...], bus: Bus) -> None:
    for look in looks:
        try:
            state = await look()
        except (DeviceError, StorageFailed):
            continue  # whoever needs it will say so
        if state is not None:
            bus.publish(state)


async def _camera(rig: Rig, bus: Bus) -> State:
    cooler = rig.camera.cooler
    aims = [state.celsius for state in bus.states() if isinstance(state, CoolerAim)]
    return CameraState(
        source="camera",
        celsius=None if cooler is None else await cooler.celsius(),
        target_celsius=aims[0] if aims else None,
        cooler_percent=None if cooler is None else await cooler.power_percent(),
    )


async def _mount(rig: Rig, observer: Observer) -> State:
    now = await rig.mount.status()
    altitude, azimuth = alt_az(now.pointing, observer.site, observer.unix())
    return MountState(
        source="mount", ra_deg=now.pointing.ra_deg, dec_deg=now.pointing.dec_deg, alt_deg=altitude,
        az_deg=azimuth, tracking=now.tracking, parked=now.parked, pier_side=now.pier_side,
    )  # fmt: skip


async def _focuser(rig: Rig) -> State | None:
    if (focuser := rig.focuser) is None:
        return None
    return FocuserState(source="focuser", position=await focuser.position(), celsius=await focuser.celsius())


async def _rotator(rig: Rig) -> State | None:
    if (rotator := rig.rotator) is None:
        return None
    return RotatorState(source="rotator", angle_deg=await rotator.angle())


async def _roof(rig: Rig) -> State | None:
    return None if (roof := rig.roof) is None else RoofNow(source="roof", roof=await roof.state())


async def _disk(folder: Path) -> State:
    return DiskState(source="box", free_bytes=free_bytes(folder))

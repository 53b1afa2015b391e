"""An INDI mount. INDI speaks JNow; J2000 becomes JNow, and back, here and nowhere else."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from hardware.devices import (
    J2000,
    AxisMotion,
    Direction,
    GuidePort,
    MountStatus,
    PierSide,
    SideSetter,
    Site,
)
from hardware.errors import DeviceError, DeviceLost, DeviceRefused
from hardware.halting import halting
from hardware.indi.device import IndiDevice
from hardware.indi.link import State
from hardware.indi.motion import MOTION, IndiMotion
from hardware.indi.properties import Remote
from hardware.jnow import j2000, jnow, separation_deg

NEEDS = ("EQUATORIAL_EOD_COORD", "ON_COORD_SET", "TELESCOPE_ABORT_MOTION")
COORD = "EQUATORIAL_EOD_COORD"
SIDE = "TELESCOPE_PIER_SIDE"
SLEW_SECONDS = 300.0
FIRST_POSITION_SECONDS = 2.0
ON_TARGET_DEG = 0.1  # farther off than this after Ok, a slew or sync was not obeyed

Utc = Callable[[float | None], float]
"""UTC in seconds since 1970 at a moment of the loop's clock; None is now."""


class IndiMount(IndiDevice):
    """Satisfies Mount. Made by IndiOpener."""

    def __init__(self, remote: Remote, utc: Utc) -> None:
        super().__init__(remote)
        self._utc = utc
        has_pulses = remote.find("TELESCOPE_TIMED_GUIDE_NS") and remote.find("TELESCOPE_TIMED_GUIDE_WE")
        self.guide_port: GuidePort | None = IndiGuidePort(remote) if has_pulses else None
        side = remote.find(SIDE)
        self.side_setter: SideSetter | None = self if side is not None and side.writable else None
        has_motion = remote.find(f"{MOTION}_NS") and remote.find(f"{MOTION}_WE")
        self.motion: AxisMotion | None = IndiMotion(remote) if has_motion else None

    @classmethod
    async def open(cls, remote: Remote, utc: Utc) -> "IndiMount":
        """Wait for the first position: what a driver shows before it has asked the mount is made up."""
        with remote.watch() as watch, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_POSITION_SECONDS):
                while getattr(await watch.next(), "name", None) != COORD:
                    continue
        return cls(remote, utc)

    async def status(self) -> MountStatus:
        coord, park = self._remote.get(COORD), self._remote.find("TELESCOPE_PARK")
        parking = bool(park and park.state is State.BUSY)
        parked = self._remote.is_on("TELESCOPE_PARK", "PARK") and not parking
        return MountStatus(
            pointing=self._pointing(),
            tracking=self._remote.is_on("TELESCOPE_TRACK_STATE", "TRACK_ON"),
            parked=parked,
            # The position's Busy outlives the parking by one poll of the driver.
            slewing=parking or (coord.state is State.BUSY and not parked),
            pier_side=self._pier_side(),
        )

    async def slew(self, target: J2000) -> None:
        self._require_unparked("go to a target")
        await self._on_coord_set("TRACK")
        async with halting(self._abort):
            await self._remote.set(COORD, self._eod(target), within=SLEW_SECONDS, busy_first=True)
            self._require_at(target, "stopped")
            await self.track(True)

    async def turn_to(self, side: PierSide) -> None:
        """As a SideSetter: only where the driver lets its pier side be written."""
        self._require_unparked("turn to another side")
        async with halting(self._abort):
            await self._remote.set(SIDE, {f"PIER_{side.value}": True}, within=SLEW_SECONDS)
            await self._remote.until(COORD, lambda prop: prop.state is not State.BUSY, within=SLEW_SECONDS)

    async def sync(self, target: J2000) -> None:
        self._require_unparked("sync")
        await self._on_coord_set("SYNC")
        try:
            await self._remote.set(COORD, self._eod(target))
            # The first position after a sync may be one the mount had already put on the wire.
            await self._remote.until(COORD, lambda _: self._off_by(target) < ON_TARGET_DEG, within=5.0)
        except DeviceLost:
            raise
        except DeviceError as refused:
            raise DeviceRefused(self.name, f"it did not accept the sync: {refused.sentence}") from refused
        finally:
            if not self.lost:  # nobody else's goto may become a sync
                await self._on_coord_set("TRACK")

    async def track(self, on: bool) -> None:
        wanted = "TRACK_ON" if on else "TRACK_OFF"
        if self._remote.is_on("TELESCOPE_TRACK_STATE", wanted):
            return
        await self._remote.send("TELESCOPE_TRACK_STATE", {wanted: True})
        # Its Busy means "tracking", not "not yet".
        await self._remote.until("TELESCOPE_TRACK_STATE", lambda prop: bool(prop.values[wanted]))

    async def park(self) -> None:
        if (await self.status()).parked:
            return
        async with halting(self._abort):
            await self._remote.set("TELESCOPE_PARK", {"PARK": True}, within=SLEW_SECONDS)
            if not (await self.status()).parked:
                raise DeviceError(self.name, "it stopped before it was parked")

    async def unpark(self) -> None:
        park = self._remote.find("TELESCOPE_PARK")
        if not park or not park.values.get("PARK"):
            return
        await self._remote.set("TELESCOPE_PARK", {"UNPARK": True})
        if self._remote.is_on("TELESCOPE_PARK", "PARK"):
            raise DeviceRefused(self.name, "it stays parked", advice="Look whether a closed roof locks it.")

    async def locate(self, site: Site, utc_unix: float) -> None:
        utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(utc_unix))
        await self._remote.set("TIME_UTC", {"UTC": utc, "OFFSET": "0"})
        place = {"LAT": site.latitude_deg, "LONG": site.longitude_deg % 360.0, "ELEV": site.elevation_m}
        await self._remote.set("GEOGRAPHIC_COORD", place)

    async def _on_coord_set(self, element: str) -> None:
        if not self._remote.is_on("ON_COORD_SET", element):
            await self._remote.set("ON_COORD_SET", {element: True})

    async def _abort(self) -> None:
        await self._remote.abort("TELESCOPE_ABORT_MOTION")
        await self._remote.until(COORD, lambda prop: prop.state is not State.BUSY)

    def _require_unparked(self, what: str) -> None:
        if self._remote.is_on("TELESCOPE_PARK", "PARK"):
            raise DeviceRefused(self.name, f"it is parked and will not {what}", advice="Unpark it first.")

    def _require_at(self, target: J2000, verb: str) -> None:
        if (off := self._off_by(target)) > ON_TARGET_DEG:
            raise DeviceError(self.name, f"it {verb} {off:.2f}° from the target")

    def _off_by(self, target: J2000) -> float:
        return separation_deg(self._pointing(), target)

    def _eod(self, target: J2000) -> dict[str, float]:
        ra_hours, dec_deg = jnow(target, self._utc(None))
        return {"RA": ra_hours, "DEC": dec_deg}

    def _pointing(self) -> J2000:
        return j2000(self._remote.number(COORD, "RA"), self._remote.number(COORD, "DEC"), self._utc(None))

    def _pier_side(self) -> PierSide | None:
        if self._remote.is_on(SIDE, "PIER_EAST"):
            return PierSide.EAST
        return PierSide.WEST if self._remote.is_on(SIDE, "PIER_WEST") else None


class IndiGuidePort:
    """Satisfies GuidePort."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def pulse(self, direction: Direction, seconds: float) -> None:
        letter = direction.value[0].upper()
        axis = "NS" if letter in "NS" else "WE"
        name, element = f"TELESCOPE_TIMED_GUIDE_{axis}", f"TIMED_GUIDE_{letter}"
        # Both elements are named: a remembered opposite one would be a second pulse.
        pulse = {f"TIMED_GUIDE_{one}": 0.0 for one in axis} | {element: seconds * 1000.0}
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        async with halting(lambda: self._remote.send(name, dict.fromkeys(pulse, 0.0))):
            await self._remote.set(name, pulse, within=seconds + 10.0)
            await asyncio.sleep(end - loop.time())  # many mounts say Ok when the pulse begins

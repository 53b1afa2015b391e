"""An Alpaca telescope. Most speak JNow: J2000 becomes that, and back, here and nowhere else."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from alpaca.telescope import EquatorialCoordinateType, GuideDirections
from alpaca.telescope import PierSide as Side

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.link import Link
from hardware.alpaca.motion import AlpacaMotion
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
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported
from hardware.halting import halting
from hardware.jnow import j2000, jnow, separation_deg

SLEW_SECONDS = 300.0
ON_TARGET_DEG = 0.1  # farther off than this afterwards, a slew or sync was not obeyed
SIDES = {Side.pierEast: PierSide.EAST, Side.pierWest: PierSide.WEST}  # ASCOM's sense is INDI's
WAYS = {
    Direction.NORTH: GuideDirections.guideNorth, Direction.SOUTH: GuideDirections.guideSouth,
    Direction.EAST: GuideDirections.guideEast, Direction.WEST: GuideDirections.guideWest,
}  # fmt: skip

Utc = Callable[[float | None], float]


class AlpacaMount(AlpacaDevice):
    """Satisfies Mount."""

    def __init__(
        self, link: Link, utc: Utc, *, of_date: bool, pulses: bool, sides: bool,
        motion: AxisMotion | None = None,
    ) -> None:  # fmt: skip
        super().__init__(link)
        self._utc, self._of_date = utc, of_date
        self.guide_port: GuidePort | None = AlpacaGuidePort(link) if pulses else None
        self.side_setter: SideSetter | None = self if sides else None
        self.motion: AxisMotion | None = motion

    @classmethod
    async def open_(cls, link: Link, utc: Utc) -> "AlpacaMount":
        """DeviceUnsupported for a mount that cannot slew or park, or whose coordinates nobody knows."""
        for what, ability in (
            ("CanSlewAsync", "slew"),
            ("CanPark", "park"),
            ("CanSetTracking", "set tracking"),
        ):
            if not await link.ask(lambda mount, what=what: getattr(mount, what)):  # type: ignore[misc]
                raise DeviceUnsupported(link.name, f"its driver cannot {ability} ({what} is false)")
        system = await link.ask(lambda mount: mount.EquatorialSystem)
        if system not in {EquatorialCoordinateType.equTopocentric, EquatorialCoordinateType.equJ2000}:
            raise DeviceUnsupported(
                link.name, f"its coordinates are {system.name}", advice="Set its driver to JNow or J2000."
            )
        pulses = await link.optional(lambda mount: bool(mount.CanPulseGuide))
        sides = await link.optional(lambda mount: bool(mount.CanSetPierSide))
        of_date = system == EquatorialCoordinateType.equTopocentric
        motion = await AlpacaMotion.of(link)
        return cls(link, utc, of_date=of_date, pulses=bool(pulses), sides=bool(sides), motion=motion)

    async def status(self) -> MountStatus:
        side = await self._link.optional(lambda mount: mount.SideOfPier)
        return MountStatus(
            pointing=await self._pointing(),
            tracking=await self._link.ask(lambda mount: bool(mount.Tracking)),
            parked=await self._parked(),
            slewing=await self._link.ask(lambda mount: bool(mount.Slewing)),
            pier_side=None if side is None else SIDES.get(side),
        )

    async def slew(self, target: J2000) -> None:
        await self._require_unparked("go to a target")
        await self.track(True)  # ASCOM mounts slew only while they track
        ra_hours, dec_deg = self._own(target)
        async with halting(self._abort):
            await self._link.begin(lambda mount: mount.SlewToCoordinatesAsync(ra_hours, dec_deg))
            await self._link.until(lambda mount: not mount.Slewing, SLEW_SECONDS)
            await self._require_at(target, "stopped")
            await self.track(True)

    async def turn_to(self, side: PierSide) -> None:
        """As a SideSetter: only where the driver can set its side of the pier."""
        await self._require_unparked("turn to another side")
        wanted = next(own for own, known in SIDES.items() if known is side)
        async with halting(self._abort):
            await self._link.begin(lambda mount: setattr(mount, "SideOfPier", wanted))
            await self._link.until(lambda mount: not mount.Slewing, SLEW_SECONDS)

    async def sync(self, target: J2000) -> None:
        await self._require_unparked("sync")
        ra_hours, dec_deg = self._own(target)
        await self._link.ask(lambda mount: mount.SyncToCoordinates(ra_hours, dec_deg))
        if (off := separation_deg(await self._pointing(), target)) > ON_TARGET_DEG:
            raise DeviceRefused(self.name, f"it did not accept the sync: it is {off:.2f}° off")

    async def track(self, on: bool) -> None:
        if await self._link.ask(lambda mount: bool(mount.Tracking)) is not on:
            await self._link.ask(lambda mount: setattr(mount, "Tracking", on))

    async def park(self) -> None:
        if await self._parked():
            return
        async with halting(self._abort):
            await self._link.begin(lambda mount: mount.Park())
            await self._link.until(lambda mount: mount.AtPark or not mount.Slewing, SLEW_SECONDS)
            if not await self._parked():
                raise DeviceError(self.name, "it stopped before it was parked")

    async def unpark(self) -> None:
        if not await self._parked():
            return
        await self._link.ask(lambda mount: mount.Unpark())
        if await self._parked():
            raise DeviceRefused(self.name, "it stays parked", advice="Look whether a closed roof locks it.")

    async def locate(self, site: Site, utc_unix: float) -> None:
        """What a driver does not take it has by itself: many keep place and time in their own settings."""
        now = datetime.fromtimestamp(utc_unix, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        for name, value in (
            ("UTCDate", now), ("SiteLatitude", site.latitude_deg), ("SiteLongitude", site.longitude_deg),
            ("SiteElevation", max(-300.0, site.elevation_m)),
        ):  # fmt: skip
            await self._link.optional(lambda mount, name=name, value=value: setattr(mount, name, value))  # type: ignore[misc]

    async def _parked(self) -> bool:
        return bool(await self._link.ask(lambda mount: mount.AtPark))

    async def _abort(self) -> None:
        if not await self._parked():  # then there is nothing to stop, and ASCOM calls it an error
            await self._link.ask(lambda mount: mount.AbortSlew())
            await self._link.until(lambda mount: not mount.Slewing, SLEW_SECONDS)

    async def _require_unparked(self, what: str) -> None:
        if await self._parked():
            raise DeviceRefused(self.name, f"it is parked and will not {what}", advice="Unpark it first.")

    async def _require_at(self, target: J2000, verb: str) -> None:
        if (off := separation_deg(await self._pointing(), target)) > ON_TARGET_DEG:
            raise DeviceError(self.name, f"it {verb} {off:.2f}° from the target")

    def _own(self, target: J2000) -> tuple[float, float]:
        """In hours and degrees, as the mount counts."""
        return jnow(target, self._utc(None)) if self._of_date else (target.ra_deg / 15.0, target.dec_deg)

    async def _pointing(self) -> J2000:
        ra_hours = await self._link.ask(lambda mount: float(mount.RightAscension))
        dec_deg = await self._link.ask(lambda mount: float(mount.Declination))
        if self._of_date:
            return j2000(ra_hours, dec_deg, self._utc(None))
        return J2000(ra_hours * 15.0 % 360.0, dec_deg)


class AlpacaGuidePort:
    """Satisfies GuidePort. A pulse that has begun cannot be taken back: it is at most some seconds."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def pulse(self, direction: Direction, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        await self._link.ask(lambda mount: mount.PulseGuide(WAYS[direction], round(seconds * 1000)))
        await asyncio.sleep(max(0.0, end - loop.time()))
        await self._link.until(lambda mount: not mount.IsPulseGuiding, 10.0)

"""The simulated mount: it slews at a rate, settles, drifts a little, and does not know its own error."""

import asyncio
from math import radians, sin

from hardware.devices import J2000, Direction, MountStatus, PierSide, Site
from hardware.errors import DeviceRefused
from hardware.simulator.axes import Axes, sidereal_deg, sin_altitude
from hardware.simulator.sky import Sky
from hardware.simulator.world import MountModel


class SimulatedMount:
    """A German equatorial mount. It parks at the celestial pole.

    Its horizon and pier side come from the place and time it was given (`locate`), by default the true
    ones; J2000 right ascension stands in for that of date, a third of a degree at most in this century's
    first decades.
    """

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self._parked = self._model.parked
        self._slews = 0
        self._site, self._clock_error = sky.world.site, 0.0
        self.guide_port = SimulatedGuidePort(self)

    @property
    def _model(self) -> MountModel:
        return self._sky.world.mount

    @property
    def axes(self) -> Axes:
        """The axes it drives."""
        return self._sky.axes

    @property
    def parked(self) -> bool:
        return self._parked

    async def status(self) -> MountStatus:
        axes = self.axes
        return MountStatus(axes.shown(), axes.tracking, self._parked, self._slews > 0, axes.pier_side)

    async def slew(self, target: J2000) -> None:
        self._refuse_when_parked("slew")
        hour_angle = self._hour_angle(target.ra_deg)
        altitude = sin_altitude(hour_angle, target.dec_deg, self._site.latitude_deg)
        if altitude < sin(radians(self._model.horizon_deg)):
            raise DeviceRefused(
                self.name, "the target is below its horizon", advice="Choose a target that is up now."
            )
        self.axes.track(on=True)
        await self._go(*self.axes.way_to(target))
        self.axes.scatter()
        # INDI sense: EAST of the pier, pointing west, once the target has crossed the meridian
        self.axes.pier_side = PierSide.EAST if hour_angle >= 0 else PierSide.WEST

    async def sync(self, target: J2000) -> None:
        self._refuse_when_parked("sync")
        self.axes.sync(target)

    async def track(self, on: bool) -> None:
        if on:
            self._refuse_when_parked("track")
        self.axes.track(on)

    async def park(self) -> None:
        if self._parked:
            return
        pole = 90.0 if self._site.latitude_deg >= 0 else -90.0
        here = self.axes.shown()
        await self._go(*self.axes.way_to(J2000(here.ra_deg, pole)))
        self.axes.track(on=False)
        self._parked = True

    async def unpark(self) -> None:
        self._parked = False

    async def locate(self, site: Site, utc_unix: float) -> None:
        self._site, self._clock_error = site, utc_unix - self._sky.utc(None)

    def _hour_angle(self, ra_deg: float) -> float:
        """Degrees, -180 to 180, west positive."""
        utc = self._sky.utc(None) + self._clock_error
        return (sidereal_deg(utc, self._site.longitude_deg) - ra_deg + 180) % 360 - 180

    def _refuse_when_parked(self, what: str) -> None:
        if self._parked:
            raise DeviceRefused(self.name, f"it is parked and cannot {what}", advice="Unpark it first.")

    async def _go(self, ra: float, dec: float) -> None:
        """Both axes at once, each at full rate, then a rest."""
        rate, self._slews = self._model.slew_deg_s, self._slews + 1
        try:
            await asyncio.gather(self.axes.ra.go(self.name, ra, rate), self.axes.dec.go(self.name, dec, rate))
            await asyncio.sleep(self._model.settle_seconds)
        finally:
            self._slews -= 1

    async def pulse(self, direction: Direction, seconds: float) -> None:
        """Turn one axis at the guide rate; north and east are where declination and right ascension grow."""
        if self._parked or self._slews:
            raise DeviceRefused(self.name, "it takes no guide pulses while parked or slewing")
        if not seconds >= 0:
            raise DeviceRefused(self.name, f"a guide pulse cannot last {seconds} s")
        axis = self.axes.dec if direction in {Direction.NORTH, Direction.SOUTH} else self.axes.ra
        sign = 1 if direction in {Direction.NORTH, Direction.EAST} else -1
        rate = self._model.pulse_arcsec_s / 3600
        await axis.go(self.name, axis.now() + sign * rate * seconds, rate)


class SimulatedGuidePort:
    """Guide pulses through the mount; the rate is the axis's, so on the sky cos(dec) of it in RA."""

    def __init__(self, mount: SimulatedMount) -> None:
        self._mount = mount

    async def pulse(self, direction: Direction, seconds: float) -> None:
        await self._mount.pulse(direction, seconds)

"""The simulated mount: it slews at a rate, settles, drifts a little, and does not know its own error."""

from math import radians, sin

from hardware.devices import J2000, Direction, MountStatus, PierSide, SideSetter, Site
from hardware.errors import DeviceRefused
from hardware.simulator.axes import Axes
from hardware.simulator.faults import FaultKind
from hardware.simulator.sides import goto_side, natural_side, other
from hardware.simulator.sky import Sky
from hardware.simulator.sphere import SIDEREAL_DEG_S, sin_altitude
from hardware.simulator.world import MountModel


class SimulatedMount:
    """A German equatorial mount. It parks at the celestial pole, or as far from it as its model says.

    What it shows, its horizon and its choice of pier side come from the place and time it was given
    (`locate`), by default the true ones; J2000 right ascension stands in for that of date, a third of a
    degree at most in this century's first decades. A goto may change sides (`MountModel.at_meridian`);
    tracking never does, and stops without a word at `limit_past_meridian_deg`.
    """

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky
        self.guide_port = SimulatedGuidePort(self)
        self.side_setter: SideSetter | None = self if sky.world.mount.sets_side else None
        self.motion = SimulatedMotion(self)

    @property
    def _model(self) -> MountModel:
        return self._sky.world.mount

    @property
    def slew_deg_s(self) -> float:
        """The rate of its slews."""
        return self._model.slew_deg_s

    @property
    def axes(self) -> Axes:
        """The axes it drives."""
        return self._sky.axes

    @property
    def parked(self) -> bool:
        return self.axes.parked

    async def status(self) -> MountStatus:
        axes, pointing = self.axes, self.axes.shown()
        return MountStatus(
            pointing, axes.tracking, axes.parked, axes.slewing, self._pier_side_reported(pointing)
        )

    async def slew(self, target: J2000) -> None:
        self._refuse_when_parked("slew")
        axes = self.axes
        hour_angle = axes.believed_hour_angle(target.ra_deg)
        altitude = sin_altitude(hour_angle, target.dec_deg, axes.site.latitude_deg)
        if altitude < sin(radians(self._model.horizon_deg)):
            raise DeviceRefused(
                self.name, "the target is below its horizon", advice="Choose a target that is up now."
            )
        side = goto_side(self.name, self._model, axes.free_side, hour_angle)
        if self._suffers(FaultKind.NO_FLIP):
            side = axes.free_side or side
        await axes.follow(self.name, axes.begin_slew(target, side))

    async def turn_to(self, side: PierSide) -> None:
        """As a SideSetter: whatever it would do at a goto."""
        self._refuse_when_parked("turn to another side")
        axes = self.axes
        if self._suffers(FaultKind.NO_FLIP):
            side = axes.pier_side
        await axes.follow(self.name, axes.begin_slew(axes.shown(), side))

    async def sync(self, target: J2000) -> None:
        self._refuse_when_parked("sync")
        self.axes.sync(target)

    async def track(self, on: bool) -> None:
        """DeviceRefused at the mount's own limit past the meridian, too: only a slew leads away from it."""
        if on:
            self._refuse_when_parked("track")
        self.axes.track(on)
        if on and not self.axes.tracking:
            raise DeviceRefused(
                self.name, "it stands at its limit past the meridian", advice="Slew to the target again."
            )

    async def park(self) -> None:
        if not self.parked:
            await self.axes.follow(self.name, self.axes.begin_park())

    async def unpark(self) -> None:
        self.axes.unpark()

    async def locate(self, site: Site, utc_unix: float) -> None:
        self.axes.site, self.axes.clock_error = site, utc_unix - self._sky.utc(None)

    async def pulse(self, direction: Direction, seconds: float) -> None:
        """One guide pulse; see SimulatedGuidePort."""
        if self.parked or self.axes.slewing:
            raise DeviceRefused(self.name, "it takes no guide pulses while parked or slewing")
        if not seconds >= 0:
            raise DeviceRefused(self.name, f"a guide pulse cannot last {seconds} s")
        await self.axes.pulse(self.name, direction, seconds)

    async def move(self, direction: Direction, rate_deg_s: float) -> None:
        """Turn one axis by hand; see SimulatedMotion."""
        self._refuse_when_parked("be moved by hand")
        await self.axes.turn(self.name, direction, rate_deg_s)

    def _pier_side_reported(self, pointing: J2000) -> PierSide | None:
        if self._model.pier_side == "silent":
            return None
        side = self.axes.pier_side
        if self._model.pier_side == "lies":
            side = natural_side(self.axes.believed_hour_angle(pointing.ra_deg))
        return other(side) if self._suffers(FaultKind.WRONG_PIER_SIDE) else side

    def _suffers(self, kind: FaultKind) -> bool:
        faults = self._sky.faults
        return bool(faults.every) and faults.active(kind, self._sky.utc(None)) is not None

    def _refuse_when_parked(self, what: str) -> None:
        if self.axes.parking or self.parked:
            state = "parked" if self.parked else "parking"
            raise DeviceRefused(self.name, f"it is {state} and cannot {what}", advice="Unpark it first.")


class SimulatedGuidePort:
    """Guide pulses through the mount; the rate is the axis's, so on the sky cos(dec) of it in RA."""

    def __init__(self, mount: SimulatedMount) -> None:
        self._mount = mount

    async def pulse(self, direction: Direction, seconds: float) -> None:
        await self._mount.pulse(direction, seconds)


class SimulatedMotion:
    """Satisfies AxisMotion: twice sidereal rate, two in between, and the rate of its slews."""

    def __init__(self, mount: SimulatedMount) -> None:
        self._mount = mount
        fastest = mount.slew_deg_s
        guide = 2 * SIDEREAL_DEG_S
        self._deg_s = {"Guide": guide, "Centre": fastest / 60, "Find": fastest / 6, "Max": fastest}

    @property
    def rates(self) -> tuple[str, ...]:
        return tuple(self._deg_s)

    async def move(self, direction: Direction, rate: int) -> None:
        if not 0 <= rate < len(self._deg_s):
            raise DeviceRefused(self._mount.name, f"it has no rate {rate}")
        await self._mount.move(direction, self._deg_s[self.rates[rate]])

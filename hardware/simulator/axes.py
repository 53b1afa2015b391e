"""The two axes of the simulated mount: where they really point, and where the mount thinks they do.

Three layers: the encoders (which the motors turn), what the mount shows (encoders, by the place and time it
was given, plus the offset of the last sync) and the truth (encoders plus errors nobody is told). Degrees,
J2000 throughout: the simulated mount has no need of JNow. Everything is a function of the loop's clock since
the last command: nobody need be there for a slew to end, a limit to stop the motor, a park to be done.
"""

import asyncio
from math import copysign
from random import Random

from hardware.devices import J2000, Direction, PierSide, Site
from hardware.simulator.axis import Axis, loop_now, reached, taken_over
from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.guided import Guided
from hardware.simulator.misalignment import from_cone, from_polar_axis, periodic_deg
from hardware.simulator.sides import HOME_TURNED_DEG, past_meridian_deg, turned_for
from hardware.simulator.slew import Offsets, Slew
from hardware.simulator.spans import spans_of
from hardware.simulator.sphere import SIDEREAL_DEG_S, on_sphere, sidereal_deg, wrapped
from hardware.simulator.tracking import Tracking
from hardware.simulator.true_time import TrueTime
from hardware.simulator.world import MountModel

# Nearer to the pole than this the tube is on no side of the pier.
POLE_DEG = 0.5
HALF_TURN_DEG = 180.0


class Axes:
    """Mutable: one per simulated rig. `site` and `clock_error` (seconds) are what the mount was told."""

    def __init__(self, model: MountModel, seed: int, site: Site, utc: TrueTime, faults: Faults) -> None:
        self.home_dec = 90.0 if site.latitude_deg >= 0 else -90.0
        self.park_dec = copysign(90.0 - model.park_from_pole_deg, self.home_dec)
        self.turned = Axis(HOME_TURNED_DEG)
        self.dec = Axis(self.park_dec if model.parked else self.home_dec)
        self.site, self.clock_error = site, 0.0
        self._model, self._seed, self._utc = model, seed, utc
        self._true_site = site
        self._motor = Tracking(utc, spans_of(faults, FaultKind.TRACKING_OFF))
        self._slew: Slew | None = None
        self._slews = 0
        self._by_hand = 0
        self._parked_from: float | None = float("-inf") if model.parked else None
        self._sync: Offsets = (0.0, 0.0)
        self.guided = Guided(self._motor, self._alone)

    # What the mount knows of itself

    @property
    def tracking(self) -> bool:
        """Is the motor on, as far as the mount knows?"""
        return self._motor.ordered(loop_now())

    @property
    def slewing(self) -> bool:
        """On the way, or settling, or turned by hand?"""
        on_the_way = self._slew is not None and not reached(loop_now(), self._slew.settled)
        return on_the_way or self._by_hand > 0

    @property
    def parking(self) -> bool:
        """On the way to the park position?"""
        return self._parked_from is not None and not self.parked

    @property
    def parked(self) -> bool:
        """The mount's own flag."""
        return self._parked_from is not None and reached(loop_now(), self._parked_from)

    def shown(self) -> J2000:
        """What the mount believes."""
        now = loop_now()
        hour_angle, dec = self._encoders(now)
        return on_sphere(self._believed_sidereal(now) - hour_angle + self._sync[0], dec + self._sync[1])

    def believed_hour_angle(self, ra_deg: float) -> float:
        """Degrees, -180 to 180, west positive, by the place and time the mount was given."""
        return wrapped(self._believed_sidereal(loop_now()) - ra_deg)

    # What is so

    @property
    def pier_side(self) -> PierSide:
        """Where the tube is; on WEST when it looks along the pole."""
        return self._side(loop_now())

    @property
    def free_side(self) -> PierSide | None:
        """The same; None at the pole, from where both sides are as near."""
        return None if abs(self.dec.now() - self.home_dec) < POLE_DEG else self.pier_side

    @property
    def really_tracking(self) -> bool:
        """Does the motor run?"""
        return self._motor.real(loop_now())

    @property
    def hour_angle_deg(self) -> float:
        """Hour angle to which the axes turn the tube, -180 to 180, west positive."""
        return wrapped(self._encoders(loop_now())[0])

    @property
    def past_meridian_deg(self) -> float:
        """How far the tube is past the meridian on the wrong side of the pier, 0 on the right one."""
        return past_meridian_deg(self._turned_at(loop_now()))

    @property
    def past_limit_deg(self) -> float:
        """How far it is past the mount's own limit, 0 within it."""
        return max(0.0, self.past_meridian_deg - self._model.limit_past_meridian_deg)

    def at_home(self, tolerance_deg: float) -> bool:
        """Do both axes rest at the park position?"""
        now = loop_now()
        off = wrapped(self._turned_at(now) - HOME_TURNED_DEG), self.dec.at(now) - self.park_dec
        still = not self.turned.moving and not self.dec.moving and not self._motor.real(now)
        return still and max(abs(off[0]), abs(off[1])) <= tolerance_deg

    def truth(self, moment: float | None = None) -> J2000:
        """Where the telescope really points, now or at a moment since the last command."""
        return self.guided.held(loop_now() if moment is None else moment)

    def _alone(self, now: float) -> J2000:
        """The same without what guiding has corrected."""
        model, minutes = self._model, self._motor.seconds(now) / 60
        hour_angle, dec = self._encoders(now)
        hour_angle, dec = from_cone(hour_angle, dec, self._side(now), model)
        hour_angle += periodic_deg(self._turned_at(now), model)
        hour_angle, dec = from_polar_axis(hour_angle, dec, self._true_site.latitude_deg, model)
        scatter = self._scatter(now)
        return on_sphere(
            sidereal_deg(self._utc(now), self._true_site.longitude_deg)
            - hour_angle
            + model.ra_error_arcmin / 60
            + scatter[0]
            + minutes * model.drift_ra_arcsec_min / 3600,
            dec + model.dec_error_arcmin / 60 + scatter[1] + minutes * model.drift_dec_arcsec_min / 3600,
        )

    # Commands

    def track(self, on: bool) -> None:
        """Start or stop following the sky; a slew on its way ends so, too. Parked it stays off."""
        now, on = loop_now(), on and self._parked_from is None
        if not on:
            self.guided.let_go(now)
        if self._slew is None or reached(now, self._slew.arrives):
            self._motor.order(now, on, self._room(now))
        else:
            self._order_around(self._slew.arrives, during=on, after=on)

    def sync(self, target: J2000) -> None:
        """Make `shown` the target, unless it ignores that; the telescope does not move."""
        if self._model.at_sync == "ignores":
            return
        hour_angle, dec = self._encoders(loop_now())
        ra = self._believed_sidereal(loop_now()) - hour_angle
        self._sync = wrapped(target.ra_deg - ra), target.dec_deg - dec

    def way_to(self, target: J2000, side: PierSide) -> Offsets:
        """Axis positions (`turned`, `dec`) that would show the target now from a side of the pier."""
        aim = on_sphere(target.ra_deg - self._sync[0], target.dec_deg - self._sync[1])
        turned = turned_for(self.believed_hour_angle(aim.ra_deg), side)
        dec = aim.dec_deg if side is PierSide.WEST else 2 * self.home_dec - aim.dec_deg
        return turned - SIDEREAL_DEG_S * self._motor.seconds(loop_now()), dec

    def begin_slew(self, target: J2000, side: PierSide) -> Slew:
        """Set out for a target, tracking all the way; it ends a few arcseconds off in its own way."""
        self._slews += 1
        sigma, random = self._model.scatter_arcsec / 3600, Random(self._seed * 1_000_003 + self._slews)
        scatter = random.gauss(0, sigma), random.gauss(0, sigma)
        slew = self._set_out(self.way_to(target, side), scatter)
        self._order_around(slew.arrives, during=True, after=True)
        return slew

    def begin_park(self) -> Slew:
        """Set out for the park position, counterweight down; the motor stops first."""
        now = loop_now()
        self._motor.order(now, on=False, room=0.0)
        home = HOME_TURNED_DEG - SIDEREAL_DEG_S * self._motor.seconds(now), self.park_dec
        slew = self._set_out(home, self._scatter(now))
        self._parked_from = slew.settled
        return slew

    def unpark(self) -> None:
        """Take the flag back; nothing moves."""
        self._parked_from = None

    async def follow(self, name: str, slew: Slew) -> None:
        """Wait until it has settled. Cancelled, all stops; DeviceError when another movement took over."""
        try:
            await asyncio.sleep(max(0.0, slew.settled - loop_now()))
        except asyncio.CancelledError:
            if self._slew is slew:
                self._halt()
            raise
        if self._slew is not slew:
            raise taken_over(name)

    async def pulse(self, name: str, direction: Direction, seconds: float) -> None:
        """Turn one axis at the guide rate; north and east are where declination and right ascension grow.

        The few arcseconds do not count towards the limit.
        """
        axis, sign = self._towards(direction)
        rate = self._model.pulse_arcsec_s / 3600
        await axis.go(name, axis.now() + sign * rate * seconds, rate)

    async def turn(self, name: str, direction: Direction, rate_deg_s: float) -> None:
        """Turn one axis until cancelled, half a turn at most; whatever tracks goes on tracking.

        The mount's limit past the meridian counts again when it has ended.
        """
        axis, sign = self._towards(direction)
        slew = self._slew
        self.guided.forget()
        self._order_now(float("inf"))
        self._by_hand += 1
        try:
            await axis.go(name, axis.now() + sign * HALF_TURN_DEG, rate_deg_s)
        finally:
            self._by_hand -= 1
            if self._slew is slew:  # else another movement has taken over, with orders of its own
                self._order_now(self._room(loop_now()))

    # Inside

    def _towards(self, direction: Direction) -> tuple[Axis, int]:
        """Which axis turns the telescope there, and whether its number grows (1) or falls (-1)."""
        along_dec = direction in {Direction.NORTH, Direction.SOUTH}
        sign = 1 if direction in {Direction.NORTH, Direction.WEST} else -1
        if along_dec and self.pier_side is PierSide.EAST:
            sign = -sign
        return (self.dec if along_dec else self.turned), sign

    def _order_now(self, room: float) -> None:
        """The motor as it is, with other room before its limit."""
        now = loop_now()
        self._motor.order(now, self._motor.ordered(now), room)

    def _encoders(self, moment: float) -> Offsets:
        """Hour angle (not wrapped) and declination."""
        turned, dec = self._turned_at(moment), self.dec.at(moment)
        if self._side(moment) is PierSide.EAST:
            return turned + 180, 2 * self.home_dec - dec
        return turned, dec

    def _turned_at(self, moment: float) -> float:
        return self.turned.at(moment) + SIDEREAL_DEG_S * self._motor.seconds(moment)

    def _side(self, moment: float) -> PierSide:
        return PierSide.EAST if abs(self.dec.at(moment)) > 90 else PierSide.WEST

    def _believed_sidereal(self, moment: float) -> float:
        return sidereal_deg(self._utc(moment) + self.clock_error, self.site.longitude_deg)

    def _scatter(self, moment: float) -> Offsets:
        return (0.0, 0.0) if self._slew is None else self._slew.scatter(moment)

    def _set_out(self, goal: Offsets, scatter: Offsets) -> Slew:
        """Both axes at once, each at full rate, then a rest."""
        now, rate = loop_now(), self._model.slew_deg_s
        self.guided.forget()
        before = self._scatter(now)
        motions = self.turned.begin(goal[0], rate), self.dec.begin(goal[1], rate)
        arrives = max(motion.ends for motion in motions)
        self._parked_from = None
        self._slew = Slew(now, arrives, arrives + self._model.settle_seconds, before, scatter)
        return self._slew

    def _halt(self) -> None:
        now = loop_now()
        on, scatter = self._motor.ordered(now), self._scatter(now)
        self.turned.halt()
        self.dec.halt()
        self._parked_from = None
        self._slew = Slew(now, now, now, scatter, scatter)
        self._motor.order(now, on, self._room(now))

    def _order_around(self, arrives: float, during: bool, after: bool) -> None:
        """Orders for the motor until a slew's arrival, when its limit counts again, and from then on."""
        self._motor.order(loop_now(), during, float("inf"))
        self._motor.order_later(arrives, after, self._room(arrives))

    def _room(self, moment: float) -> float:
        """Seconds of tracking that are left before the mount's limit."""
        limit = self._model.limit_past_meridian_deg
        return max(0.0, (limit - self._turned_at(moment)) / SIDEREAL_DEG_S)

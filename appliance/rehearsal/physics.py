"""What must never be true of the rig itself, whatever the controller believes."""

from collections.abc import Callable, Collection

from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.dangers import danger
from appliance.rehearsal.scenario import Scenario
from hardware.simulator.faults import FaultKind
from hardware.simulator.heavens import altitude_deg
from hardware.simulator.sky import Sky
from hardware.simulator.weather import cloud_percent

# After the latest moment of a flip, or after it was started again, the controller has so long to act.
GRACE_SECONDS = 180.0
# What a safety stop may take on top of the configured time: noticing, and after a crash a look round.
NOTICE_SECONDS = 120.0
DEG_PER_MINUTE = 0.25
PULSED_DEG = 0.1  # guide pulses
LOW_DEG, LOW_SECONDS = -1.0, 60.0  # below the horizon, mount models and refraction left apart; how often seen
# An alarm excuses an open rig when it is about one of these.
SHELTER_WORDS = ("roof", "mount", "park")


class Physics:
    """Looked at whenever time is about to move, so that nothing that lasts is missed."""

    def __init__(self, scenario: Scenario, sky: Sky, now: Callable[[], float], breaches: Breaches) -> None:
        self.sky = sky
        self.alarms: Collection[str] = ()
        self._scenario, self._now, self._breaches = scenario, now, breaches
        self._unsafe_since: float | None = None
        self._day_since: float | None = None
        self._bad_since: float | None = None
        self._past_since: float | None = None
        self._past, self._outward = 0.0, False
        self._low_since: float | None = None
        self._low_seen = 0.0
        self._misled = self._clock_error()

    def reborn(self, sky: Sky) -> None:
        """The controller was away: its time limits begin anew, and it has looked at the machine's clock."""
        self.sky, self.alarms, self._misled = sky, (), self._clock_error()
        self._unsafe_since = self._day_since = self._past_since = self._low_since = None

    def _clock_error(self) -> float:
        """By how many seconds a box that starts now is misled, which has been given no way to know better."""
        if self._scenario.profile.lonely is not None:
            return 0.0
        return abs(self._scenario.faults.begun(FaultKind.CLOCK_JUMP, self._now()))

    def look(self) -> None:
        """One look at everything."""
        self._roof()
        self._exposure()
        self._limit()
        self._horizon()
        self._unsafe()
        self._daylight()
        self._clouds()

    def _roof(self) -> None:
        if self.sky.roof.moving and not self.sky.at_park and not self.sky.world.roof.clears_telescope:
            self._breaches.note("roof", "it moves while the telescope is not at its park position")

    def _exposure(self) -> None:
        if self.sky.exposing:
            if self.sky.axes.slewing:
                self._breaches.note("exposure", "the mount slews during an exposure")
            # In real time it follows the temperature, as the profile asks.
            follows = self._scenario.profile.focus.temperature.compensate == "real time"
            if self.sky.drawtube.knob.moving and not follows:
                self._breaches.note("exposure", "the focuser moves during an exposure")

    def _limit(self) -> None:
        flip = self._scenario.profile.flip
        axes = self.sky.axes
        past, before = axes.past_meridian_deg if axes.tracking else 0.0, self._past
        self._past = past
        # On the far side before its time it is past the meridian too, but every minute less so.
        self._outward = past > before if past != before else self._outward
        limit = (flip.latest_minutes + self._misled / 60) * DEG_PER_MINUTE + PULSED_DEG
        if not flip.limited or past <= limit:
            self._past_since = None
        elif self._past_since is None or not self._outward:
            self._past_since = self._now()
        elif self._now() - self._past_since > GRACE_SECONDS:
            self._breaches.note("limit", f"it tracks {past / DEG_PER_MINUTE:.0f} minutes past the meridian")

    def _horizon(self) -> None:
        """Whatever turns about the pole comes to the horizon at last; looked at once a minute."""
        now, axes = self._now(), self.sky.axes
        if not axes.tracking or axes.slewing:
            self._low_since = None
        elif now - self._low_seen >= LOW_SECONDS:
            self._low_seen = now
            height = altitude_deg(self.sky.world.site, now, axes.truth())
            if height > LOW_DEG:
                self._low_since = None
            elif self._low_since is None:
                self._low_since = now
            elif now - self._low_since > GRACE_SECONDS:
                self._breaches.note("limit", f"it tracks {-height:.0f} degrees below the horizon")

    def _unsafe(self) -> None:
        """Without a roof the telescope is at least to be parked."""
        has_roof = self._scenario.profile.roof is not None
        bare = not (self.sky.roof.closed if has_roof else self.sky.at_park)
        what = danger(self._scenario, self.sky) if bare and not self._alarmed else ""
        if not what:
            self._unsafe_since = None
        elif self._unsafe_since is None:
            self._unsafe_since = self._now()
        elif self._now() - self._unsafe_since > self._allowed:
            where = "the roof is open" if has_roof else "the telescope is not parked"
            self._breaches.note("unsafe", f"{what} while {where}, and no alarm says why")

    @property
    def _alarmed(self) -> bool:
        """Does an alarm say why the rig is open? One about something else does not."""
        return any(word in text.lower() for text in self.alarms for word in SHELTER_WORDS)

    def _daylight(self) -> None:
        if self._alarmed or self._misled or not self._open_by_day():
            self._day_since = None
        elif self._day_since is None:
            self._day_since = self._now()
        elif self._now() - self._day_since > self._allowed:
            self._breaches.note("daylight", "the roof is open under the Sun, and no alarm says why")

    def _open_by_day(self) -> bool:
        profile, asked = self._scenario.profile, self._scenario.plan.night == "any"
        if profile.roof is None or asked or self.sky.roof.closed:
            return False
        return self.sky.sun_altitude_deg > profile.safety.max_sun_altitude_deg

    def _clouds(self) -> None:
        """Since when do clouds take more light than the profile's conditions allow?"""
        most = self._scenario.profile.conditions.max_cloud_percent
        if most is None or cloud_percent(self.sky.air.cloud_mag) <= most:
            self._bad_since = None
        elif self._bad_since is None:
            self._bad_since = self._now()

    def sub_begins(self) -> None:
        """What was bad for long enough must have been noticed."""
        if self._bad_since is None or not self.sky.visible:
            return
        profile = self._scenario.profile
        noticed = profile.safety.stale_seconds + profile.conditions.unsafe_after_seconds + GRACE_SECONDS
        if self._now() - self._bad_since > noticed:
            self._breaches.note("pause", "a sub begins under clouds that are too thick")

    @property
    def _allowed(self) -> float:
        safety = self._scenario.profile.safety
        return safety.roof_within_seconds + safety.unsafe_after_seconds + NOTICE_SECONDS

"""Nothing tracks past the meridian's limit or below the horizon, whoever has set it tracking."""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import DeviceError, DeviceLost
from appliance.observer import Observer
from appliance.pointing.flip import FlipSettings
from appliance.pointing.pier import Pier
from appliance.sky.coordinates import observe
from hardware.devices import Mount, MountStatus

WATCH_SECONDS = 60.0
LOWEST_DEG = 0.0
# Text, level, code and advice.
Say = Callable[[str, str, str, str], None]


@dataclass(frozen=True, slots=True)
class Limit:
    """`doubt` is called when the telescope has been stopped at the horizon."""

    observer: Observer
    settings: FlipSettings
    say: Say
    doubt: Callable[[], None] = lambda: None

    async def hold(self, mount: Mount, status: MountStatus, pier: Pier) -> float:
        """Stop the mount if it must stop; returns after how many seconds to look again."""
        if status.parked or status.slewing or not status.tracking:
            return WATCH_SECONDS
        observer, settings = self.observer, self.settings
        altitude, _, hour_angle = observe(status.pointing, observer.site, observer.unix())
        left = settings.latest_minutes - pier.minutes_past(float(hour_angle))
        if settings.enabled and left <= 0:
            await self._stop(mount)
            if pier.side is None:
                text, level = "may be past its limit: it stands still until the next slew", "info"
            else:
                text, level = "has reached its limit past the meridian: it stands still", "warning"
            self.say(f"{mount.name} {text}.", level, "", "")
            return WATCH_SECONDS
        if float(altitude) < LOWEST_DEG:
            await self._stop(mount)
            self.doubt()
            self.say(f"{mount.name} points below the horizon: it stands still.", "warning", "", "")
            return WATCH_SECONDS
        return min(WATCH_SECONDS, max(left * 60, 1.0)) if settings.enabled else WATCH_SECONDS

    async def _stop(self, mount: Mount) -> None:
        try:
            await mount.track(False)
        except DeviceLost:
            raise  # the rig says so
        except DeviceError as failure:
            text = f"It tracks on, where it must not: {failure.sentence}"
            self.say(text, "error", failure.code, failure.advice)
            raise

"""Between the runs of a night, too, the mount is held at its limits.

Stop leaves it tracking, and others may slew it: a client of the passthrough, a script.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from appliance.bus import Publish, Said
from appliance.errors import DeviceError
from appliance.observer import Observer
from appliance.pointing.pier import Pier
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.limit import WATCH_SECONDS, Limit
from appliance.sequence.settings import flip_settings
from appliance.sky.coordinates import observe, separation_deg
from hardware.devices import J2000, MountStatus

SLEWED_DEG = 1.0  # farther than a mount that stands still drifts between two looks


class IdleGuard:
    """Watches while `running` says no. `left` is what the newest run knew of the side of the pier.

    Without that the mount's word counts once; from then on a slew tells the side, and nothing else: many
    mounts say that they have changed it when they have only tracked across the meridian.
    """

    def __init__(
        self, rig: Rig, limit: Limit, running: Callable[[], bool], left: Callable[[], Pier | None]
    ) -> None:
        self._rig, self._limit, self._running, self._left = rig, limit, running, left
        self._pier: Pier | None = None
        self._pointed: J2000 | None = None

    async def watch(self) -> None:
        """For as long as the box lives."""
        while True:
            seconds = WATCH_SECONDS
            if self._running() or not self._rig.has_mount:
                self._pier = None
            else:
                try:
                    seconds = await self._look()
                except DeviceError:
                    seconds = WATCH_SECONDS  # who needs it says so
            await asyncio.sleep(seconds)

    async def _look(self) -> float:
        mount = self._rig.mount
        status = await mount.status()
        if self._running():  # since it was asked
            return WATCH_SECONDS
        pier = self._pier = self._side(status)
        self._pointed = status.pointing
        return await self._limit.hold(mount, status, pier)

    def _side(self, status: MountStatus) -> Pier:
        if (pier := self._pier) is None:
            left = self._left()
            known = left is not None and left.side is not None
            return replace(left) if known and left else Pier(status.pier_side, status.pier_side)
        if self._pointed is not None and separation_deg(self._pointed, status.pointing) > SLEWED_DEG:
            observer = self._limit.observer
            hour_angle = float(observe(status.pointing, observer.site, observer.unix())[2])
            pier.slewed(hour_angle, status.pier_side, self._limit.settings.latest_minutes)
        return pier


def idle_guard(
    profile: Profile, rig: Rig, observer: Observer, publish: Publish,
    running: Callable[[], bool], left: Callable[[], Pier | None],
) -> IdleGuard:  # fmt: skip
    """By the profile's [flip]; what it does is said."""

    def say(text: str, level: str, code: str, advice: str) -> None:
        publish(Said(source="box", text=text, level=level, code=code, advice=advice))

    return IdleGuard(rig, Limit(observer, flip_settings(profile), say), running, left)

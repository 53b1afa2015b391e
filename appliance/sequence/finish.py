"""Leaving the rig safe: parked, the roof closed, and warm, by the profile's list for the end."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.bus import Alarm
from appliance.errors import DeviceError, DeviceLost, DeviceMissing, DeviceStuck, NightboxError
from appliance.pointing.park import park
from appliance.profile import ActionSection
from appliance.profile.actions import Do
from appliance.sequence.cooling import warm
from appliance.sequence.night import Night
from appliance.sequence.roofing import close_roof
from appliance.sequence.settings import cooling_settings

# For devices that are away, after the first attempt and after the second: it is worth it at dawn.
PATIENCE_SECONDS = (180.0, 1800.0)


@dataclass(frozen=True, slots=True)
class _Failed:
    """One part that could not be done, and the kinds of device that it needs."""

    failure: NightboxError
    kinds: frozenset[str]

    @property
    def away(self) -> bool:
        """Is there use in another attempt? A stuck device is opened anew when it gets stuck again."""
        return isinstance(self.failure, DeviceLost | DeviceMissing | DeviceStuck)


async def finish(night: Night) -> None:
    """Park, close the roof and warm as the plan says; each is tried though another failed.

    Again when a device that was away is back, for half an hour. The roof never closes over a telescope
    that did not park. The first failure leaves, the others are said; where mount or roof is not safe then,
    an alarm stands until a later end is better.
    """
    ending = _Ending(night)
    await ending.attempt()
    for patience in PATIENCE_SECONDS:
        away = [one for one in ending.failed if one.away]
        if not away:
            break
        for one in away:
            night.goes_down(one.failure.sentence, one.failure)
        night.show(doing="Waiting for lost devices", waiting=True)
        with suppress(DeviceError):  # the next attempt shows what is still missing
            await night.rig.reopen(frozenset().union(*(one.kinds for one in away)), patience)
        await ending.attempt()
    for one in ending.failed[1:]:
        night.say(one.failure.sentence, "error", one.failure.code, one.failure.advice)
    unsafe = [one.failure.sentence for one in ending.failed if "mount" in one.kinds]
    night.publish(Alarm(source="sequence", text=f"The rig was not left safe: {unsafe[0]}" if unsafe else ""))
    if ending.failed:
        raise ending.failed[0].failure


class _Ending:
    """What has been done of the end, and what failed in the newest attempt."""

    def __init__(self, night: Night) -> None:
        self._night, self._steps = night, night.profile.steps("end")
        self._done: set[int] = set()
        self._said_open = self._stopped = self._parked = self._stands = False
        self.failed: list[_Failed] = []

    async def attempt(self) -> None:
        """Each action that is not done, in the order of the list."""
        self.failed = []
        for index, step in enumerate(self._steps):
            if index not in self._done and self._is_wanted(step):
                await self._one(index, step)
        plan = self._night.plan
        if plan.stop_tracking_at_end and not plan.park_at_end and not self._stands:
            await self._stand()

    def _is_wanted(self, step: ActionSection) -> bool:
        plan = self._night.plan
        match step.do:
            case "park":
                return plan.park_at_end
            case "close roof":
                return plan.close_roof_at_end and self._may_close()
            case "warm camera":
                return plan.warm_at_end and plan.cool and not self._stopped
            case _:
                return not self._stopped

    def _may_close(self) -> bool:
        section = self._night.profile.roof
        if section is None or section.clears or self._parked:
            return True
        if not self._said_open:
            self._said_open = True
            why = "did not park" if self.failed else "was not to be parked"
            level = "error" if self.failed else "warning"
            self._night.say(f"The roof stays as it is: the mount {why}.", level)
        return False

    async def _stand(self) -> None:
        mount = self._night.rig.mount
        try:
            status = await mount.status()
            if status.tracking and not status.parked:
                await mount.track(False)
                self._night.say(f"{mount.name} stands still; it was not to be parked.")
            self._stands = True
        except DeviceError as failure:
            self.failed.append(_Failed(failure, frozenset({"mount"})))

    async def _one(self, index: int, step: ActionSection) -> None:
        own = OWN.get(step.do)
        try:
            await self._night.actions.perform(step, None if own is None else lambda _: own.way(self._night))
        except NightboxError as failure:
            if own is not None:
                self.failed.append(_Failed(failure, own.kinds))
            if own is None or step.on_failure != "go on":
                self._stopped = self._night.actions.note("end", step, failure) or self._stopped
            if own is not None:
                return
        self._parked = self._parked or step.do == "park"
        self._done.add(index)


async def _park(night: Night) -> None:
    async with night.span("Park the mount"):
        await park(night.rig.mount, night.publish)


async def _warm(night: Night) -> None:
    if night.profile.camera.celsius is None or night.rig.camera.cooler is None:
        return
    async with night.span("Warm the camera"):
        await warm(night.rig.camera, night.publish, cooling_settings(night.profile))


@dataclass(frozen=True, slots=True)
class _Own:
    """What the night does in its own way, and the kinds of device that takes; it is tried again at dawn."""

    way: Callable[[Night], Awaitable[None]]
    kinds: frozenset[str]


OWN: dict[Do, _Own] = {
    "park": _Own(_park, frozenset({"mount"})),
    "close roof": _Own(close_roof, frozenset({"mount", "roof", "park sensor"})),
    "warm camera": _Own(_warm, frozenset({"camera"})),
}

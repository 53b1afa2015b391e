"""Running one device command as a job."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from appliance.box.wanted import Wanted
from appliance.byhand.hand import Hand
from appliance.errors import BadCommand, DeviceError
from appliance.jobs import Jobs
from appliance.safety.interlock import Verdict
from appliance.safety.watch import Watch

R = TypeVar("R")
D = TypeVar("D")
CAMERA, MOUNT, FOCUSER, WHEEL, ROTATOR, COVER, PANEL = (
    "camera", "mount", "focuser", "filter wheel", "rotator", "cover", "flat panel",
)  # fmt: skip
GUIDER = "guider"
FOCUS, LOOK, MOVE = "focus run", "focus look", "focuser move"
COOLER = "cooler"  # of the camera, and apart from it: it cools while frames are taken
SEEN = ("roof", "park sensor")  # what the interlock wants to know before the mount moves
STARTED = "started"
SEE_LOG = "The log says who stopped it."
SEE_SAFETY = "The log says what safety does with the telescope."


def there(device: D | None, section: str) -> D:
    """The device; BadCommand when the profile has none."""
    if device is None:
        raise BadCommand(section, "the profile has none", advice=f"Add [{section}] to the profile.")
    return device


@dataclass(slots=True, eq=False)
class Work:
    """What every device command needs of the box."""

    hand: Hand
    jobs: Jobs
    wanted: Wanted
    watch: Watch

    async def run(
        self, name: str, needs: Collection[str], procedure: Callable[[], Coroutine[Any, Any, R]],
        *, reads: Collection[str] = (), wait: bool = True,
    ) -> R | None:  # fmt: skip
        """Open what it needs and what it `reads`, do it, and give its result; None at once when nobody waits.

        BadCommand while something else has one of these devices, or when it was stopped on its way. A look
        at a star makes way for whatever wants the camera.
        """
        if name != LOOK and CAMERA in needs:
            await self.jobs.stop(LOOK)
        job = self.jobs.start(name, self._opened({*needs, *reads}, procedure), needs)
        # A night that waits for the gear may have it now, whoever still listens here.
        job.add_done_callback(lambda _: self.wanted.consider())
        if not wait:
            return None
        result: R = await self.outcome(name)
        return result

    async def outcome(self, name: str) -> Any:
        """Of what runs under this name, once it has ended; errors as its own, and as `run`."""
        job = self.jobs.task(name)
        await asyncio.wait({job})
        if job.cancelled():
            raise BadCommand(name, "it was stopped on its way", advice=SEE_LOG)
        return job.result()

    async def _opened(self, needs: Collection[str], procedure: Callable[[], Coroutine[Any, Any, R]]) -> R:
        rig = self.hand.night.rig
        for kind in sorted(needs):
            await rig.bring(CAMERA if kind == COOLER else kind)
        for kind in SEEN if MOUNT in needs else ():
            with suppress(DeviceError):  # of a roof that is not seen the interlock knows what to say
                await rig.bring(kind)
        return await procedure()

    def not_unsafe(self, command: str) -> None:
        """BadCommand while safety has the telescope: it is being parked, and nobody may disturb that."""
        if self.watch.verdict is Verdict.UNSAFE:
            raise BadCommand(command, "it is not safe, and being made safe already", advice=SEE_SAFETY)

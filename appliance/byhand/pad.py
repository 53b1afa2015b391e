"""The slew pad: the mount moves while somebody presses, and stands when nobody is heard any more."""

import asyncio
from collections import OrderedDict

from appliance.byhand.hand import Hand
from appliance.byhand.messages import PadState
from appliance.byhand.sun import ADVICE, SUN_DEG, sun_distance_deg
from appliance.errors import BadCommand, DeviceUnsupported, NightboxError
from hardware.devices import AxisMotion, Direction

DEAD_SECONDS = 1.0  # unheard for so long, the finger or the link is gone
LOOK_SECONDS = 0.5  # how often the Sun is looked for
REMEMBERED = 32
SOURCE = "slew pad"
PRESS_AGAIN = "Let go, and press again."
LET_GO, UNHEARD, STOPPED = "it was let go", "it was not heard for a second", "it was stopped"
UNHEARD_SAID = "The mount was stopped: the phone that moved it was not heard for a second."


class Pad:
    """One per box. A `press` names one finger's press; one that is over never moves anything again.

    So a word that was held up on the way cannot set the mount going after its finger has left.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._press, self._deadline = "", float("-inf")
        self._over: OrderedDict[str, str] = OrderedDict()

    @property
    def press(self) -> str:
        """The one that moves the mount, or is about to; "" for none."""
        return self._press

    def hear(self, press: str) -> None:
        """It is pressed, still or newly. BadCommand for one that is over, and while another one is not."""
        if press in self._over:
            raise BadCommand(SOURCE, f"this press is over: {self._over[press]}", advice=PRESS_AGAIN)
        if self._press not in {"", press}:
            raise BadCommand(SOURCE, "the mount is being moved already", advice="Wait until it stands.")
        self._press, self._deadline = press, _now() + DEAD_SECONDS

    def end(self, press: str, why: str = LET_GO) -> bool:
        """It is over, whether it had begun or not; True when it was the one that moves the mount."""
        self._over.setdefault(press, why)
        while len(self._over) > REMEMBERED:
            self._over.popitem(last=False)
        was = press == self._press
        if was:
            self._press, self._deadline = "", float("-inf")
        return was

    def ended(self, press: str, task: "asyncio.Task[str]") -> None:
        """What moved the mount for this press has ended."""
        if task.cancelled():
            self.end(press, STOPPED)
        elif isinstance(problem := task.exception(), NightboxError):
            self.end(press, getattr(problem, "problem", problem.sentence).rstrip("."))
        else:
            self.end(press, STOPPED if problem else task.result())

    async def move(self, press: str, direction: Direction, rate: int) -> str:
        """Until the press was not heard for DEAD_SECONDS, or cancelled; why it ended. Errors as AxisMotion's.

        BadCommand when the telescope comes near the Sun.
        """
        motion, publish = self._motion(rate), self._hand.night.publish
        if press != self._press or _now() >= self._deadline:  # let go while the mount was being connected
            return LET_GO
        publish(PadState(source=SOURCE, direction=direction.value, rate=motion.rates[rate]))
        moving = asyncio.create_task(motion.move(direction, rate))
        watching = asyncio.create_task(self._sun_comes_near())
        try:
            return await self._while_heard({moving, watching})
        finally:
            for task in (moving, watching):
                task.cancel()
            await asyncio.gather(moving, watching, return_exceptions=True)
            publish(PadState(source=SOURCE))

    async def _while_heard(self, tasks: "set[asyncio.Task[None]]") -> str:
        while (left := self._deadline - _now()) > 0:
            done, _ = await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if done:
                return "it goes no further"
        self._hand.say(UNHEARD_SAID)
        return UNHEARD

    async def _sun_comes_near(self) -> None:
        """Raises when it does; away from the Sun is always allowed."""
        night, last = self._hand.night, 0.0  # the first look only tells where it comes from
        while True:
            at = (await night.rig.mount.status()).pointing
            distance = sun_distance_deg(at, night.observer.site, night.observer.unix())
            if distance is not None and distance < min(SUN_DEG, last):
                problem = f"the telescope comes within {distance:.1f}° of the Sun"
                raise BadCommand(SOURCE, problem, advice=ADVICE)
            last = float("inf") if distance is None else distance
            await asyncio.sleep(LOOK_SECONDS)

    def _motion(self, rate: int) -> AxisMotion:
        mount = self._hand.night.rig.mount
        if mount.motion is None:
            raise DeviceUnsupported(
                mount.name, "its driver cannot move it by hand", advice="Slew to a place instead."
            )
        if not 0 <= rate < len(mount.motion.rates):
            known = ", ".join(mount.motion.rates)
            raise BadCommand("pad.rate", f"the mount has no rate {rate}", advice=f"From 0 on: {known}.")
        return mount.motion


def _now() -> float:
    return asyncio.get_running_loop().time()

"""One output: what it shall be now, and having it so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from appliance.bus import Publish, Said
from appliance.errors import DeviceError, DeviceLost
from appliance.outputs.dew import heat
from appliance.outputs.messages import OutputNow
from appliance.outputs.surroundings import SOURCE, Surroundings
from appliance.profile import Mode, OutputSection
from appliance.rig import Rig, output_place
from hardware.devices import Output

LOOK_SECONDS = 60.0
SET_SECONDS = 30.0
STEP = 0.05  # less is not worth a command
ON_FROM, OFF_BELOW = 0.6, 0.4  # a relay in place of a dimmer must not chatter


@dataclass(frozen=True, slots=True)
class Aim:
    """A level, 0 to 1, and why, in plain words."""

    level: float
    why: str = ""


class Channel:
    """Keeps one output as it is wanted, for as long as `run` runs.

    It is commanded when what is wanted changes, and when it comes back: what somebody switches at the device
    itself, or the recovery of a lost device switches off and on, is left alone.
    """

    def __init__(
        self,
        section: OutputSection,
        rig: Rig,
        around: Surroundings,
        publish: Publish,
        show: Callable[[], None],
    ) -> None:
        self.section, self.percent = section, section.percent
        self.mode: Mode = section.mode
        self._rig, self._around, self._publish, self._show = rig, around, publish, show
        self._aimed: Aim | None = None
        self._level: float | None = None
        self._done: tuple[Output, float] | None = None
        self._news, self._tended = asyncio.Event(), asyncio.Event()
        self.problem: DeviceError | None = None

    @property
    def label(self) -> str:
        return self.section.label or self.section.name

    def now(self) -> OutputNow:
        percent = None if self._level is None else round(self._level * 100.0, 1)
        why = self.problem.sentence if self.problem else self._aimed.why if self._aimed else ""
        spread = self._around.spread(self.section.probe)
        return OutputNow(
            self.section.name, self.label, self.mode, percent, why,
            None if spread is None else round(spread, 1), self.percent, self._around.has_weather,
        )  # fmt: skip

    def want(self, mode: Mode, percent: float | None = None) -> None:
        """From now on; it is done by `run`."""
        self.mode, self.percent = mode, self.percent if percent is None else percent
        self._tended.clear()
        self.wake()

    def wake(self) -> None:
        """Something has changed that may matter."""
        self._news.set()

    async def tended(self) -> None:
        """Returns once what is wanted was done or has failed."""
        await self._tended.wait()

    async def run(self) -> None:
        """For as long as the box runs."""
        while True:
            self._news.clear()
            try:
                await self.tend()
            finally:
                self._tended.set()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def tend(self) -> None:
        """Once; a failure is said once, and once that it is over."""
        aim = self._aim()
        try:
            await self._rig.bring(output_place(self.section.name), spare=True)
            await self._set(self._rig.output(self.section.name), aim)
        except DeviceError as failure:
            self._failed(failure)
        else:
            if self.problem is not None:
                self._say(f"{self.label} works again.")
            self.problem = None
        self._aimed = aim
        self._show()

    async def _set(self, output: Output, aim: Aim) -> None:
        level = aim.level if output.dimmable or self.mode != "dew" else self._switched(aim.level)
        try:
            async with self._rig.switching(self.section.name), asyncio.timeout(SET_SECONDS):
                if self._done is None or self._done[0] is not output or self._done[1] != level:
                    await output.set_level(level)
                    self._done = output, level
                self._level = await output.level()
        except TimeoutError as late:
            raise DeviceLost(self.section.name, f"no answer within {SET_SECONDS:g} s") from late

    def _switched(self, level: float) -> float:
        was_on = self._done is not None and self._done[1] > 0
        return float(level > OFF_BELOW if was_on else level >= ON_FROM)

    def _aim(self) -> Aim:
        if self.mode in {"fixed", "dew"} and self._around.saving:
            return Aim(0.0, f"the battery is below {self._around.shed_below:g} %")
        if self.mode == "dew":
            return self._against_dew()
        return Aim({"off": 0.0, "on": 1.0, "fixed": self.percent / 100}[self.mode])

    def _against_dew(self) -> Aim:
        section, spread = self.section, self._around.spread(self.section.probe)
        if spread is None:
            return Aim(section.fallback_percent / 100, "temperature and humidity are not known")
        level = heat(spread, section.full_within_celsius, section.off_above_celsius)
        return Aim(round(round(level / STEP) * STEP, 2), f"{spread:.1f} °C above the dew point")

    def _failed(self, failure: DeviceError) -> None:
        self._level, self._done = None, None
        if self.problem is None:
            self._publish(
                Said(
                    source=SOURCE, level="warning", text=f"{self.label}: {failure.sentence}",
                    code=failure.code, advice=failure.advice,
                )
            )  # fmt: skip
        self.problem = failure

    def _say(self, text: str) -> None:
        self._publish(Said(source=SOURCE, text=text))

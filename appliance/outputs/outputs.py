"""All outputs of the rig, for as long as the box runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from appliance.bus import Publish, Said
from appliance.errors import BadCommand
from appliance.outputs.channel import Channel
from appliance.outputs.messages import OutputsState
from appliance.outputs.surroundings import SOURCE, Surroundings
from appliance.profile import Mode, Profile
from appliance.rig import Rig

log = logging.getLogger(__name__)

AGAIN_SECONDS = 30.0
END_SECONDS = 15.0
WORDS = {"off": "off", "on": "on", "dew": "by the dew point"}


class Outputs:
    """One per box. Nothing here stops a night: what fails is said once and tried again."""

    def __init__(self, profile: Profile, rig: Rig, publish: Publish) -> None:
        self._publish = publish
        self._around = Surroundings(profile, rig, publish, self._wake)
        self._channels = tuple(
            Channel(section, rig, self._around, publish, self._show) for section in profile.output
        )
        self._shown: OutputsState | None = None

    async def run(self) -> None:
        """Until cancelled; each output is tended apart from the others."""
        if not self._channels:
            return
        self._show()
        async with asyncio.TaskGroup() as work:
            work.create_task(self._lasting(self._around.run))
            for channel in self._channels:
                work.create_task(self._lasting(channel.run))

    async def set(self, name: str, mode: Mode | None, percent: float | None, within: float = 10.0) -> str:
        """Put one output, by its name or label, into a mode until the box ends; a sentence that says so.

        A percentage alone means mode "fixed". BadCommand for what is not there or does not fit; DeviceError
        when the output could not do it, or has not within so many seconds: it follows when it can.
        """
        channel = self._channel(name)
        mode = mode or ("fixed" if percent is not None else channel.mode)
        if mode == "dew" and not self._around.has_weather:
            raise BadCommand("output.mode", "the profile has no [weather] to tell the dew point")
        if mode == "dew":
            self._around.want_weather()
        channel.want(mode, percent)
        text = f"{channel.label}: {WORDS.get(mode, f'fixed at {channel.percent:g} %')}."
        self._publish(Said(source=SOURCE, text=text))
        try:
            async with asyncio.timeout(within):
                await channel.tended()
        except TimeoutError:
            return f"{text} It does not answer yet, and follows when it does."
        if channel.problem is not None:
            raise channel.problem
        return text

    async def end(self) -> None:
        """The end of the box: each as its `at_end` says; it is tried once."""
        ending = [(channel, mode) for channel in self._channels if (mode := channel.section.ends)]
        for channel, mode in ending:
            channel.mode = mode
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await asyncio.gather(*(channel.tend() for channel, _ in ending))

    def _channel(self, name: str) -> Channel:
        for channel in self._channels:
            if name in {channel.section.name, channel.label}:
                return channel
        known = ", ".join(channel.section.name for channel in self._channels) or "none"
        raise BadCommand("output.name", f"there is no output {name!r}", advice=f"There are: {known}.")

    def _wake(self) -> None:
        for channel in self._channels:
            channel.wake()

    def _show(self) -> None:
        state = OutputsState(source=SOURCE, outputs=tuple(channel.now() for channel in self._channels))
        if state != self._shown:
            self._shown = state
            self._publish(state)

    async def _lasting(self, work: Callable[[], Awaitable[None]]) -> None:
        """A mistake of ours must not end it: it is said, and the work begins again."""
        while True:
            try:
                await work()
            except Exception as bug:  # said as what it is
                log.error("the outputs failed", exc_info=bug)
                self._publish(
                    Said(
                        source=SOURCE, level="error", text=f"Unexpected: {bug!r}.", code="bug",
                        advice="Please report this with the log file.",
                    )
                )  # fmt: skip
            await asyncio.sleep(AGAIN_SECONDS)

"""What can be done for the devices of one rig: the driver's remedies, and switching their power."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from appliance.cleanup import on_failure
from appliance.errors import DeviceError
from appliance.profile import DeviceSection, RecoverySection
from appliance.recovery.ladder import Rung
from appliance.recovery.use import Use
from hardware.devices import Output
from hardware.recovering import Recovers, Remedy

REMEDIES = {
    Rung.RECONNECT: Remedy.RECONNECT,
    Rung.DRIVER: Remedy.RESTART_DRIVER,
    Rung.SERVER: Remedy.RESTART_SERVER,
}


class Means:
    """Shared by all climbs of a rig: what helps one may have helped another, and disturbs a third.

    `output` gives an open output of the rig by its name, `switching` what is held while it is switched.
    """

    def __init__(
        self, settings: RecoverySection, sections: Iterable[DeviceSection], recovers: Recovers | None,
        use: Use, output: Callable[[str], Awaitable[Output]], switching: Callable[[str], asyncio.Lock],
    ) -> None:  # fmt: skip
        self._settings, self._recovers, self.use, self._output = settings, recovers, use, output
        self._switching, self._sections = switching, tuple(sections)
        self._covered: dict[tuple[Rung, str], float] = {}
        self.one_at_a_time = asyncio.Lock()

    def able(self, section: DeviceSection, *, seen: bool, silent: bool) -> dict[Rung, frozenset[str]]:
        """The rungs there are for this device now, and the other devices that each disturbs.

        One that was not `seen` since the box began may not exist at all: nothing is restarted for it but
        its own driver. A driver that keeps `silent` would not hear that it shall reconnect.
        """
        offered = self._recovers.remedies(section.spec()) if self._recovers else {}
        found = {rung: offered[remedy] for rung, remedy in REMEDIES.items() if remedy in offered}
        if section.power_output:
            fed = frozenset(one.name for one in self._sections if one.power_output == section.power_output)
            beside = offered.get(Remedy.RESTART_DRIVER, frozenset())
            found[Rung.POWER] = (fed | beside) - {section.name}
        if silent:
            found.pop(Rung.RECONNECT, None)
        if not seen:
            found.pop(Rung.SERVER, None)
        return found

    async def take(self, rung: Rung, section: DeviceSection, others: frozenset[str]) -> None:
        """Do it; DeviceError when it did not work. Others that it reached need not do the same again."""
        try:
            if rung is Rung.POWER:
                await self._cycle_power(section)
            else:
                await self._apply(section, REMEDIES[rung])
        finally:
            now = asyncio.get_running_loop().time()
            self._covered.update(dict.fromkeys(((rung, name) for name in others | {section.name}), now))

    def covered(self, rung: Rung, name: str) -> float:
        """When this rung was last taken by anybody and reached this device; -inf for never."""
        return self._covered.get((rung, name), float("-inf"))

    async def _switch_on(self, name: str) -> None:
        """Again and again: an output that is lost while it is off must not leave the device without power."""
        while True:
            try:
                output = await self._output(name)
                async with self._switching(name):
                    await output.set_level(1.0)
            except DeviceError:
                await asyncio.sleep(self._settings.retry_seconds)
            else:
                return

    async def _apply(self, section: DeviceSection, remedy: Remedy) -> None:
        assert self._recovers is not None
        await self._recovers.apply(section.spec(), remedy)

    async def _cycle_power(self, section: DeviceSection) -> None:
        """Off, a pause, on again whatever happens; then its driver must find it afresh."""
        name, settings = section.power_output, self._settings
        output = await self._output(name)
        async with on_failure(self._switch_on, name), self._switching(name):
            await output.set_level(0.0)
            await asyncio.sleep(settings.power_off_seconds)
            await output.set_level(1.0)
        await asyncio.sleep(settings.power_on_seconds)
        offered = self._recovers.remedies(section.spec()) if self._recovers else {}
        fresh = next((one for one in (Remedy.RESTART_DRIVER, Remedy.RECONNECT) if one in offered), None)
        if fresh is not None:
            await self._apply(section, fresh)

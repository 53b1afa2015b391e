"""From a profile's DeviceSpec to an open PHD2."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hardware.devices import DeviceSpec
from hardware.opening import Opener
from hardware.phd2.guider import Phd2Guider
from hardware.settings import fitted


@dataclass(frozen=True)
class Where:
    """PHD2's server; each further instance of PHD2 on a computer listens at the next port."""

    host: str = "127.0.0.1"
    port: int = field(default=4400, metadata={"least": 1, "most": 65535})


class Phd2Opener(Opener):
    """Use it within `running`; one that is opened again has its old connection closed first."""

    def __init__(self) -> None:
        self._open: dict[str, Phd2Guider] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Phd2Opener"]:
        """On leaving the connections are closed; PHD2 goes on with what it does."""
        try:
            yield self
        finally:
            while self._open:
                await self._open.popitem()[1].close()

    async def guider(self, spec: DeviceSpec) -> Phd2Guider:
        where = fitted(Where(), spec.name, spec.setup)
        if old := self._open.pop(spec.name, None):
            await old.close()
        guider = Phd2Guider(spec.name)
        await guider.connect(where.host, where.port)
        self._open[spec.name] = guider
        return guider

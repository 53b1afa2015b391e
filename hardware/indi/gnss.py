"""An INDI satellite receiver."""

import asyncio
import calendar
import time

from hardware.devices import Fix, Site
from hardware.errors import DeviceError, DeviceLost
from hardware.indi.device import IndiDevice
from hardware.indi.link import State
from hardware.indi.properties import Gone

NEEDS = ("GEOGRAPHIC_COORD", "TIME_UTC", "GPS_REFRESH")
FIX_SECONDS = 60.0


class IndiGnss(IndiDevice):
    """Satisfies Gnss. Made by IndiOpener."""

    async def fix(self) -> Fix:
        """A fresh one, not the last one heard; DeviceError without satellites for a minute."""
        with self._remote.watch() as watch:
            await self._remote.send("GPS_REFRESH", {"REFRESH": True})
            fresh: set[str] = set()
            try:
                async with asyncio.timeout(FIX_SECONDS):
                    while not {"GEOGRAPHIC_COORD", "TIME_UTC"} <= fresh:
                        change = await watch.next()
                        if isinstance(change, Gone):
                            raise DeviceLost(self.name, change.reason)
                        if getattr(change, "state", None) is State.OK:
                            fresh.add(change.name)  # type: ignore[union-attr]
            except TimeoutError as late:
                raise DeviceError(
                    self.name,
                    f"no fix within {FIX_SECONDS:g} s",
                    advice="Give its antenna a free view of the sky.",
                ) from late
        return Fix(self._site(), self._utc(), asyncio.get_running_loop().time())

    def _site(self) -> Site:
        east = self._remote.number("GEOGRAPHIC_COORD", "LONG")
        return Site(
            latitude_deg=self._remote.number("GEOGRAPHIC_COORD", "LAT"),
            longitude_deg=(east + 180.0) % 360.0 - 180.0,  # INDI counts 0 to 360
            elevation_m=self._remote.number("GEOGRAPHIC_COORD", "ELEV"),
        )

    def _utc(self) -> float:
        text = str(self._remote.get("TIME_UTC").values["UTC"])
        return float(calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))

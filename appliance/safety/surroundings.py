"""What else speaks against going on: battery, computer, the Sun over an open roof, a full disk."""

from collections.abc import Callable

from appliance.errors import DeviceError
from appliance.profile import SafetySection
from appliance.rig import Rig
from appliance.safety.verdict import Level, Objection
from hardware.devices import BoardHealth, Power, RoofState

# The supply dips when a motor starts; what is so for longer is a cable or a supply that does not suffice.
BOARD_AFTER_SECONDS = 30.0


class Supply:
    """The power supply against the limits of [safety]; `after` is its hold-off in seconds."""

    def __init__(self, limits: SafetySection, after: float) -> None:
        self._limits, self._after, self._low = limits, after, False

    def objections(self, now: Power) -> tuple[Objection, ...]:
        """A battery below its limit, or of unknown charge for too long, unless the mains feed the box."""
        if now.mains:
            self._low = False
            return ()
        if now.battery_percent is None:
            after = 60 * self._limits.unmeasured_battery_minutes
            lost = Objection("mains", "the mains are lost, and the battery is not measured", after)
            return (lost,) if now.mains is False else ()
        least = self._limits.min_battery_percent
        wanted = least * (1 + self._limits.hysteresis_percent / 100) if self._low else least
        self._low = now.battery_percent < wanted
        text = f"battery at {now.battery_percent:.0f} %, {wanted:.3g} needed"
        return (Objection("battery", text, self._after),) if self._low else ()


class Computer:
    """The computer against the limits of [safety]."""

    def __init__(self, limits: SafetySection) -> None:
        self._limits, self._hot = limits, False

    def objections(self, now: BoardHealth) -> dict[Level, tuple[Objection, ...]]:
        """Each trouble at the level that the profile gives it; too hot a chip will switch itself off."""
        limits, found = self._limits, {level: list[Objection]() for level in Level}
        for on, so, text in (
            (limits.on_undervoltage, now.undervoltage, "its supply voltage is too low"),
            (limits.on_throttling, now.throttled, "it is slowed down"),
        ):
            if so and on != "ignore":
                level = Level.SAFETY if on == "unsafe" else Level.CONDITIONS
                found[level].append(Objection(text, text, BOARD_AFTER_SECONDS))
        most = limits.max_board_celsius * (1 - limits.hysteresis_percent / 100 if self._hot else 1)
        self._hot = now.celsius is not None and now.celsius > most
        if self._hot:
            text = f"its chip is at {now.celsius:.0f} °C, {most:.3g} allowed"
            found[Level.SAFETY].append(Objection("hot", text, BOARD_AFTER_SECONDS))
        return {level: tuple(objections) for level, objections in found.items()}


class Daylight:
    """An open roof under the Sun. At night, and under a closed roof, there is nothing to say.

    The roof is asked by day only; one that does not answer any more was closed if it was so at its last
    word of this day.
    """

    def __init__(self, rig: Rig, sun_altitude_deg: Callable[[], float], limit_deg: float) -> None:
        self._rig, self._sun, self._limit = rig, sun_altitude_deg, limit_deg
        self._closed = False

    async def reach(self) -> None:
        """The roof, by day."""
        if self._sun() > self._limit and not self._closed:
            await self._rig.bring("roof")

    async def objections(self) -> tuple[Objection, ...]:
        """DeviceError when the roof does not answer, and is not known to be closed."""
        altitude = self._sun()
        if altitude <= self._limit:
            self._closed = False
            return ()
        try:
            roof = self._rig.roof
            self._closed = roof is None or await roof.state() is RoofState.CLOSED
        except DeviceError:
            if not self._closed:
                raise
        return () if self._closed else (Objection("daylight", "it shines on a roof that is not closed"),)


class Abandoned:
    """A rig in use when its controller died, until it has once been seen parked, under a closed roof.

    A mount that is not there any more is no danger under a closed roof.
    """

    def __init__(self, rig: Rig) -> None:
        self._rig, self._over = rig, False

    async def reach(self) -> None:
        """Roof and mount, as far as they can be had."""
        if self._over:
            return
        await self._rig.bring("roof")
        if not self._rig.has_mount and not await self._closed():
            await self._rig.bring("mount")

    async def objections(self) -> tuple[Objection, ...]:
        """DeviceError when nobody says how the rig is."""
        self._over = self._over or await self._at_rest()
        text = "Nightbox died while it was in use, and nobody wants the night to go on"
        return () if self._over else (Objection("abandoned", text),)

    async def _at_rest(self) -> bool:
        closed = await self._closed()
        if self._rig.roof is not None and not closed:
            return False
        try:
            return (await self._rig.mount.status()).parked
        except DeviceError:
            if not closed:
                raise
            return True

    async def _closed(self) -> bool:
        roof = self._rig.roof
        return roof is not None and await roof.state() is RoofState.CLOSED


class Disk:
    """Room for the next subs, in GB."""

    def __init__(self, least_gb: float, hysteresis_percent: float) -> None:
        self._least, self._again = least_gb, least_gb * (1 + hysteresis_percent / 100)
        self._full = False

    def objections(self, free_bytes: int) -> tuple[Objection, ...]:
        """Too little of it."""
        wanted = self._again if self._full else self._least
        self._full = free_bytes < wanted * 1e9
        text = f"{free_bytes / 1e9:.2f} GB are free, {wanted:.3g} needed"
        return (Objection("room", text),) if self._full else ()

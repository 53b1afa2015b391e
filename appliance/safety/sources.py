"""What can tell whether it is safe, and whether it is any use: each source says what it objects to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from appliance.errors import DeviceError
from appliance.profile import ConditionsSection, LimitsSection, MonitorSection, Profile, SourceSection
from appliance.rig import Rig, monitor_place
from appliance.safety import readings
from appliance.safety.heard import UNHEARD, Heard
from appliance.safety.limits import MEASURED, Limits
from appliance.safety.readings import Reading
from appliance.safety.surroundings import Abandoned, Computer, Daylight, Disk, Supply
from appliance.safety.verdict import Level, Objection

Readings = dict[Level, tuple[Reading, ...]]
Objections = Mapping[Level, tuple[Objection, ...]]
Read = Callable[[], Awaitable[Objections]]
Reach = Callable[[], Awaitable[None]]


async def never() -> None:
    """The `changed` of what can only be asked."""
    await asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """`patience`: the levels at which it has a say, and how long it must be well after a bad word, seconds.

    `reach` opens its device if that is away; `read` gives what it objects to at each level; both raise
    NightboxError when they cannot. `changed` returns when it should be asked at once. `sensor`: it sees the
    outside, so that with it the rig is watched. `readings` are what `read` has found last, at each level.
    """

    name: str
    patience: Mapping[Level, float]
    reach: Reach
    read: Read
    changed: Callable[[], Awaitable[None]] = never
    sensor: bool = True
    place: str = field(default="", kw_only=True)
    readings: dict[Level, tuple[Reading, ...]] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What is no device: the Sun (None: nobody minds it) and the disk; how the last controller ended:
    with the mount `in_use`, and nobody who goes on (`abandoned`).
    """

    sun_altitude_deg: Callable[[], float] | None
    free_bytes: Callable[[], int]
    in_use: bool = False
    abandoned: bool = False


def sources(profile: Profile, rig: Rig, around: Around, heard: Heard = UNHEARD) -> tuple[Source, ...]:
    """Everything that has a say, each under a name of its own; `heard` is told what was measured."""
    every = [_monitor(profile, rig, one) for one in profile.safety_monitor]
    if profile.weather is not None:
        every.append(_station(profile, rig, profile.weather, heard))
    if profile.power_device is not None:
        every.append(_supply(profile, rig, profile.power_device, heard))
    if profile.board is not None:
        every.append(_board(profile, rig, profile.board))
    names = [one.name for one in every]
    # One station may be both: its two opinions are two sources.
    told_apart = (
        one if names.count(one.name) == 1 else replace(one, name=f"{one.name} ({one.place})") for one in every
    )
    return (*told_apart, *_around(profile, rig, around))


def table(profile: Profile, level: Level) -> LimitsSection:
    """The limits and the patience of a level."""
    return profile.safety if level is Level.SAFETY else profile.conditions


def _after(section: SourceSection, limits: LimitsSection) -> float:
    own = section.unsafe_after_seconds
    return limits.unsafe_after_seconds if own is None else own


def _clear(section: SourceSection, limits: LimitsSection) -> float:
    return 60 * (limits.clear_minutes if section.clear_minutes is None else section.clear_minutes)


def _monitor(profile: Profile, rig: Rig, section: MonitorSection) -> Source:
    level, place = Level(section.level), monitor_place(section.name)
    limits = table(profile, level)
    unsafe = Objection("verdict", "says unsafe", _after(section, limits))

    found: Readings = {}

    async def read() -> Objections:
        safe = await rig.safety_monitor(section.name).safe()
        found[level] = readings.verdict(safe)
        return {level: () if safe else (unsafe,)}

    async def changed() -> None:
        await rig.safety_monitor(section.name).changed()

    patience = {level: _clear(section, limits)}
    reach = partial(rig.bring, place)
    return Source(section.name, patience, reach, read, changed, place=place, readings=found)


def _station(profile: Profile, rig: Rig, section: SourceSection, heard: Heard) -> Source:
    held = {
        level: Limits(table(profile, level), _after(section, table(profile, level)))
        for level in Level
        if table(profile, level).limited
    }
    station = _Station(rig, held, heard)
    patience = {level: _clear(section, table(profile, level)) for level in held}
    return Source(
        section.name, patience, lambda: rig.bring("weather"), station.read, station.changed,
        place="weather", readings=station.readings,
    )  # fmt: skip


def _supply(profile: Profile, rig: Rig, section: SourceSection, heard: Heard) -> Source:
    limits = profile.safety
    supply, found = Supply(limits, _after(section, limits)), Readings()

    async def read() -> Objections:
        if rig.power is None:
            return {}
        now = await rig.power.power()
        heard.power(section.name, now, limits.min_battery_percent)
        found[Level.SAFETY] = readings.supply(now, limits.min_battery_percent)
        return {Level.SAFETY: supply.objections(now)}

    async def changed() -> None:
        if rig.power is not None:
            await rig.power.changed()

    patience = {Level.SAFETY: _clear(section, limits)}
    reach = partial(rig.bring, "power")
    return Source(section.name, patience, reach, read, changed, place="power", readings=found)


def _board(profile: Profile, rig: Rig, section: SourceSection) -> Source:
    """It fares as it does whatever the weather: with it alone nobody watches the sky."""
    computer, found = Computer(profile.safety), Readings()

    async def read() -> Objections:
        if rig.board is None:
            return {}
        now = await rig.board.health()
        found[Level.SAFETY] = readings.computer(now, profile.safety.max_board_celsius)
        return computer.objections(now)

    async def changed() -> None:
        if rig.board is not None:
            await rig.board.changed()

    patience = {level: _clear(section, table(profile, level)) for level in Level}
    return Source(
        section.name, patience, lambda: rig.bring("board"), read, changed, place="board", sensor=False,
        readings=found,
    )  # fmt: skip


def _around(profile: Profile, rig: Rig, around: Around) -> list[Source]:
    """They are good again at once: neither the Sun nor a disk comes in showers."""
    found: list[Source] = []
    if around.abandoned:
        found.append(_abandoned(rig))
    if around.sun_altitude_deg is not None and profile.roof is not None:
        found.append(_sun(rig, around.sun_altitude_deg, profile.safety.max_sun_altitude_deg))
    if profile.conditions.min_free_gb:
        found.append(_disk(profile.conditions, around.free_bytes))
    return found


def _sun(rig: Rig, altitude_deg: Callable[[], float], limit_deg: float) -> Source:
    sun, found = Daylight(rig, altitude_deg, limit_deg), Readings()

    async def open_by_day() -> Objections:
        found[Level.SAFETY] = readings.sun(altitude_deg(), limit_deg)
        return {Level.SAFETY: await sun.objections()}

    patience = {Level.SAFETY: 0.0}
    return Source("the Sun", patience, sun.reach, open_by_day, sensor=False, readings=found)


def _abandoned(rig: Rig) -> Source:
    left = Abandoned(rig)

    async def read() -> Objections:
        return {Level.SAFETY: await left.objections()}

    return Source("the rig", {Level.SAFETY: 0.0}, left.reach, read, sensor=False)


def _disk(limits: ConditionsSection, free_bytes: Callable[[], int]) -> Source:
    disk, found = Disk(limits.min_free_gb, limits.hysteresis_percent), Readings()

    async def read() -> Objections:
        free = free_bytes()
        found[Level.CONDITIONS] = readings.disk(free, limits.min_free_gb)
        return {Level.CONDITIONS: disk.objections(free)}

    async def there() -> None:
        """It is no device."""

    return Source("the disk", {Level.CONDITIONS: 0.0}, there, read, sensor=False, readings=found)


class _Station:
    """A weather station; a limited value that it gave before and does not give any more is a failure."""

    def __init__(self, rig: Rig, held: Mapping[Level, Limits], heard: Heard) -> None:
        self._rig, self._held, self._heard = rig, held, heard
        self._judged = frozenset().union(*(limits.quantities for limits in held.values()))
        self._measures: set[str] = set()
        self.readings = Readings()

    async def read(self) -> Objections:
        station = self._rig.weather
        if station is None:
            return {}
        now = await station.conditions()
        given = {name for name in self._judged if getattr(now, name) is not None}
        if gone := sorted(self._measures - given):
            raise DeviceError(station.name, f"it does not measure {MEASURED[gone[0]]} any more")
        self._measures |= given
        objections = {level: limits.objections(now) for level, limits in self._held.items()}
        self._heard.weather(station.name, now, self._held)
        self.readings |= {level: limits.readings(now) for level, limits in self._held.items()}
        return objections

    async def changed(self) -> None:
        if self._rig.weather is not None:
            await self._rig.weather.changed()

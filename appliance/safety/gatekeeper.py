"""Reading what is so now, asking the rules, and watching what was allowed for as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from appliance.bus import Message, Publish, Said
from appliance.errors import DeviceError, DeviceLost, DeviceRefused, Interlocked
from appliance.profile import Profile
from appliance.safety.interlock import (
    ALWAYS,
    LEAVES,
    ROOF_MOVES,
    Answer,
    Command,
    MountIs,
    ParkSwitch,
    Refused,
    RoofIs,
    Situation,
    Verdict,
    decide,
)
from appliance.safety.messages import RoofMoving
from hardware.devices import Mount, ParkSensor, PowerMonitor, Roof, RoofState

R = TypeVar("R")
Sun = Callable[[], float]
READ_SECONDS = 5.0  # a device that does not answer within them is in an unknown state
WATCH_SECONDS = 1.0  # how often the park sensor is looked at while the roof moves
# A sensor that has news all the time, or was lost with its driver, must not have the loop for itself.
APART_SECONDS = 0.02
STOP_SECONDS = 15.0
HOLD_SECONDS = 60.0  # after a person has stopped the roof nothing starts it by itself
MOVED = "Look at the telescope: it left its park position while the roof was moving."
STOPPED = "Look why, then move it again."
JAMMED = "Look at the roof, its track and its end switches; roof.motor_seconds is the limit."
ROOF_IS = {
    RoofState.OPEN: RoofIs.OPEN, RoofState.CLOSED: RoofIs.CLOSED, RoofState.MOVING: RoofIs.MOVING,
    RoofState.UNKNOWN: RoofIs.BETWEEN,
}  # fmt: skip


def _nobody(_: Message) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is so now, and what the rules say of every command."""

    situation: Situation
    answers: Mapping[Command, Answer]


class Gatekeeper:
    """Reads the situation, asks the rules, and knows which movements of ours are under way.

    `verdict` says whether it is safe at this moment, `sun` the altitude of the Sun's centre in degrees,
    None where it does not matter; `daylight_asked`: the night was asked for in daylight.
    """

    def __init__(
        self, profile: Profile, verdict: Callable[[], Verdict], publish: Publish = _nobody,
        sun: Sun | None = None, *, daylight_asked: bool = False,
    ) -> None:  # fmt: skip
        self._roof_section, self._has_sensor = profile.roof, profile.park_sensor is not None
        self._clears = profile.roof is not None and profile.roof.clears
        self._has_power, self._day_deg = profile.power_device is not None, profile.safety.max_sun_altitude_deg
        self._verdict, self._publish, self._sun = verdict, publish, sun
        self._planned_by_day, self._asked_by_hand = daylight_asked, False
        self._deciding = asyncio.Lock()
        self._roof_moves = self._mount_moves = 0
        self._halt = asyncio.Event()
        self._held_until = float("-inf")
        self.mount: Mount | None = None
        self.roof: Roof | None = None
        self.park_sensor: ParkSensor | None = None
        self.power_monitor: PowerMonitor | None = None
        self.override: HeldRoof | None = None

    @asynccontextmanager
    async def allowing(
        self, device: str, command: Command, *, overridden: bool = False
    ) -> AsyncIterator[None]:
        """Interlocked, with the rule and advice, unless the command may be done now; the block does it."""
        if command in ALWAYS:
            self._begin(command)
        else:
            # One at a time: what the next one finds must include what this one begins.
            async with self._deciding:
                answer = decide(await self._situation(command, overridden=overridden), command)
                if isinstance(answer, Refused):
                    said = f"it will not {command.value}: {answer.reason}"
                    raise Interlocked(device, said, advice=answer.advice)
                self._begin(command)
        try:
            yield
        finally:
            self._begin(command, -1)

    async def foreseen(self, command: Command, *, parked_first: bool = False) -> Answer:
        """What would be answered now; what is not connected yet counts as if nothing spoke against it.

        `parked_first`: once the telescope has been parked, as far as that can be.
        """
        now = await self._situation(command, overridden=False)
        if self.roof is None and now.roof is RoofIs.SILENT:
            now = replace(now, roof=RoofIs.CLOSED)
        if now.switch is not ParkSwitch.ABSENT and (self.park_sensor is None or parked_first):
            lost = self.park_sensor is not None and now.switch is ParkSwitch.UNKNOWN
            now = now if lost else replace(now, switch=ParkSwitch.PRESSED)
        return decide(replace(now, mount=MountIs.PARKED) if parked_first else now, command)

    def _begin(self, command: Command, change: int = 1) -> None:
        if command in ROOF_MOVES:
            self._roof_moves += change
            self._publish(RoofMoving(source="safety", on=self._roof_moves > 0))
        elif command in LEAVES or command in {Command.PARK, Command.STOP_TRACKING}:
            self._mount_moves += change

    @property
    def daylight_asked(self) -> bool:
        """Does a person want the sky open though it is day?"""
        return self._planned_by_day or self._asked_by_hand

    def ask_daylight(self, asked: bool = True) -> None:
        """A person wants the roof opened by day; forgotten when it closes."""
        self._asked_by_hand = asked

    @asynccontextmanager
    async def overriding(self, who: str = "The override button") -> AsyncIterator["HeldRoof"]:
        """For as long as the button is held: the roof it gives moves though the rules forbid it.

        Only who has that roof may; everybody else is refused as ever. A motor is not reversed without a
        stop, and the time limit holds. On leaving, what was moved by it is stopped at once; nothing of ours
        moves the roof for HOLD_SECONDS.
        """
        held = self.override = HeldRoof(self)
        self._say(f"{who} is held: the roof moves by hand, and no rule protects the telescope.")
        try:
            yield held
        finally:
            self.override = None
            self._say(f"{who} was released.")
            self._hold()
            if held.moving:
                await self._stop_released()

    async def _stop_released(self) -> None:
        try:
            await self.halt_roof()
        except DeviceError as failure:
            self._say(f"The roof may still move: {failure.sentence}")

    async def stop_moving_roof(self) -> bool:
        """As `stop_roof`, if it moves, whoever moves it; False when it does not."""
        moves = self._roof_moves > 0 or await self._roof_is() is RoofIs.MOVING
        if moves:
            await self.stop_roof()
        return moves

    async def stop_roof(self) -> None:
        """A person stops the roof, whoever moves it; nothing of ours starts it again for HOLD_SECONDS."""
        self._hold()
        await self.halt_roof()

    def _hold(self) -> None:
        """Whoever stands at the roof now need not fear that it starts by itself."""
        self._held_until = asyncio.get_running_loop().time() + HOLD_SECONDS

    async def halt_roof(self) -> None:
        """The roof stops, whoever moves it; DeviceError when it does not say so in time."""
        self._halt.set()
        self._halt = asyncio.Event()
        if self.roof is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.roof.stop()
        except TimeoutError as late:
            raise DeviceError(self.roof.name, "it does not say that it has stopped") from late

    def release(self) -> None:
        """The person who stopped the roof wants it moved again."""
        self._held_until = float("-inf")

    async def outlook(self) -> "Outlook":
        """What would be answered to each command now: nothing is begun, and nobody is kept waiting."""
        async with asyncio.timeout(2 * READ_SECONDS):
            roof, switch, mount, low = await asyncio.gather(
                self._roof_is(), self.switch(), self._mount_is(), self._battery_low()
            )
        now = self._so(roof, switch, mount, battery_low=low, overridden=False)
        return Outlook(now, {command: decide(now, command) for command in Command})

    async def _situation(self, command: Command, *, overridden: bool) -> Situation:
        """As it is now; what has no say in this command is not asked, so that it cannot delay it either."""
        for_roof = command in ROOF_MOVES and not self._clears
        roof, switch, mount, battery_low = await asyncio.gather(
            self._roof_is(),
            self.switch() if for_roof else _known(ParkSwitch.UNKNOWN),
            self._mount_is() if for_roof else _known(MountIs.UNKNOWN),
            self._battery_low() if command is Command.OPEN_ROOF else _known(False),
        )
        return self._so(roof, switch, mount, battery_low=battery_low, overridden=overridden)

    def _so(
        self, roof: RoofIs, switch: ParkSwitch, mount: MountIs, *, battery_low: bool, overridden: bool
    ) -> Situation:
        """With all that need not be asked."""
        return Situation(
            roof, switch, mount, self._verdict(), self._clears, self._roof_moves > 0, self._mount_moves > 0,
            daylight=self._sun is not None and self._sun() > self._day_deg,
            daylight_asked=self.daylight_asked, battery_low=battery_low,
            stopped_by_hand=asyncio.get_running_loop().time() < self._held_until, overridden=overridden,
        )  # fmt: skip

    async def switch(self) -> ParkSwitch:
        """What the park sensor says now."""
        if not self._has_sensor:
            return ParkSwitch.ABSENT
        if self.park_sensor is None or (pressed := await _answer(self.park_sensor.parked())) is None:
            return ParkSwitch.UNKNOWN
        return ParkSwitch.PRESSED if pressed else ParkSwitch.RELEASED

    async def _mount_is(self) -> MountIs:
        if self.mount is None or (status := await _answer(self.mount.status())) is None:
            return MountIs.UNKNOWN
        if status.slewing:
            return MountIs.SLEWING
        if status.parked:
            return MountIs.PARKED
        return MountIs.TRACKING if status.tracking else MountIs.STILL

    async def _roof_is(self) -> RoofIs:
        if self._roof_section is None:
            return RoofIs.ABSENT
        if self.roof is None:
            return RoofIs.SILENT
        try:
            async with asyncio.timeout(READ_SECONDS):
                return ROOF_IS[await self.roof.state()]
        except (DeviceLost, TimeoutError):
            return RoofIs.SILENT
        except DeviceError:
            return RoofIs.FAULT

    async def _battery_low(self) -> bool:
        """On battery and too empty, or it cannot be told how full."""
        least = 0.0 if self._roof_section is None else self._roof_section.min_battery_percent_to_open
        if not self._has_power or least == 0:
            return False
        if self.power_monitor is None or (now := await _answer(self.power_monitor.power())) is None:
            return True
        if now.mains or (now.mains is None and now.battery_percent is None):
            return False
        return now.battery_percent is None or now.battery_percent < least

    async def watched(
        self, roof: str, movement: Coroutine[Any, Any, None], *, overridden: bool = False
    ) -> None:
        """Move the roof; stopped at once when somebody stops it or the park sensor is released under it.

        DeviceError when the motor runs longer than it may; Interlocked or DeviceRefused for the others.
        """
        assert self._roof_section is not None
        moving, halted = asyncio.ensure_future(movement), asyncio.ensure_future(self._halt.wait())
        released = asyncio.ensure_future(self._released(watch=not overridden))
        every = {moving, halted, released}
        try:
            limit = self._roof_section.motor_seconds
            done, _ = await asyncio.wait(every, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in every:
                task.cancel()
            await asyncio.gather(*every, return_exceptions=True)
        if moving in done:
            moving.result()
        elif released in done:
            raise Interlocked(roof, "it was stopped: the telescope moved", advice=MOVED)
        elif halted in done:
            raise DeviceRefused(roof, "it was told to stop on its way", advice=STOPPED)
        else:
            raise DeviceError(roof, f"it did not arrive within {limit:g} s and was stopped", advice=JAMMED)

    async def _released(self, *, watch: bool) -> None:
        """Returns when the telescope is seen to have left its place; never, where nobody has to look."""
        if self._clears or not self._has_sensor or not watch:
            await asyncio.Event().wait()
        while await self.switch() is not ParkSwitch.RELEASED:
            await self._sensor_news()

    async def _sensor_news(self) -> None:
        """At once where the sensor tells of a change, after WATCH_SECONDS where it must be asked."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        with suppress(TimeoutError):
            async with asyncio.timeout(WATCH_SECONDS):
                await self._sensor_changed()
        await asyncio.sleep(max(0.0, begun + APART_SECONDS - clock()))

    async def _sensor_changed(self) -> None:
        """Never returns for a sensor that cannot tell now: it will say why when it is asked."""
        try:
            if self.park_sensor is not None:
                await self.park_sensor.changed()
                return
        except DeviceError:
            pass
        await asyncio.Event().wait()

    def _say(self, text: str) -> None:
        self._publish(Said(source="safety", text=text, level="error", code="safety.override"))


class HeldRoof:
    """The roof in the hand of who holds the override button."""

    def __init__(self, gate: Gatekeeper) -> None:
        self._gate = gate
        self.moving = False

    async def open(self) -> None:
        """As Roof's; Interlocked for what even the holder may not, DeviceRefused once the button is free."""
        await self._move(Command.OPEN_ROOF)

    async def close(self) -> None:
        """As `open`."""
        await self._move(Command.CLOSE_ROOF)

    async def stop(self) -> None:
        """As Roof's."""
        await self._gate.stop_roof()

    async def _move(self, command: Command) -> None:
        gate, roof = self._gate, self._gate.roof
        if roof is None:
            raise DeviceRefused("roof", "it is not connected", advice="Check its cable and power.")
        if gate.override is not self:
            raise DeviceRefused(roof.name, "the override button was released", advice="Hold it on.")
        async with gate.allowing(roof.name, command, overridden=True):
            self.moving = True
            try:
                movement = roof.open() if command is Command.OPEN_ROOF else roof.close()
                await gate.watched(roof.name, movement, overridden=True)
            finally:
                self.moving = False


async def _known(value: R) -> R:
    return value


async def _answer(question: Awaitable[R]) -> R | None:
    """None when the device cannot tell, or does not within READ_SECONDS."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await question
    except (DeviceError, TimeoutError):
        return None

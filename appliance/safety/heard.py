"""What weather station and power supply have said, told to whoever looks at the box."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from appliance.bus import Publish
from appliance.safety.limits import Limits
from appliance.safety.messages import Measured, PowerState, WeatherState
from appliance.safety.verdict import Level
from hardware.devices import Conditions, Power


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """`now` is UTC in seconds since 1970."""

    publish: Publish
    now: Callable[[], float]

    def weather(self, name: str, air: Conditions, held: Mapping[Level, Limits]) -> None:
        """After a reading has been held against the limits."""
        values = tuple(_measured(one.name, getattr(air, one.name), held) for one in fields(air))
        shown = tuple(one for one in values if one.value is not None)
        self.publish(WeatherState(source="weather", name=name, at=self.now(), values=shown))

    def power(self, name: str, supply: Power, least_percent: float) -> None:
        """After every reading."""
        state = PowerState(
            source="power", name=name, at=self.now(), mains=supply.mains,
            battery_percent=supply.battery_percent, least_percent=least_percent,
        )  # fmt: skip
        self.publish(state)


def _measured(quantity: str, value: float | None, held: Mapping[Level, Limits]) -> Measured:
    limits = {level: one.limit_of(quantity) for level, one in held.items()}
    beyond = [level for level in Level if level in held and quantity in held[level].beyond]
    return Measured(
        quantity, value, limits.get(Level.SAFETY), limits.get(Level.CONDITIONS),
        beyond[0].value if beyond else "",
    )  # fmt: skip


def nobody(_: object) -> None:
    """Nobody is told."""


UNHEARD = Heard(nobody, lambda: 0.0)

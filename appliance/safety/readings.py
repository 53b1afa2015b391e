"""What a safety source last measured, against its limits: for a person who asks why."""

from dataclasses import dataclass

from hardware.devices import BoardHealth, Power


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` in words with its unit; `limit` says what is allowed or needed, "" where nothing is."""

    what: str
    value: str
    limit: str = ""
    beyond: bool = False


def verdict(safe: bool) -> tuple[Reading, ...]:
    """Of a monitor."""
    return (Reading("verdict", "safe" if safe else "unsafe", "", not safe),)


def supply(power: Power, least_percent: float) -> tuple[Reading, ...]:
    """Mains and battery."""
    found = []
    if power.mains is not None:
        found.append(Reading("mains", "there" if power.mains else "lost", "", not power.mains))
    if (charge := power.battery_percent) is not None:
        low = not power.mains and charge < least_percent
        found.append(Reading("battery", f"{charge:.0f} %", f"{least_percent:g} % needed", low))
    return tuple(found)


def computer(health: BoardHealth, most_celsius: float) -> tuple[Reading, ...]:
    """Of the box itself."""
    supply_words = "too low" if health.undervoltage else "well"
    found = [
        Reading("5 V supply", supply_words, "", health.undervoltage),
        Reading("speed", "slowed down" if health.throttled else "full", "", health.throttled),
    ]
    if (celsius := health.celsius) is not None:
        found.append(
            Reading("chip", f"{celsius:.0f} °C", f"{most_celsius:g} °C allowed", celsius > most_celsius)
        )
    return tuple(found)


def sun(altitude_deg: float, limit_deg: float) -> tuple[Reading, ...]:
    """Whether it is day; that matters under an open roof alone."""
    limit = f"{limit_deg:g}° allowed over an open roof".replace("-", "−")
    return (Reading("altitude", f"{altitude_deg:.1f}°".replace("-", "−"), limit, altitude_deg > limit_deg),)


def disk(free_bytes: int, least_gb: float) -> tuple[Reading, ...]:
    """Room for subs."""
    low = free_bytes < least_gb * 1e9
    return (Reading("free", f"{free_bytes / 1e9:.1f} GB", f"{least_gb:g} GB needed", low),)

"""What endangers an open rig, by the truth and by what its sources would say if they were asked now."""

from collections.abc import Iterator

from appliance.profile import Profile
from appliance.rehearsal.scenario import Scenario
from hardware.simulator.faults import FaultKind
from hardware.simulator.power import power
from hardware.simulator.sky import Sky
from hardware.simulator.weather import monitor_says_safe

QUIET = (FaultKind.DEVICE_LOST, FaultKind.SILENT)


def danger(scenario: Scenario, sky: Sky) -> str:
    """The first thing that speaks against an open roof now, "" for nothing.

    Only what the rig has a sensor for: of rain that nothing sees the box cannot know.
    """
    return next(_dangers(scenario, sky), "")


def _dangers(scenario: Scenario, sky: Sky) -> Iterator[str]:
    profile = scenario.profile
    yield from _weather(profile, sky)
    if _monitored(profile) and not monitor_says_safe(sky):
        yield "the safety monitor says unsafe"
    yield from _supply(profile, sky)
    yield from _silence(scenario, sky)


def _weather(profile: Profile, sky: Sky) -> Iterator[str]:
    limits, air = profile.safety, sky.air
    if profile.weather is None:
        return
    gust = air.wind_m_s * sky.world.weather.gust_factor
    for value, most, words in (
        (air.rain_mm_h, limits.max_rain_mm_h, "it rains"),
        (air.wind_m_s, limits.max_wind_m_s, "it storms"),
        (gust, limits.max_gust_m_s, "there are gusts"),
        (air.humidity_percent, limits.max_humidity_percent, "the air is too humid"),
    ):
        if most is not None and value > most:
            yield words


def _supply(profile: Profile, sky: Sky) -> Iterator[str]:
    if profile.power_device is None:
        return
    supply = power(sky.world.power, sky.faults, sky.utc(None))
    if not supply.mains and (supply.battery_percent or 0.0) < profile.safety.min_battery_percent:
        yield "the battery runs down"


def _silence(scenario: Scenario, sky: Sky) -> Iterator[str]:
    """A source that has not answered for so long that it counts as unsafe."""
    profile, now = scenario.profile, sky.utc(None)
    for kind in _sources(profile):
        for quiet in QUIET:
            fault = scenario.faults.active(quiet, now, kind)
            if fault is not None and now - fault.begins > profile.safety.stale_seconds:
                yield f"the {kind} source has been silent for {now - fault.begins:.0f} s"


def _sources(profile: Profile) -> list[str]:
    """Which have a say about safety, as faults name them."""
    there = {
        "weather": profile.weather is not None and profile.safety.limited,
        "safety": _monitored(profile),
        "power": profile.power_device is not None,
    }
    return [kind for kind, is_there in there.items() if is_there]


def _monitored(profile: Profile) -> bool:
    return any(one.level == "safety" for one in profile.safety_monitor)

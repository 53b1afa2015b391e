"""A storm night's rig, plan and sky, drawn from its seed: any of a thousand observatories."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from appliance.plan import Plan
from appliance.plan.expanding import expanded
from appliance.profile import CLEARS, Profile
from appliance.rehearsal.draw import draw_faults
from appliance.rehearsal.oddities import enriched, fog
from appliance.rehearsal.richer_plans import enriched_plan
from appliance.rehearsal.richer_rigs import with_procedures
from appliance.rehearsal.scenario import Scenario
from appliance.rehearsal.section import simulated
from appliance.sky.catalogue import find
from appliance.sky.horizon import Horizon
from appliance.sky.rise_set import observable
from appliance.sky.twilight import Twilight, darkness
from appliance.sky.windows import Window
from hardware.devices import Site
from hardware.simulator.faults import Faults
from hardware.simulator.world import World

SITES = (
    Site(48.1, 11.6, 520.0), Site(28.757, -17.885, 2326.0), Site(-24.627, -70.404, 2635.0),
    Site(41.663, -77.823, 701.0), Site(-31.273, 149.062, 1165.0), Site(55.9, -3.2, 146.0),
)  # fmt: skip
NAMES = (
    "M31", "M33", "M42", "M45", "M35", "M44", "M81", "M51", "M101", "M13", "M92", "M57", "M27", "M8", "M22",
    "M5", "M3", "NGC 253", "NGC 104", "NGC 2070", "NGC 3372", "NGC 5139", "NGC 7293", "NGC 869", "NGC 7000",
    "NGC 2244", "M106", "M97", "M16", "M83",
)  # fmt: skip
YEAR = 365 * 86400.0
EPOCH = 1_767_225_600.0  # 2026-01-01 00:00 UTC
# Long enough for all that a night has, and short enough that many can be played: troubles come as often.
SHORTEST_NIGHT, LONGEST_NIGHT = 4.5 * 3600.0, 8.5 * 3600.0
SHORT_SECONDS = 2 * 3600.0
USEFUL_SECONDS = 45 * 60.0
DEVICES = frozenset({
    "camera", "mount", "focuser", "filter wheel", "rotator", "weather", "safety", "power", "output",
})  # fmt: skip
GUIDED = 0.25  # of the rigs
# What stands over the telescope: nothing, a roll-off roof that hits it unless it is parked, or a dome.
SHELTERS = ("open air", "roll-off", "roll-off", "roll-off", "dome", "dome, sensor")


def storm_night(
    seed: int, folder: Path, *, pixels: bool = False, sketched: bool = False, mean_faults: float = 3.0
) -> Scenario:
    """The scenario of a seed; the same seed gives the same night on every machine.

    Nights with pixels have a small camera; `sketched` plays the very night of it in the fast fidelity.
    """
    random = Random(f"storm {seed}")
    site, night = _place_and_night(random)
    begins = night.begins - random.uniform(0.2, 1.5) * 3600
    extra = Random(f"storm rig {seed}")
    values = enriched(_profile(random, site, pixels), extra, pixels=pixels) | _guider(seed)
    values = values if pixels else with_procedures(values, seed)
    profile = Profile.model_validate(values)
    plan = expanded(
        Plan.model_validate(_whole_plan(seed, _plan(random, site, night, pixels), site, night, pixels))
    )
    devices = struck(profile)
    faults = draw_faults(seed, night.begins, night.ends, mean_faults, devices) if mean_faults else Faults()
    world = World(
        site=site, seed=seed, fidelity="pixels" if pixels and not sketched else "fast", heavens=True,
        forecast=fog(extra, night.begins, night.ends),
    )  # fmt: skip
    return Scenario(profile, plan, world, begins, folder, faults)


def struck(profile: Profile) -> frozenset[str]:
    """What of the rig faults can strike."""
    some = {
        "roof": profile.roof, "park sensor": profile.park_sensor, "cover": profile.cover,
        "flat panel": profile.flat_panel, "gnss": profile.gnss, "guider": profile.guider,
    }  # fmt: skip
    return DEVICES | {name for name, section in some.items() if section is not None}


def calm(scenario: Scenario, folder: Path) -> Scenario:
    """The same night, with nothing going wrong."""
    return replace(scenario, faults=Faults(), folder=folder)


def _place_and_night(random: Random) -> tuple[Site, Window]:
    """A place and a night that is long enough for something to happen."""
    while True:
        site = random.choice(SITES)
        night = darkness(site, EPOCH + random.uniform(0, YEAR), Twilight.NAUTICAL)
        if isinstance(night, Window) and SHORTEST_NIGHT < night.seconds < LONGEST_NIGHT:
            return site, night


def _shelter(random: Random) -> dict[str, Any]:
    """Most are closed when the night begins; one that was left open is shut while the Sun is up."""
    kind, start = random.choice(SHELTERS), random.choice(("closed", "closed", "closed", "open"))
    if kind == "open air":
        return {}
    clears = kind.startswith("dome")
    roof = {
        **simulated("Roof", start=start, clears_telescope=clears),
        "clears_telescope": CLEARS if clears else "",
    }
    return {"roof": roof, **({"park_sensor": simulated("Park sensor")} if kind != "dome" else {})}


def _guider(seed: int) -> dict[str, Any]:
    """A share of the rigs is guided; drawn by itself, so that all else of a seed stays as it was."""
    random = Random(f"guider {seed}")
    if random.random() >= GUIDED:
        return {}
    guider = {
        "driver": "simulator", "at_flip": random.choice(("recalibrate", "reverse")),
        "without": random.choice(("wait", "go on")), "pause_for_focus": random.random() < 0.5,
        "setup": {"calibrate_seconds": random.choice((60.0, 180.0))},
    }  # fmt: skip
    return {"guider": guider}


def _watchmen(random: Random) -> dict[str, Any]:
    """What tells whether it is safe, and on some rigs whether it is any use."""
    monitors = [simulated("Safety")]
    if random.random() < 0.25:
        monitors.append({**simulated("Seeing"), "level": "conditions", "clear_minutes": 15.0})
    conditions = {"max_cloud_percent": random.choice((40.0, 60.0, 90.0)), "clear_minutes": 5.0}
    return {
        "weather": simulated("Weather"),
        "safety_monitor": monitors,
        "power": simulated(
            "Power", battery_wh=random.choice((30.0, 240.0)), percent=random.choice((60.0, 100.0))
        ),
        "safety": {
            "poll_seconds": 30.0, "stale_seconds": 60.0,
            "unsafe_after_seconds": random.choice((0.0, 0.0, 20.0)),
        },
        **({"conditions": conditions} if random.random() < 0.5 else {}),
    }  # fmt: skip


def _profile(random: Random, site: Site, pixels: bool) -> dict[str, Any]:
    # Few pixels are quickly drawn; a short telescope gives them stars enough to be solved.
    width, height, focal_length = (640, 512, 200.0) if pixels else (3008, 3008, 360.0)
    return {
        "name": "storm rig",
        "site": {"latitude_deg": site.latitude_deg, "longitude_deg": site.longitude_deg},
        "telescope": {"focal_length_mm": focal_length, "aperture_mm": focal_length / 5},
        "camera": {
            **simulated(
                "Camera", width=width, height=height, pixel_um=5.2 if pixels else 3.76,
                focal_length_mm=focal_length, aperture_mm=focal_length / 5,
            ),
            "celsius": -10.0, "gain": 100, "power_output": "Camera power",
        },
        "mount": simulated(
            "Mount",
            at_meridian=random.choice(("flips", "flips", "refuses", "stays")),
            pier_side=random.choice(("true", "true", "lies", "silent")),
            ra_error_arcmin=random.uniform(-20, 20), dec_error_arcmin=random.uniform(-20, 20),
            slew_deg_s=random.uniform(1, 5),
        ),
        "focuser": simulated(
            "Focuser", backlash=random.randrange(0, 120), start=random.randrange(11900, 12400)
        ),
        "filter_wheel": simulated("Wheel", filters="L,R,G,B,Ha"),
        "rotator": simulated("Rotator"),
        **_shelter(random),
        **_watchmen(random),
        "output": {**simulated("Camera power"), "mode": "on"},
        "focus": {"step": 120, "overshoot": 200, "seconds": 6.0, "points": random.choice((7, 9))},
        "centring": {"seconds": 8.0, "tolerance_arcsec": 30.0},
        "dither": {"settle_seconds": 5.0},
        "flip": {"after_minutes": random.choice((0.0, 5.0)), "latest_minutes": random.choice((15.0, 25.0))},
    }  # fmt: skip


def _plan(random: Random, site: Site, night: Window, pixels: bool) -> dict[str, Any]:
    names = [name for name in NAMES if _useful(name, site, night)]
    dark = _dark(site, night)
    chosen = [one for one in random.sample(names, min(4, len(names))) if _windows(one, site, dark)]
    chosen.sort(key=lambda name: _middle(name, site, night))
    seconds = 600.0 if pixels else random.choice((120.0, 180.0, 300.0))
    each = max(2, int(night.seconds / seconds / max(1, len(chosen)) / 1.25))
    return {
        "name": "storm",
        "focus_every_minutes": random.choice((0.0, 60.0, 120.0)),
        "focus_on_celsius": random.choice((0.0, 1.5)),
        "target": [_target(random, name, each, seconds) for name in chosen],
    }


def _whole_plan(seed: int, plan: dict[str, Any], site: Site, night: Window, pixels: bool) -> dict[str, Any]:
    """Nights with pixels keep short plans: they take their time."""
    if pixels:
        return plan
    whole = enriched_plan(plan, Random(f"storm plan {seed}"), night)
    dark = _dark(site, night)
    # Nothing would be left of a short one between an hour late and half an hour early.
    if dark.seconds < SHORT_SECONDS:
        whole |= {"begin": "dusk", "end": "dawn"}
    # A summer's night that waits for more waits for weeks.
    return {**whole, "night": "nautical"} if dark is night else whole


def _dark(site: Site, night: Window) -> Window:
    """What of the night plans use: until astronomical dawn, all of it where there is none."""
    dark = darkness(site, night.begins, Twilight.ASTRONOMICAL)
    return dark if isinstance(dark, Window) else night


def _target(random: Random, name: str, count: int, seconds: float) -> dict[str, Any]:
    return {"name": name, "min_altitude_deg": 25.0, "step": _steps(random, count, seconds)}


def _steps(random: Random, count: int, seconds: float) -> list[dict[str, Any]]:
    filters = random.sample(("L", "R", "G", "B"), random.choice((1, 2)))
    share = max(1, count // len(filters))
    return [{"filter": one, "seconds": seconds, "count": share, "dither_every": 3} for one in filters]


def _useful(name: str, site: Site, night: Window) -> bool:
    return any(one.seconds > USEFUL_SECONDS for one in _windows(name, site, night))


def _windows(name: str, site: Site, night: Window) -> list[Window]:
    return observable(find(name).position, site, Horizon(25.0), night)


def _middle(name: str, site: Site, night: Window) -> float:
    best = max(_windows(name, site, night), key=lambda one: one.seconds)
    return (best.begins + best.ends) / 2

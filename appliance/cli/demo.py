"""The small night of `nightbox night`: a dark site, a good target and a rig of simulators, chosen now."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.plan import Plan, load_plan
from appliance.profile import Profile, load_profile
from appliance.sky.catalogue import find
from appliance.sky.coordinates import alt_az, hour_angle_deg
from appliance.sky.twilight import sun_altitude_deg
from hardware.devices import Site

HERE = Path(__file__).parent / "demo_files"


@dataclass(frozen=True, slots=True)
class DarkSite:
    """A real place with a dark sky."""

    name: str
    site: Site


# One in every few time zones, so that somewhere it is night.
SITES = (
    DarkSite("La Palma", Site(28.757, -17.885, 2326.0)),
    DarkSite("NamibRand", Site(-25.02, 16.02, 1000.0)),
    DarkSite("Hanle", Site(32.779, 78.964, 4250.0)),
    DarkSite("Siding Spring", Site(-31.273, 149.062, 1165.0)),
    DarkSite("Aoraki Mackenzie", Site(-43.986, 170.465, 1029.0)),
    DarkSite("Mauna Kea", Site(19.824, -155.474, 4205.0)),
    DarkSite("Cherry Springs", Site(41.663, -77.823, 701.0)),
    DarkSite("Paranal", Site(-24.627, -70.404, 2635.0)),
)
SHOWPIECES = (
    "M31", "M33", "M42", "M45", "M35", "M44", "M81", "M51", "M101", "M13", "M92", "M57", "M27",
    "M8", "M22", "M7", "M5", "M3", "NGC 253", "NGC 104", "NGC 2070", "NGC 3372", "NGC 5139", "NGC 7293",
    "NGC 869", "NGC 7000", "NGC 2244",
)  # fmt: skip
MERIDIAN_MARGIN_DEG = 12.0  # 48 minutes of sky: the small night never meets a flip


def darkest(unix: float) -> DarkSite:
    """The site where the Sun is lowest now."""
    return min(SITES, key=lambda place: sun_altitude_deg(place.site, unix))


def best_target(site: Site, unix: float) -> str:
    """The showpiece that stands highest now, below 75° and clear of the meridian."""

    def height(name: str) -> float:
        position = find(name).position
        altitude = alt_az(position, site, unix)[0]
        clear = abs(hour_angle_deg(position, site, unix)) > MERIDIAN_MARGIN_DEG
        return altitude if clear and altitude < 75.0 else altitude - 90.0

    return max(SHOWPIECES, key=height)


def demo_profile(rig: str, place: DarkSite) -> str:
    """The text of the small night's profile at a site; `rig` is indi or simulator."""
    text = (HERE / f"{rig}.toml").read_text(encoding="utf-8")
    site = place.site
    return (
        text.replace("@site@", place.name)
        .replace("@latitude@", str(site.latitude_deg))
        .replace("@longitude@", str(site.longitude_deg))
        .replace("@elevation@", str(site.elevation_m))
    )


def write_demo(folder: Path, rig: str, target: str | None, now: datetime) -> tuple[Path, Path]:
    """Write profile.toml and plan.toml of a new small night; `rig` is indi or simulator, `now` UTC."""
    unix = now.timestamp()
    place = darkest(unix)
    name = find(target).name if target else best_target(place.site, unix)
    profile, plan = folder / "profile.toml", folder / "plan.toml"
    for path in (profile, plan):
        if path.exists():
            path.rename(_spare_name(path))
    profile.write_text(demo_profile(rig, place), encoding="utf-8")
    text = (HERE / "plan.toml").read_text(encoding="utf-8")
    title = f"Small night of {now:%Y-%m-%d %H:%M:%S} UTC"
    plan.write_text(text.replace("@title@", title).replace("@target@", name), encoding="utf-8")
    return profile, plan


def _spare_name(path: Path) -> Path:
    number = 1
    while (spare := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return spare


def load_demo(folder: Path) -> tuple[Profile, Plan] | None:
    """What an earlier call wrote here, None when there is nothing."""
    profile, plan = folder / "profile.toml", folder / "plan.toml"
    if not (profile.exists() and plan.exists()):
        return None
    return load_profile(profile), load_plan(plan)

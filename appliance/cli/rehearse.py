"""`nightbox rehearse`: tonight, before leaving home."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import monotonic
from typing import Any

from appliance.cli.demo import SITES, DarkSite, demo_profile
from appliance.cli.exits import FAILED, OK
from appliance.errors import BadInput
from appliance.imaging.atomic import new_file
from appliance.observer import Observer
from appliance.plan import Plan, load_plan
from appliance.profile import Profile, SiteSection, load_profile
from appliance.rehearsal.fault_files import faults_from
from appliance.rehearsal.html import page_of
from appliance.rehearsal.record import Asked
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.rehearsal.telling import tell
from appliance.rehearsal.timeline import NO_FAULTS
from appliance.rehearsal.tonight import rehearse
from appliance.rehearsal.weather_files import weather_from
from appliance.sky.twilight import Twilight, darkness, sun_altitude_deg
from appliance.sky.windows import DAY, Window
from appliance.surfaces.charts import clock
from appliance.wire import plain
from hardware.devices import Site

DEMO = "No profile is given: the built-in simulated rig at {} is assumed; give --profile."
BEFORE_SUNSET = 3600.0
PROGRESS_AFTER, PROGRESS_EVERY = 1.0, 0.5  # real seconds


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command's options as they were given."""

    plan: Path
    profile: Path | None = None
    site: str | None = None
    date: str | None = None
    at: str | None = None
    weather: Path | None = None
    faults: Path | None = None
    seed: int = 1
    pixels: bool = False
    html: Path | None = None
    json: bool = False


def rehearse_tonight(wanted: Wanted) -> int:
    """Print the rehearsal; 0 when no serious problem is foreseen, 1 otherwise. BadInput is 2."""
    plan = load_plan(wanted.plan)
    profile, assumed = _profile(wanted, plan)
    site = profile.site.place()
    begins = _begins(wanted, site)
    asked = Asked(
        profile=profile, plan=plan, begins=begins, images=profile.storage.folder or Path("night"),
        weather=weather_from(wanted.weather, begins) if wanted.weather else (),
        faults=faults_from(wanted.faults, begins) if wanted.faults else NO_FAULTS,
        seed=wanted.seed, pixels=wanted.pixels, assumed=assumed,
    )  # fmt: skip
    with progress() as seen:
        result, record = rehearse(asked, seen)
    if wanted.html:
        with new_file(wanted.html, replace=True) as file:
            file.write(page_of(result, record).encode())
    print(json.dumps(as_json(result), ensure_ascii=False) if wanted.json else tell(result), flush=True)
    return OK if result.good else FAILED


def _begins(wanted: Wanted, site: Site) -> float:
    if wanted.at is not None:
        return moment_of(wanted.at)
    return beginning(site, Observer(site, epoch_loop=0.0).epoch_unix, _date(wanted.date))


def moment_of(text: str) -> float:
    """The moment that --at means, UTC in seconds since 1970; without an offset it is UTC. BadInput."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("--at", f"{text!r} is no moment", advice="Write it like 2026-11-20T21:30.") from wrong
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _profile(wanted: Wanted, plan: Plan) -> tuple[Profile, tuple[str, ...]]:
    """The rig to rehearse with, at the site to rehearse at, and what was assumed for want of a profile."""
    place = place_of(wanted.site) if wanted.site is not None else None
    if wanted.profile is None:
        where = place or SITES[0]
        return _demo(where, plan), (DEMO.format(where.name or "the given site"),)
    profile = load_profile(wanted.profile)
    if place is not None:
        site = place.site
        section = SiteSection(
            name=place.name, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg,
            elevation_m=site.elevation_m,
        )  # fmt: skip
        profile = profile.model_copy(update={"site": section})
    return profile, ()


def _demo(place: DarkSite, plan: Plan) -> Profile:
    """The built-in rig with the plan's filters."""
    profile = Profile.model_validate(tomllib.loads(demo_profile("simulator", place)))
    names = dict.fromkeys(step.filter for target in plan.sky for step in target.step if step.filter)
    if not names or profile.filter_wheel is None:
        return profile
    wheel = profile.filter_wheel.model_copy(update={"setup": {"filters": ",".join(names)}})
    return profile.model_copy(update={"filter_wheel": wheel})


def place_of(text: str) -> DarkSite:
    """The place that --site means: "lat,lon[,elevation]" or a name of the small night's sites; BadInput."""
    known = [place for place in SITES if place.name.lower().startswith(text.lower().strip()) and text.strip()]
    if len(known) == 1:
        return known[0]
    try:
        latitude, longitude, *rest = (float(part) for part in text.split(","))
        elevation = rest[0] if rest else 0.0
        SiteSection(latitude_deg=latitude, longitude_deg=longitude, elevation_m=elevation)
        if len(rest) > 1:
            raise ValueError
    except ValueError as wrong:
        names = ", ".join(place.name for place in SITES)
        raise BadInput(
            "--site",
            f"{text!r} is no place",
            advice=f'Give "latitude,longitude[,elevation]" in degrees and metres, or one of: {names}.',
        ) from wrong
    return DarkSite("", Site(latitude, longitude, elevation))


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise BadInput("--date", f"{text!r} is no date", advice="Write it like 2026-11-20.") from wrong


def beginning(site: Site, now: float, evening: date | None) -> float:
    """When the rehearsal begins (UTC, whole seconds): an hour before sunset; now, if that has passed.

    `evening` is the date of the evening at the site, None for tonight.
    """
    if evening is None:
        if sun_altitude_deg(site, now) < Twilight.SUNSET.value:
            return float(round(now))
        return float(round(max(now, _sunset(site, now) - BEFORE_SUNSET)))
    midnight = datetime.combine(evening, time(), UTC).timestamp()
    noon = midnight + DAY / 2 - site.longitude_deg / 360 * DAY
    return float(round(_sunset(site, noon) - BEFORE_SUNSET))


def _sunset(site: Site, after: float) -> float:
    """The next sunset; where there is none within a day, six hours from then."""
    night = darkness(site, after, Twilight.SUNSET)
    return night.begins if isinstance(night, Window) else after + DAY / 4


@contextmanager
def progress() -> Iterator[Callable[[float], None]]:
    """One line on a terminal's standard error, for rehearsals that take more than a moment."""
    began = last = monotonic()
    shown = False

    def seen(moment: float) -> None:
        nonlocal last, shown
        real = monotonic()
        if real - last >= PROGRESS_EVERY and real - began >= PROGRESS_AFTER and sys.stderr.isatty():
            last, shown = real, True
            print(f"\rRehearsing … {clock(moment)} UTC", end="", file=sys.stderr, flush=True)

    try:
        yield seen
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def as_json(result: Rehearsal) -> dict[str, Any]:
    """Everything for another program; moments are UTC in seconds since 1970."""
    told = plain(result)
    assert isinstance(told, dict)
    counts = {"planned": result.timeline.planned_subs, "expected": result.timeline.expected_subs}
    return {"good": result.good, "verdict": result.verdict, **counts, **told}

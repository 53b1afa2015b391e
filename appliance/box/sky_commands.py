"""Questions about the sky: what is called so, what is good tonight, what lies around a place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, TypeVar

from pydantic import Field, model_validator

from appliance.api import Arguments, Command
from appliance.byhand.sun import SUN_DEG
from appliance.errors import BadInput
from appliance.observer import Observer
from appliance.sky.best import Group, best_tonight, common_name
from appliance.sky.bodies import body_position, is_body
from appliance.sky.catalogue import Target, find, target_of
from appliance.sky.chart import chart
from appliance.sky.coordinates import format_dec, format_position, format_ra, observe
from appliance.sky.glances import Glance, Night, glances, night_at
from appliance.sky.horizon import Horizon
from appliance.sky.moon import moon_altitude_deg
from appliance.sky.search import Hit, search
from appliance.sky.typed import read_coordinates
from appliance.wire import plain
from hardware.devices import J2000, Site
from hardware.jnow import jnow
from hardware.stars.catalogue import stars_within
from hardware.worker import Worker

P = ParamSpec("P")
R = TypeVar("R")
CURVE_POINTS = 49
COORDINATES = "coordinates"


class Words(Arguments):
    """A name as people type it, or J2000 coordinates."""

    text: str = Field(max_length=100)
    limit: int = Field(12, ge=1, le=50)


class Best(Arguments):
    """Which objects; the best first."""

    group: Group = "all"
    limit: int = Field(20, ge=1, le=100)


class Object(Arguments):
    """By its name in the catalogue, or by J2000 degrees."""

    name: str = Field("", max_length=100)
    ra_deg: float | None = Field(None, ge=0, lt=360)
    dec_deg: float | None = Field(None, ge=-90, le=90)

    @model_validator(mode="after")
    def _one(self) -> "Object":
        if (self.ra_deg is None) != (self.dec_deg is None) or (self.ra_deg is None and not self.name):
            raise ValueError("give a name, or both ra_deg and dec_deg")
        return self


class Typed(Arguments):
    """Coordinates as they were typed, of J2000 or of date."""

    text: str = Field(max_length=100)
    equinox: Literal["J2000", "JNow"] = "J2000"


class Around(Arguments):
    """A circle on the sky, degrees."""

    ra_deg: float = Field(ge=0, lt=360)
    dec_deg: float = Field(ge=-90, le=90)
    radius_deg: float = Field(3.0, gt=0, le=40)
    stars: int = Field(500, ge=0, le=1500)


@dataclass(frozen=True, slots=True)
class Sky:
    """Where and when it is asked; `worker` does the long ones off the loop."""

    observer: Observer
    horizon: Horizon
    worker: Worker

    async def ask(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Its answer; what it raises."""
        return await self.worker.call(question, *args, **kwargs)


def sky_commands(sky: Sky) -> list[Command]:
    """None of them moves anything."""
    observer = sky.observer

    async def catalogue_search(asked: Words) -> object:
        return await sky.ask(found, asked.text, asked.limit, observer.site, observer.unix())

    async def best(asked: Best) -> object:
        now = observer.unix()
        return await sky.ask(best_objects, asked.group, asked.limit, observer.site, now, sky.horizon)

    async def one(asked: Object) -> object:
        return await sky.ask(one_object, asked, observer.site, observer.unix())

    async def typed(asked: Typed) -> object:
        now = observer.unix()
        place = read_coordinates(asked.text, now if asked.equinox == "JNow" else None)
        return await sky.ask(
            told, [(Target(format_position(place), place, COORDINATES), "")], observer.site, now
        )

    async def around(asked: Around) -> object:
        centre = J2000(asked.ra_deg, asked.dec_deg)
        return plain(await sky.ask(chart, centre, asked.radius_deg, stars_within, asked.stars))

    return [
        Command(
            "catalogue_search",
            "Find an object by something like its name.",
            Words,
            catalogue_search,
            asks=True,
        ),
        Command("sky_best", "The best objects tonight, by altitude and Moon.", Best, best, asks=True),
        Command("sky_object", "One object: where it is, and how it stands tonight.", Object, one, asks=True),
        Command("sky_coordinates", "Read coordinates as people type them.", Typed, typed, asks=True),
        Command("sky_chart", "Stars and objects around a place.", Around, around, asks=True),
    ]


def found(text: str, limit: int, site: Site, now: float) -> dict[str, Any]:
    """What could be meant; coordinates are one object, where they are."""
    try:
        place = read_coordinates(text)
    except BadInput:
        return told([_of_hit(hit, site, now) for hit in search(text, limit)], site, now)
    return told([(Target(format_position(place), place, COORDINATES), "")], site, now)


def best_objects(group: Group, limit: int, site: Site, now: float, horizon: Horizon) -> dict[str, Any]:
    """The best first."""
    night = night_at(site, now)
    picks = best_tonight(site, now, night, horizon, group, limit)
    return {
        "night": plain(night),
        "objects": [_told(one.target, one.called, one.glance, now) | {"group": one.group} for one in picks],
    }


def one_object(asked: Object, site: Site, now: float) -> dict[str, Any]:
    """With its altitudes, and the Moon's, through the night; BadInput for a name that nobody knows."""
    target = _target(asked, site, now)
    answer = told([(target, common_name(target.name))], site, now)
    night = night_at(site, now)
    step = (night.ends - night.begins) / (CURVE_POINTS - 1)
    moments = [night.begins + step * n for n in range(CURVE_POINTS)]
    altitudes, moon = observe(target.position, site, moments)[0], moon_altitude_deg(site, moments)
    ra_hours, dec = jnow(target.position, now)
    return answer | {
        "curve": [
            [round(at), round(float(alt), 2), round(float(moon_alt), 2)]
            for at, alt, moon_alt in zip(moments, altitudes, moon, strict=True)
        ],
        "jnow": {"ra": format_ra(ra_hours * 15), "dec": format_dec(dec)},
    }


def _target(asked: Object, site: Site, now: float) -> Target:
    if asked.ra_deg is not None and asked.dec_deg is not None:
        place = J2000(asked.ra_deg, asked.dec_deg)
        return Target(asked.name or format_position(place), place, COORDINATES)
    if is_body(asked.name):
        name = asked.name.strip().capitalize()
        return Target(name, body_position(name, site, now), _kind_of_body(name))
    return find(asked.name, "name")


def told(targets: list[tuple[Target, str]], site: Site, now: float) -> dict[str, Any]:
    """Targets, each with another name ("" for none), as the surfaces show them."""
    night: Night = night_at(site, now)
    seen = glances([target.position for target, _ in targets], site, now, night)
    return {
        "night": plain(night),
        "objects": [
            _told(target, called, glance, now) for (target, called), glance in zip(targets, seen, strict=True)
        ],
    }


def _told(target: Target, called: str, glance: Glance, now: float) -> dict[str, Any]:
    place = target.position
    shown = {key: round(value, 0 if value > 1e6 else 2) for key, value in plain(glance).items()}  # type: ignore[attr-defined]
    return {
        "name": target.name, "called": called, "kind": target.kind,
        "ra_deg": place.ra_deg, "dec_deg": place.dec_deg,
        "ra": format_ra(place.ra_deg), "dec": format_dec(place.dec_deg),
        "magnitude": target.magnitude, "size_arcmin": target.size_arcmin,
        "moves": is_body(target.name), "sun_danger": _near_the_sun(target, glance), "at": round(now),
        **shown,
    }  # fmt: skip


def _near_the_sun(target: Target, glance: Glance) -> bool:
    """By day it is refused, by night it is not up: either way a person should know."""
    return target.name == "Sun" or glance.sun_deg < SUN_DEG


def _of_hit(hit: Hit, site: Site, now: float) -> tuple[Target, str]:
    if hit.row is None:
        return Target(hit.name, body_position(hit.name, site, now), _kind_of_body(hit.name)), ""
    target = target_of(hit.row)
    called = hit.called if hit.called.lower() != target.name.lower() else common_name(target.name)
    typed_alike = called.replace(" ", "").lower() == target.name.replace(" ", "").lower()
    return target, common_name(target.name) if typed_alike else called


def _kind_of_body(name: str) -> str:
    return {"Sun": "Sun", "Moon": "Moon"}.get(name, "planet")

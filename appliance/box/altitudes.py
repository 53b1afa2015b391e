"""The timeline of tonight as data: how high everything stands, how dark it is, when targets can be used."""

from collections.abc import Sequence
from typing import Any

from appliance.plan import Plan
from appliance.sequence.tonight import Tonight
from appliance.sky.altitudes import Piece, darkness_bands, moon_curve, target_curve
from appliance.sky.catalogue import Target
from appliance.sky.moon import moon_lit
from appliance.sky.rise_set import transit_near
from appliance.sky.twilight import Twilight, darkness
from appliance.sky.windows import Window
from hardware.devices import Site

ROOM_SECONDS = 1200.0  # of daylight on either side
HOUR = 3600.0


def shown_span(site: Site, night: Window) -> Window:
    """From somewhat before sunset to somewhat after sunrise; where the Sun does neither, around the night."""
    middle = (night.begins + night.ends) / 2
    sun = darkness(site, middle, Twilight.SUNSET)
    around = sun if isinstance(sun, Window) else Window(night.begins - HOUR, night.ends + HOUR)
    return Window(
        min(around.begins, night.begins) - ROOM_SECONDS, max(around.ends, night.ends) + ROOM_SECONDS
    )


def drawn_sky(plan: Plan, targets: tuple[Target, ...], site: Site, sky: Tonight) -> dict[str, Any]:
    """All that only the sky has a say in; JSON's own types, moments in UTC seconds since 1970."""
    span = shown_span(site, sky.night)
    middle = (span.begins + span.ends) / 2
    return {
        "from": span.begins,
        "to": span.ends,
        "dark": [sky.dark.begins, sky.dark.ends],
        "bands": [[kind, band.begins, band.ends] for kind, band in darkness_bands(site, span)],
        "moon": {"lit": round(moon_lit(middle), 3), "curves": _plain(moon_curve(site, span))},
        "targets": [
            {
                "name": target.name,
                "minimum": planned.min_altitude_deg,
                "curves": _plain(target_curve(target.position, site, span)) if planned.move else [],
                "windows": [[one.begins, one.ends] for one in up],
                "transit": transit_near(target.position, site, middle) if planned.move else None,
            }
            for planned, target, up in zip(plan.sky, targets, sky.up, strict=True)
        ],
    }


def _plain(pieces: Sequence[Piece]) -> list[list[list[float]]]:
    """Ten minutes and a tenth of a degree are fine enough for a phone."""
    return [[[round(at), round(height, 1)] for at, height in _thinned(piece)] for piece in pieces]


def _thinned(piece: Piece) -> Piece:
    """Every other point, and both ends."""
    return piece if len(piece) < 3 else [*piece[:-1:2], piece[-1]]

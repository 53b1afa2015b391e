"""How focus is set up on this rig, and what past runs have taught, as one answer for a screen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from appliance.box.box import Box
from appliance.box.focusing.dismissed import Dismissed
from appliance.errors import DeviceError
from appliance.focus.drift import Estimate
from appliance.focus.offers import Offer, offers
from appliance.focus.past import Learned, Shape, learn
from appliance.journal import FocusMove, FocusRun
from appliance.profile import FocusSection
from appliance.sequence.focus_method import scale_of
from appliance.sequence.refocus import trigger_settings
from hardware.devices import FilterWheel, Focuser

TEMPERATURE = "temperature"
NEWEST_MOVES = 8
SETTINGS = (
    "method", "step", "points", "overshoot", "seconds", "binning", "min_stars", "validation_percent", "smart",
    "keep_frames",
)  # fmt: skip


async def overview(box: Box, dismissed: Dismissed) -> dict[str, Any]:
    """Focuser, settings, filters, compensation, triggers of the plan, learned curves, and what is offered."""
    runs = await box.journal.read(FocusRun)
    focus, scale = box.profile.focus, scale_of(box.profile)
    known = learn(runs, runs[-1].filter if runs else "", scale)
    offered = [one for one in offered_by(known, focus) if not await dismissed.covers(one)]
    return {
        "focuser": await _focuser(box),
        "settings": {name: getattr(focus, name) for name in SETTINGS} | {"measure": focus.stars.measure},
        "filters": await _filters(box, runs, known, scale),
        "compensation": await _compensation(box, known),
        "triggers": asdict(trigger_settings(box.plan, box.profile)),
        "offers": [_plain_offer(one) for one in offered],
        "runs": len(runs),
    }


def offered_by(known: Learned, focus: FocusSection) -> list[Offer]:
    """Dismissed ones, too."""
    return offers(known.drift, focus.temperature.steps_per_celsius, focus.filters.offsets)


def _plain_offer(offer: Offer) -> dict[str, Any]:
    return {**asdict(offer), "sentence": offer.sentence}


async def _focuser(box: Box) -> dict[str, Any] | None:
    """None on a rig without one; what it does not tell now is None."""
    section = box.profile.focuser
    if section is None:
        return None
    told: dict[str, Any] = {
        "name": section.name,
        "backlash": section.backlash,
        "travel": None,
        "position": None,
    }
    if (focuser := _there(box)) is not None:
        try:
            travel = focuser.travel
            told |= {"travel": [travel[0], travel[-1]], "position": await focuser.position()}
        except DeviceError:
            return told  # whoever moves it says so
    return told


def _there(box: Box) -> Focuser | None:
    return None if box.rig.away({"focuser"}) else box.rig.focuser


def _wheel(box: Box) -> FilterWheel | None:
    has = "filter wheel" in box.rig.kinds and not box.rig.away({"filter wheel"})
    return box.rig.filter_wheel if has else None


async def _filters(
    box: Box, runs: Sequence[FocusRun], known: Learned, scale: Mapping[str, object]
) -> dict[str, Any]:
    section, wheel, in_use = box.profile.focus.filters, _wheel(box), None
    if wheel is not None:
        try:
            in_use = await wheel.selected()
        except DeviceError:
            wheel = None
    seen = [run.filter for run in runs]
    names = list(wheel.filters) if wheel is not None else sorted({*section.offsets, *filter(None, seen)})
    every = names or sorted(set(seen))
    return {
        "in_use": in_use, "focus_in": section.focus_in, "reference": known.drift.reference,
        "table": [
            {
                "name": name, "offset": section.offsets.get(name),
                "factor": section.exposure_factors.get(name, 1.0), "runs": seen.count(name),
                "found": _estimate(known.drift.offsets.get(name)),
                "curve": _shape(learn(runs, name, scale).shape) if name in seen else None,
            }
            for name in every
        ],
    }  # fmt: skip


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def _shape(shape: Shape | None) -> dict[str, Any] | None:
    """`slope` is HFR per step far from focus, for a hyperbola; `breadth` the steps in which stars double."""
    if shape is None:
        return None
    slope = shape.rise**0.5 if shape.kind == "hyperbola" else None
    return {
        "kind": shape.kind, "hfr": shape.hfr, "breadth": shape.breadth, "slope": slope, "runs": shape.runs,
        "error": shape.rise_error / 2, "trusted": shape.trusted,
    }  # fmt: skip


async def _compensation(box: Box, known: Learned) -> dict[str, Any]:
    section = box.profile.focus.temperature
    moves = await box.journal.read(FocusMove, why=TEMPERATURE)
    return {
        **section.model_dump(), "found": _estimate(known.drift.coefficient),
        "moves": [asdict(move) for move in reversed(moves[-NEWEST_MOVES:])],
    }  # fmt: skip

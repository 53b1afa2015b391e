"""Ekos' .esq, a capture queue: exposures, and when to focus between them."""

from typing import Any
from xml.etree.ElementTree import Element

from appliance.importing.left import Fields, made
from appliance.importing.reading import Reading
from appliance.importing.xml import flat
from appliance.plan import PanelFlats, Step

VECTORS = frozenset({"Properties"})
FIXED = "1"  # HFRCheckAlgorithm: a size in pixels in place of a percentage
USUAL = {"Encoding": "FITS", "Format": "Mono", "FITSDirectory": ".", "PlaceholderSuffix": "3"}
NAMING = (
    "Prefix/RawPrefix", "Prefix/FilterEnabled", "Prefix/ExpEnabled", "Prefix/TimeStampEnabled",
    "PlaceholderFormat", "TargetName", "FormatIndex", "Frame/W", "Frame/H",
)  # fmt: skip


def read_queue(root: Element, reading: Reading) -> None:
    """An .esq by itself: taken where the telescope points."""
    steps = queue(root, reading.name, reading)
    reading.left.add(
        reading.name, "a queue has no target: its exposures are taken where the telescope points"
    )
    if steps:
        reading.target({"name": _names(root) or reading.name, "move": False}, reading.name, steps)


def queue(root: Element, place: str, reading: Reading) -> list[Step]:
    """Its steps; flats with a level to reach become items of their own, focusing becomes the plan's."""
    whole = Fields(flat(root, frozenset({"Job"})), place, reading.left)
    whole.known("@version", "Observer", "CCD", "FilterWheel")
    _focusing(whole, reading)
    _disabled(whole, "GuideDeviation", "GuideStartDeviation", "MeridianFlip", "Autofocus")
    whole.rest()
    jobs = [job for job in root if job.tag == "Job"]
    made_steps = [_job(job, f"{place}, job {number}", reading) for number, job in enumerate(jobs, 1)]
    return [step for step in made_steps if step is not None]


def _names(root: Element) -> str:
    return next((name for job in root if (name := (job.findtext("TargetName") or "").strip())), "")


def _focusing(whole: Fields, reading: Reading) -> None:
    for name, option in (
        ("RefocusEveryN", "focus_every_minutes"), ("RefocusOnTemperatureDelta", "focus_on_celsius")
    ):  # fmt: skip
        value, enabled = whole.number(name), whole.flag(f"{name}@enabled")
        if enabled and value > 0:
            reading.option(option, value, whole.place)
    whole.text("RefocusOnMeridianFlip")
    if (flip := whole.text("RefocusOnMeridianFlip@enabled")) in {"true", "false"}:
        reading.option("focus_after_flip", flip == "true", whole.place)
    percent, algorithm = whole.number("HFRCheck/HFRCheckThreshold"), whole.text("HFRCheck/HFRCheckAlgorithm")
    pixels, enabled = whole.text("HFRCheck/HFRDeviation"), whole.flag("HFRCheck@enabled")
    whole.known("HFRCheck/HFRCheckFrames")
    if enabled and algorithm != FIXED and percent > 0:
        reading.option("focus_on_hfr_percent", percent, whole.place)
    elif enabled:
        whole.left.add(whole.place, f"focus at an HFR of {pixels} pixels: choose focus_on_hfr_percent")


def _disabled(whole: Fields, *names: str) -> None:
    """Limits that a plan does not have: of no interest while they are off."""
    for name in names:
        value = whole.text(name)
        if whole.flag(f"{name}@enabled"):
            whole.left.add(whole.place, f"{name} = {value}")


def _job(job: Element, place: str, reading: Reading) -> Step | None:
    fields = Fields(flat(job, VECTORS), place, reading.left)
    fields.known(
        *NAMING, "Calibration/FlatSource/Type", "Calibration/PreAction/Type", "Calibration/FlatDuration@dark"
    )
    celsius = fields.text("Temperature")
    if fields.flag("Temperature@force"):
        fields.left.add(place, f"cools to {celsius} °C: camera.celsius of the profile says it here")
    every = fields.whole("GuideDitherPerJob", -1)
    binning, height = fields.text("Binning/X", "1"), fields.text("Binning/Y", "1")
    if height != binning:
        fields.left.add(place, f"binning {binning}x{height}, taken as {binning}x{binning}")
    filter_name = fields.text("Filter")
    values: dict[str, Any] = {
        "frame": fields.text("Type", "Light").lower(), "filter": "" if filter_name == "--" else filter_name,
        "seconds": fields.number("Exposure", 1.0), "count": fields.whole("Count", 1), "binning": binning,
        "dither_every": 1 if every < 0 else every, **_camera(job.iter("Properties"), place, reading),
    }  # fmt: skip
    level, tolerance = (
        fields.number("Calibration/FlatDuration/Value"),
        fields.number("Calibration/FlatDuration/Tolerance"),
    )
    by_level = fields.text("Calibration/FlatDuration/Type") == "ADU"
    sky = fields.flag("Calibration/FlatDuration/SkyFlat")
    fields.rest(USUAL)
    if values["frame"] != "flat" or not by_level or not level:
        return made(Step, values, place, reading.left)
    if sky:
        reading.left.add(place, 'sky flats: add an item with do = "sky flats" and its twilight')
        return None
    _flats(values, level, tolerance, place, reading)
    return None


def _flats(values: dict[str, Any], level: float, tolerance: float, place: str, reading: Reading) -> None:
    kept: dict[str, Any] = {
        name: values[name] for name in ("count", "binning", "gain", "offset") if name in values
    }
    percent: dict[str, float] = {"tolerance_percent": 100 * tolerance / level} if tolerance else {}
    flats: dict[str, Any] = {
        "do": "panel flats",
        "filters": (values["filter"],),
        "target_adu": level,
        **percent,
        **kept,
    }
    reading.item(PanelFlats, flats, place, last=True)


def _camera(groups: Any, place: str, reading: Reading) -> dict[str, int]:
    """Gain and offset, under whatever vector of the camera they are."""
    found: dict[str, int] = {}
    for group in groups:
        for vector in group:
            for one in vector:
                name, text = str(one.get("name", "")), (one.text or "").strip()
                key = name.lower()
                if key in {"gain", "offset"} and _is_number(text):
                    found[key] = int(float(text))
                else:
                    reading.left.add(place, f"{vector.get('name')}.{name} = {text}")
    return found


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()

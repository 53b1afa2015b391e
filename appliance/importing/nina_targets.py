"""NINA's simple sequencer: XML of one target, or of a set of them (.ninaTargetSet)."""

from typing import Any
from xml.etree.ElementTree import Element

from appliance.importing.left import Fields, made
from appliance.importing.reading import Reading
from appliance.importing.xml import flat
from appliance.plan import Step

ROOTS = frozenset({"CaptureSequenceList", "ArrayOfCaptureSequenceList"})
FOCUS = (
    ("AutoFocusAfterSetTime", "AutoFocusSetTime", "focus_every_minutes"),
    ("AutoFocusAfterSetExposures", "AutoFocusSetExposures", "focus_every_subs"),
    ("AutoFocusAfterTemperatureChange", "AutoFocusAfterTemperatureChangeAmount", "focus_on_celsius"),
    ("AutoFocusAfterHFRChange", "AutoFocusAfterHFRChangeAmount", "focus_on_hfr_percent"),
)
POSITION = (
    "@RAHours", "@RAMinutes", "@RASeconds", "@NegativeDec", "@DecDegrees", "@DecMinutes", "@DecSeconds"
)  # fmt: skip


def read_target_set(root: Element, reading: Reading) -> None:
    """Either file."""
    lists = [root] if root.tag == "CaptureSequenceList" else list(root)
    for number, one in enumerate(lists, 1):
        _target(one, f"Target {number}", reading)


def position(fields: Fields, prefix: str = "") -> tuple[float, float]:
    """J2000 degrees of the parts that NINA keeps of them."""
    hours, minutes, seconds = (fields.number(f"{prefix}RA{part}") for part in ("Hours", "Minutes", "Seconds"))
    degrees, arcmin, arcsec = (
        fields.number(f"{prefix}Dec{part}") for part in ("Degrees", "Minutes", "Seconds")
    )
    negative = fields.flag(f"{prefix}NegativeDec") or degrees < 0
    size = abs(degrees) + abs(arcmin) / 60 + abs(arcsec) / 3600
    ra = 15 * (hours + minutes / 60 + seconds / 3600)
    return round(ra, 6) % 360, round(-size if negative else size, 6)


def _target(one: Element, place: str, reading: Reading) -> None:
    fields = Fields(flat(one, frozenset({"CaptureSequence", "Coordinates"})), place, reading.left)
    name = fields.text("@TargetName") or place
    fields.place = place = f"{place} ({name})"
    fields.known("@Mode")
    ra, dec = position(fields, "@")
    values: dict[str, Any] = {
        "name": name, "ra_deg": ra, "dec_deg": dec, "centre": fields.flag("@CenterTarget"),
        "focus_first": fields.flag("@AutoFocusOnStart"),
    }  # fmt: skip
    # Its older Rotation runs the other way round than a position angle.
    angle, rotation = fields.number("@PositionAngle"), 360 - fields.number("@Rotation")
    if fields.flag("@RotateTarget"):
        values["position_angle_deg"] = (angle or rotation) % 360
    if not fields.flag("@SlewToTarget", True) and not values["centre"]:
        del values["ra_deg"], values["dec_deg"]
        values["move"] = False
    _focus(fields, reading)
    fields.known("@StartGuiding")
    fields.rest()
    steps = [
        _step(sub, f"{place}, exposure {n}", reading) for n, sub in enumerate(one.iter("CaptureSequence"), 1)
    ]
    reading.target(values, place, [step for step in steps if step is not None])


def _focus(fields: Fields, reading: Reading) -> None:
    for wanted, amount, option in FOCUS:
        value = fields.number(f"@{amount}")
        if fields.flag(f"@{wanted}") and value > 0:
            reading.option(option, int(value) if option.endswith("subs") else value, fields.place)
    if fields.flag("@AutoFocusOnFilterChange"):
        reading.option("focus_on_filter_change", "always", fields.place)


def _step(one: Element, place: str, reading: Reading) -> Step | None:
    fields = Fields(flat(one, frozenset({"FilterType"})), place, reading.left)
    if not fields.flag("Enabled", True):
        reading.left.add(place, "switched off")
        return None
    fields.known("ProgressExposureCount", "Binning/Name", "EnableSubSample")
    binning, height = fields.text("Binning/X", "1"), fields.text("Binning/Y", "1")
    if binning != height:
        reading.left.add(place, f"binning {binning}x{height}, taken as {binning}x{binning}")
    gain, offset = fields.whole("Gain", -1), fields.whole("Offset", -1)
    every = max(fields.whole("DitherAmount", 1), 1)
    values = {
        "frame": frame_word(fields.text("ImageType", "LIGHT")), "seconds": fields.number("ExposureTime"),
        "count": fields.whole("TotalExposureCount", 1), "binning": binning,
        "filter": (one.findtext("FilterType/Name") or "").strip(),
        "gain": gain if gain >= 0 else None, "offset": offset if offset >= 0 else None,
        "dither_every": every if fields.flag("Dither") else 0,
    }  # fmt: skip
    fields.rest()
    return made(Step, values, place, reading.left)


def frame_word(image_type: str) -> str:
    """The plan's word; a snapshot is a light that nobody kept."""
    word = image_type.lower()
    return "light" if word == "snapshot" else word

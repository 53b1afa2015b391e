"""CCDciel's .targets and .plan files: settings as attributes of an XML tree, one element for each group.

A target has its plan within it since version 5 of the format; before, it names a .plan file.
"""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from appliance.importing.angles import declination_deg, right_ascension_deg
from appliance.importing.left import Fields, Left, made
from appliance.importing.reading import Reading, offset
from appliance.importing.xml import element, numbered, parsed
from appliance.plan import Script, SkyFlats, Step

NO_HOURS = 24.0  # an offset to the meridian of so many hours stands for none
FRAMES = frozenset({"light", "dark", "flat", "bias"})
STEPS_APART = {"1": "a script step", "2": "a switch step"}
USUAL = {"FlatCount": "1", "FlatBinX": "1", "FlatBinY": "1"}
UP_TO_J2000 = 4  # before this version coordinates were those of the date


def read_targets(root: Element, reading: Reading) -> None:
    """A .targets file."""
    left = reading.left
    whole, lists = (
        Fields(root.attrib, "Sequence", left),
        Fields(element(root, "Targets").attrib, "Sequence", left),
    )
    whole.known("ListName", "TargetNum")
    version = whole.whole("Version", 1)
    repeat = whole.whole("RepeatCount", 1)
    reading.options |= {
        "repeat": repeat if 1 <= repeat <= 1000 else 0, "clear_on_repeat": lists.flag("ResetRepeat", True)
    }  # fmt: skip
    lists.known("IgnoreRestart")
    _night(Fields(element(root, "Startup").attrib, "Startup", left), reading)
    _end(Fields(element(root, "Termination").attrib, "Termination", left), reading)
    for number, one in numbered(root.find("Targets"), "Target"):
        _target(Fields(one.attrib, f"Target {number}", left), one, version, reading)
    whole.rest()
    lists.rest()


def read_plan_file(root: Element, reading: Reading) -> None:
    """A .plan file: exposures without a place, taken where the telescope points."""
    reading.left.add(
        reading.name, "a .plan file has no target: its exposures are taken where the telescope points"
    )
    steps = _steps(root, reading.name, reading.left)
    reading.target({"name": reading.name, "move": False}, reading.name, steps)


def _night(start: Fields, reading: Reading) -> None:
    for when, edge, key in (("Start", "dusk", "begin"), ("Stop", "dawn", "end")):
        wanted = start.flag(f"Seq{when}")
        at, twilight = start.text(f"Seq{when}At"), start.flag(f"Seq{when}Twilight")
        if wanted and not twilight:
            reading.options[key] = reading.clock(at, f"Startup Seq{when}At") or edge
    reading.options |= {"cool": start.flag("CoolCamera"), "unpark": start.flag("Unpark")}
    _program(start, "RunScript", "StartScript")
    start.rest()


def _end(end: Fields, reading: Reading) -> None:
    reading.options |= {
        "stop_tracking_at_end": end.flag("StopTracking", True), "park_at_end": end.flag("Park"),
        "close_roof_at_end": end.flag("CloseDome"), "warm_at_end": end.flag("WarmCamera"),
    }  # fmt: skip
    _program(end, "RunScript", "EndScript")
    _program(end, "ErrorRunScript", "ErrorScript")
    end.rest()


def _program(fields: Fields, wanted: str, named: str) -> None:
    """Its scripts are files in CCDciel's own folders, many of them in its own language."""
    name = fields.text(named)
    if fields.flag(wanted) and name:
        fields.left.add(fields.place, f"{named} {name}: bring the program along and name it in [script]")


def _target(fields: Fields, one: Element, version: int, reading: Reading) -> None:
    name, plan = fields.text("ObjectName"), fields.text("Plan")
    match name:
        case "Script":
            _script(fields, plan, reading)
        case "SkyFlat":
            _sky_flats(fields, plan, reading)
        case "Switch":
            fields.left.add(fields.place, f"sets a switch ({plan}): use an [[output]] and a script")
        case _:
            _sky(fields, one, version, reading)
    _program(
        Fields(element(one, "InitScript").attrib, fields.place, fields.left), "InitScript", "InitScriptName"
    )


def _script(fields: Fields, name: str, reading: Reading) -> None:
    arguments = fields.text("ScriptArgs").split()
    path = Path(fields.text("Path")) / name
    if name.endswith(".py") and path.is_absolute():
        reading.item(Script, {"do": "script", "file": path, "arguments": tuple(arguments)}, fields.place)
    else:
        words = " ".join((name, *arguments))
        fields.left.add(
            fields.place, f'script {words}: bring the program along as an item with do = "script"'
        )


def _sky_flats(fields: Fields, plan: str, reading: Reading) -> None:
    filters = tuple(filter(None, fields.text("FlatFilters").split(";"))) or ("",)
    values = {
        "do": "sky flats", "twilight": plan.lower(), "filters": filters,
        "count": fields.whole("FlatCount", 1), "binning": fields.whole("FlatBinX", 1),
    }  # fmt: skip
    fields.known("FlatBinY")
    if f_stop := fields.text("FlatFstop"):
        fields.left.add(fields.place, f"FlatFstop = {f_stop}")
    reading.item(SkyFlats, values, fields.place)


def _sky(fields: Fields, one: Element, version: int, reading: Reading) -> None:
    fields.place = f"{fields.place} ({fields.text('ObjectName')})"
    values: dict[str, Any] = {"name": fields.text("ObjectName"), **_position(fields, version)}
    values |= {"begin": _begin(fields, reading), "end": _finish(fields, reading)}
    values |= {
        "fully_dark": fields.flag("DarkNight"), "wait": not fields.flag("Skip"),
        "centre": fields.flag("AstrometryPointing"), **_repeats(fields),
    }  # fmt: skip
    if not fields.flag("InplaceAutofocus", True):
        fields.left.add(fields.place, "focuses at a bright star: choose its focus_star_magnitude")
    fields.known("Magnitude", "Path", "ScriptArgs")
    plan = element(one, "Plan")
    template = (plan.get("Name") or fields.text("Plan")).rstrip("*").strip()
    steps = _steps(plan, fields.place, reading.left)
    if version < 5 and not steps:
        steps = _steps_of_file(template, fields.place, reading)
    fields.rest(USUAL)
    reading.target(values, fields.place, steps, template if steps else "")


def _position(fields: Fields, version: int) -> dict[str, Any]:
    ra, dec = right_ascension_deg(fields.text("RA")), declination_deg(fields.text("Dec"))
    angle = fields.text("PA", "-")
    turned = {} if angle in {"", "-"} else {"position_angle_deg": fields.number("PA") % 360}
    if ra is None or dec is None:
        return {"move": False, **turned}
    if version < UP_TO_J2000:
        fields.left.add(fields.place, "coordinates of the date, taken as J2000: a third of a degree off")
    return {"ra_deg": ra, "dec_deg": dec, **turned}


def _begin(fields: Fields, reading: Reading) -> str:
    """A rise or an offset to the meridian goes before the clock time, which then is only computed."""
    clock, rise = fields.text("StartTime"), fields.flag("StartRise")
    meridian = fields.number("StartMeridian", NO_HOURS)
    if rise:
        return ""
    if abs(meridian) < NO_HOURS:
        return offset("meridian", 60 * meridian)
    return reading.clock(clock, f"{fields.place} StartTime") if clock else ""


def _finish(fields: Fields, reading: Reading) -> str:
    clock, sets = fields.text("EndTime"), fields.flag("EndSet")
    meridian = fields.number("EndMeridian", NO_HOURS)
    if sets:
        return ""
    if abs(meridian) < NO_HOURS:
        return offset("meridian", 60 * meridian)
    return reading.clock(clock, f"{fields.place} EndTime") if clock else ""


def _repeats(fields: Fields) -> dict[str, Any]:
    repeat, delay = fields.whole("RepeatCount", 1), fields.number("Delay", 1.0)
    seconds = fields.number("PreviewExposure", 1.0) if fields.flag("Preview") else 0.0
    if repeat == 1:
        return {}
    return {"repeat": max(repeat, 0), "interval_seconds": delay, "preview_seconds": seconds if delay else 0.0}


def _steps_of_file(name: str, place: str, reading: Reading) -> list[Step]:
    text = reading.beside(f"{name}.plan") if name else None
    if text is None:
        reading.left.add(place, f"its exposures are in {name}.plan, which is not beside the file")
        return []
    return _steps(parsed(text, f"{name}.plan"), f"{name}.plan", reading.left)


def _steps(plan: Element, place: str, left: Left) -> list[Step]:
    steps = []
    for number, one in numbered(plan.find("Steps"), "Step"):
        fields = Fields(one.attrib, f"{place}, step {number}", left)
        if (step := _step(fields)) is not None:
            steps.append(step)
    return steps


def _step(fields: Fields) -> Step | None:
    if apart := STEPS_APART.get(fields.text("Type", "0")):
        name = fields.text("ScriptName") or fields.text("SwitchNickname")
        fields.left.add(fields.place, f"{apart} ({name}): a plan has it between targets only")
        return None
    frame = fields.text("FrameType", "Light").lower()
    if frame not in FRAMES:
        fields.left.add(fields.place, f"frame type {frame!r}, taken as light")
        frame = "light"
    dither, focus = fields.whole("DitherCount", 1), fields.whole("AutofocusCount", 10)
    across, _, up = fields.text("Binning", "1x1").partition("x")
    if up != across:
        fields.left.add(fields.place, f"binning {across}x{up}, taken as {across}x{across}")
    filter_name = fields.text("Filter")
    values = {
        "description": fields.text("Description"), "frame": frame, "binning": across,
        "filter": "" if filter_name == "Not change" else filter_name,
        "seconds": fields.number("Exposure", 1.0), "count": fields.whole("Count", 1),
        "stack": max(fields.whole("StackCount", 1), 1),
        "dither_every": dither if fields.flag("Dither") else 0,
        "focus_before": fields.flag("AutofocusStart"),
        "focus_every": focus if fields.flag("Autofocus") else 0,
        "gain": _setting(fields, "Gain"), "offset": _setting(fields, "Offset"),
    }  # fmt: skip
    fields.rest()
    return made(Step, values, fields.place, fields.left)


def _setting(fields: Fields, name: str) -> int | None:
    """None where the camera keeps what it has."""
    value = fields.whole(name, -1)
    return value if value >= 0 else None

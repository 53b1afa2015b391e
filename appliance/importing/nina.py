"""NINA's advanced sequencer: JSON of containers within containers, with conditions and triggers.

What a container says holds for all that is in it: loops multiply, triggers of several become one rule of the
plan. Inside a target the exposures become its steps.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PureWindowsPath
from typing import Any

from appliance.errors import BadInput
from appliance.importing.left import Fields, made
from appliance.importing.nina_moments import moment_text
from appliance.importing.nina_targets import frame_word, position
from appliance.importing.reading import Reading
from appliance.plan import DarkFrames, PanelFlats, Script, Step, Wait

Node = dict[str, Any]
TARGETS = frozenset({"DeepSkyObjectContainer", "SimpleDSOContainer"})
FLATS = frozenset({"AutoExposureFlat", "AutoBrightnessFlat", "TrainedFlatExposure"})
# How it is kept, and what the box does in every night by itself.
KEPT = (
    "$id", "$type", "Parent", "Strategy", "IsExpanded", "ErrorBehavior", "Attempts", "Name", "Items",
    "Conditions", "Triggers", "TriggerRunner", "ExposureInfoList", "ExposureInfoListExpanded",
    "ExposureCount", "CompletedIterations",
)  # fmt: skip
BY_ITSELF = frozenset({
    "StartGuiding", "StopGuiding", "Annotation", "ConnectAllEquipment", "ConnectEquipment",
    "DisconnectAllEquipment", "DisconnectEquipment", "SaveSequence", "OpenDomeShutter",
    "EnableDomeSynchronization", "SynchronizeDome", "OpenCover", "CloseCover", "MeridianFlipTrigger",
    "RestoreGuiding", "WaitUntilSafe", "SafetyMonitorCondition", "SynchronizeDomeTrigger",
    "AboveHorizonCondition", "WaitUntilAboveHorizon", "SlewScopeToRaDec",
})  # fmt: skip
OPTIONS: dict[str, dict[str, Any]] = {
    "UnparkScope": {"unpark": True}, "ParkScope": {"park_at_end": True}, "WarmCamera": {"warm_at_end": True},
    "CloseDomeShutter": {"close_roof_at_end": True}, "ParkDome": {"close_roof_at_end": True},
}  # fmt: skip
TRIGGERS = {
    "AutofocusAfterExposures": ("focus_every_subs", "AfterExposures"),
    "AutofocusAfterTimeTrigger": ("focus_every_minutes", "Amount"),
    "AutofocusAfterTemperatureChangeTrigger": ("focus_on_celsius", "Amount"),
    "AutofocusAfterHFRIncreaseTrigger": ("focus_on_hfr_percent", "Amount"),
}


@dataclass(slots=True)
class Aim:
    """A target whose container is being read."""

    values: dict[str, Any]
    place: str
    steps: list[Step] = field(default_factory=list)
    focus_next: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What the containers around an item say; `wheel` is what the wheel was last turned to."""

    place: str
    aim: Aim | None = None
    times: int = 1
    dither: int = 0
    wheel: dict[str, str] = field(default_factory=lambda: {"filter": ""})


def read_sequence(text: str, reading: Reading) -> None:
    """A sequence, a target or a template of the advanced sequencer."""
    try:
        root = json.loads(text)
    except ValueError as malformed:
        raise BadInput(reading.name, f"it is not whole JSON: {malformed}") from malformed
    if not isinstance(root, dict) or "$type" not in root:
        raise BadInput(reading.name, "it is JSON, and no sequence of NINA")
    _item(root, Around(reading.name), reading)


def kind(node: Node) -> str:
    """The class that the node is of, without its namespace."""
    return str(node.get("$type", "")).split(",")[0].rsplit(".", 1)[-1]


def children(node: Node, name: str) -> Iterator[Node]:
    """Items, conditions or triggers of a container."""
    group = node.get(name)
    values = group.get("$values", []) if isinstance(group, dict) else group or []
    yield from (one for one in values if isinstance(one, dict) and "$type" in one)


def _item(node: Node, around: Around, reading: Reading) -> None:
    word = kind(node)
    place = f"{around.place} › {node.get('Name') or word}"
    if word in TARGETS:
        _target(node, replace(around, place=place), reading)
    elif word in FLATS:
        _flats(node, replace(around, place=place), reading)
    elif word == "SkyFlat":
        reading.left.add(place, 'sky flats: add an item with do = "sky flats" and its twilight')
    elif "Items" in node:
        inside = _conditions(node, replace(around, place=place), reading)
        _contents(node, inside, reading)
    else:
        _instruction(word, Fields(node, place, reading.left), around, reading)


def _contents(node: Node, around: Around, reading: Reading) -> None:
    if kind(node) == "ParallelContainer":
        reading.left.add(around.place, "side by side in NINA, one after the other here")
    around = _triggers(node, around, reading)
    several = sum(1 for one in children(node, "Items") if _exposes(one)) > 1
    if several and around.times > 1 and around.aim is not None:
        reading.left.add(
            around.place, f"{around.times} rounds of several exposures, here each kind in one go"
        )
    for one in children(node, "Items"):
        _item(one, around, reading)


def _exposes(node: Node) -> bool:
    return kind(node) == "TakeExposure" or any(_exposes(one) for one in children(node, "Items"))


def _target(node: Node, around: Around, reading: Reading) -> None:
    target = Fields(Fields(node, around.place, reading.left).node("Target"), around.place, reading.left)
    ra, dec = position(Fields(target.node("InputCoordinates"), around.place, reading.left))
    name = target.text("TargetName") or str(node.get("Name") or around.place)
    values: dict[str, Any] = {"name": name, "ra_deg": ra, "dec_deg": dec, "centre": False}
    aim = Aim(values, f"{around.place} ({name})")
    # Rotation is of version 2, and the other way round than a position angle.
    values["angle"] = target.number("PositionAngle", 360 - target.number("Rotation")) % 360
    inside = replace(around, aim=aim, place=aim.place, times=1, wheel={"filter": ""})
    if around.times > 1:
        reading.left.add(around.place, f"stands in a loop of {around.times}: see the plan's repeat")
    inside = _conditions(node, inside, reading)
    if inside.times > 1:
        values["repeat"], inside = inside.times, replace(inside, times=1)
    if kind(node) == "SimpleDSOContainer":
        _simple(Fields(node, aim.place, reading.left), values, reading)
    _contents(node, inside, reading)
    angle, turned = values.pop("angle"), values.pop("turned", False)
    if turned:
        values["position_angle_deg"] = angle
    reading.target(values, aim.place, aim.steps)


def _simple(fields: Fields, values: dict[str, Any], reading: Reading) -> None:
    """Options of the simple sequencer's targets, which stand in the container itself."""
    values |= {"centre": fields.flag("CenterTarget"), "focus_first": fields.flag("AutoFocusOnStart")}
    values["turned"] = fields.flag("RotateTarget")
    for wanted, amount, option in (
        ("AutoFocusAfterSetTime", "AutoFocusSetTime", "focus_every_minutes"),
        ("AutoFocusAfterSetExposures", "AutoFocusSetExposures", "focus_every_subs"),
        ("AutoFocusAfterTemperatureChange", "AutoFocusAfterTemperatureChangeAmount", "focus_on_celsius"),
        ("AutoFocusAfterHFRChange", "AutoFocusAfterHFRChangeAmount", "focus_on_hfr_percent"),
    ):
        value = fields.number(amount)
        if fields.flag(wanted) and value > 0:
            reading.option(option, int(value) if option.endswith("subs") else value, fields.place)
    if fields.flag("AutoFocusOnFilterChange"):
        reading.option("focus_on_filter_change", "always", fields.place)
    if delay := fields.number("Delay"):
        fields.left.add(fields.place, f'Delay = {delay:g}: add an item with do = "wait"')


def _conditions(node: Node, around: Around, reading: Reading) -> Around:
    for one in children(node, "Conditions"):
        word, fields = kind(one), Fields(one, around.place, reading.left)
        aim = around.aim
        if word == "LoopCondition":
            around = replace(around, times=around.times * max(fields.whole("Iterations", 1), 1))
        elif word == "TimeCondition" and aim is not None:
            if end := moment_text(fields, reading):
                aim.values |= {"end": end, "repeat": 0}
        elif word == "AltitudeCondition" and aim is not None:
            aim.values["min_altitude_deg"] = _altitude(fields)
        elif word not in BY_ITSELF:
            reading.left.add(around.place, f"condition {word}")
    return around


def _altitude(fields: Fields) -> float:
    data = Fields(fields.node("Data"), fields.place, fields.left)
    return data.number("Offset", fields.number("Altitude"))


def _triggers(node: Node, around: Around, reading: Reading) -> Around:
    for one in children(node, "Triggers"):
        word, fields = kind(one), Fields(one, around.place, reading.left)
        if word == "DitherAfterExposures":
            around = replace(around, dither=max(fields.whole("AfterExposures", 1), 0))
        elif word in TRIGGERS:
            option, name = TRIGGERS[word]
            value = fields.number(name)
            if value > 0:
                reading.option(option, int(value) if option.endswith("subs") else value, around.place)
        elif word == "AutofocusAfterFilterChange":
            reading.option("focus_on_filter_change", "always", around.place)
        elif word not in BY_ITSELF:
            reading.left.add(around.place, f"trigger {word}")
    return around


def _instruction(word: str, fields: Fields, around: Around, reading: Reading) -> None:
    fields.known(*KEPT)
    if around.aim is not None and _of_target(word, fields, around.aim):
        return
    match word:
        case "TakeExposure":
            _exposure(fields, around, reading)
        case "SwitchFilter":
            chosen = fields.node("Filter")
            around.wheel["filter"] = str(chosen.get("_name") or chosen.get("Name") or "")
        case "CoolCamera":
            reading.option("cool", True, fields.place)
            celsius = fields.number("Temperature")
            fields.left.add(
                fields.place, f"cools to {celsius:g} °C: the profile's camera.celsius says it here"
            )
        case "ExternalScript":
            _script(fields.text("Script"), fields, reading)
        case _ if word.startswith("WaitForTime") or word == "MessageBox":
            _wait(word, fields, around, reading)
        case _ if word in OPTIONS:
            for name, value in OPTIONS[word].items():
                reading.option(name, value, fields.place)
        case _ if word not in BY_ITSELF:
            fields.left.add(fields.place, f"the instruction {word}")


def _of_target(word: str, fields: Fields, aim: Aim) -> bool:
    """Was it one that becomes an option of the target around it?"""
    match word:
        case "Center" | "CenterAndRotate" | "SolveAndRotate":
            aim.values |= {"centre": True, "turned": word != "Center" or aim.values.get("turned", False)}
        case "RunAutofocus":
            aim.values["focus_first"] = aim.values.get("focus_first", False) or not aim.steps
            aim.focus_next = bool(aim.steps)
        case "WaitForAltitude":
            aim.values["min_altitude_deg"] = _altitude(fields)
        case _:
            return False
    return True


def _wait(word: str, fields: Fields, around: Around, reading: Reading) -> None:
    match word:
        case "WaitForTime":
            _wait_for_time(fields, around, reading)
        case "WaitForTimeSpan":
            reading.item(Wait, {"do": "wait", "seconds": fields.number("Time")}, fields.place)
        case _:
            reading.item(Wait, {"do": "wait", "ask": fields.text("Text") or "Go on?"}, fields.place)


def _wait_for_time(fields: Fields, around: Around, reading: Reading) -> None:
    moment = moment_text(fields, reading)
    if moment and around.aim is not None and not around.aim.steps:
        around.aim.values["begin"] = moment
    elif moment and not moment.startswith("meridian"):
        reading.item(Wait, {"do": "wait", "until": moment}, fields.place)
    elif moment:
        fields.left.add(fields.place, f"waits until {moment}")


def _script(line: str, fields: Fields, reading: Reading) -> None:
    words = line.replace('"', "").split()
    if not words or PureWindowsPath(words[0]).drive:
        fields.left.add(fields.place, f'script {line}: bring the program along as an item with do = "script"')
        return
    reading.item(Script, {"do": "script", "file": words[0], "arguments": tuple(words[1:])}, fields.place)


def _exposure(fields: Fields, around: Around, reading: Reading) -> None:
    aim = around.aim
    binning = Fields(fields.node("Binning"), fields.place, fields.left)
    across, up = binning.whole("X", 1), binning.whole("Y", 1)
    if across != up:
        fields.left.add(fields.place, f"binning {across}x{up}, taken as {across}x{across}")
    gain, offset = fields.whole("Gain", -1), fields.whole("Offset", -1)
    values = {
        "frame": frame_word(fields.text("ImageType", "LIGHT")), "seconds": fields.number("ExposureTime"),
        "count": around.times, "filter": around.wheel["filter"], "binning": across,
        "gain": gain if gain >= 0 else None, "offset": offset if offset >= 0 else None,
        "dither_every": around.dither, "focus_before": aim is not None and aim.focus_next,
    }  # fmt: skip
    fields.rest()
    step = made(Step, values, fields.place, reading.left)
    if step is None:
        return
    if aim is not None:
        aim.steps.append(step)
        aim.focus_next = False
    elif step.frame in {"dark", "bias"}:
        reading.item(DarkFrames, {"do": "darks", "count": step.count, "step": (step,)}, fields.place)
    else:
        reading.target({"name": around.place.rsplit(" › ", 1)[-1], "move": False}, fields.place, (step,))


def _flats(node: Node, around: Around, reading: Reading) -> None:
    """Their level is a part of the whole range; filter, count and camera are in the items within."""
    fields = Fields(node, around.place, reading.left)
    fields.known(*KEPT, "KeepPanelClosed", "MinBrightness", "MaxBrightness")
    inside = Around(around.place, Aim({}, around.place), wheel={"filter": ""})
    heard = Reading(reading.name, reading.beside, reading.zone)
    shots = [Fields(one, around.place, reading.left) for one in _all(node) if kind(one) == "TakeExposure"]
    loops = [
        Fields(one, around.place, reading.left)
        for one in _conditions_of(node)
        if kind(one) == "LoopCondition"
    ]
    for one in _all(node):
        if kind(one) == "SwitchFilter":
            _instruction("SwitchFilter", Fields(one, around.place, heard.left), inside, heard)
    level, tolerance = (
        fields.number("HistogramTargetPercentage"),
        fields.number("HistogramTolerancePercentage"),
    )
    values: dict[str, Any] = {
        "do": "panel flats", "filters": (inside.wheel["filter"],),
        "count": max((one.whole("Iterations", 1) for one in loops), default=1),
    }  # fmt: skip
    if level:
        values |= {"target_adu": round(65535 * level), "tolerance_percent": max(100 * tolerance, 1.0)}
    shortest, longest = fields.number("MinExposure"), fields.number("MaxExposure")
    if longest:
        values |= {"shortest_seconds": max(shortest, 0.001), "longest_seconds": longest}
    if shots:
        chosen = {name.lower(): shots[0].whole(name, -1) for name in ("Gain", "Offset")}
        values |= {name: value for name, value in chosen.items() if value >= 0}
    fields.rest()
    reading.item(PanelFlats, values, around.place)


def _all(node: Node) -> Iterator[Node]:
    for one in children(node, "Items"):
        yield one
        yield from _all(one)


def _conditions_of(node: Node) -> Iterator[Node]:
    for one in (node, *_all(node)):
        yield from children(one, "Conditions")

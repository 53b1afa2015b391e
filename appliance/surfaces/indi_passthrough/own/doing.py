"""What can be asked of our own devices: the box's own commands, with the rules that everybody meets."""

from collections.abc import Callable
from functools import partial

from appliance.api import Api
from appliance.errors import BadCommand, DeviceMissing
from appliance.outputs.messages import OutputsState
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.surfaces.indi_passthrough.guard import on
from appliance.surfaces.indi_passthrough.own import house
from appliance.surfaces.indi_passthrough.own.devices import Doer, Key
from hardware.indi_wire import Element, WireError, number

Busy = Callable[[], list[str]]
FIRST = "Stop it first, then try again."
ROOF = {
    "SHUTTER_OPEN": "roof_open",
    "UNPARK": "roof_open",
    "SHUTTER_CLOSE": "roof_close",
    "PARK": "roof_close",
}
SEQUENCE = {"START": "start", "PAUSE": "pause", "STOP": "stop"}
MODES = {switch: mode for mode, switch in house.MODES.items()}


def own_doers(profile: Profile, api: Api, rig: Rig, busy: Busy) -> dict[Key, Doer]:
    """By property; `busy` names the procedures that have the rig."""
    doers: dict[Key, Doer] = {(house.SEQUENCE, "SEQUENCE_CONTROL"): partial(_pressed, api, SEQUENCE)}
    if house.is_ours(profile.roof):
        roof = partial(_pressed, api, ROOF)
        stop = partial(_pressed, api, {"ABORT": "roof_stop"})
        doers |= {(house.ROOF, "DOME_SHUTTER"): roof, (house.ROOF, "DOME_PARK"): roof}
        doers[house.ROOF, "DOME_ABORT_MOTION"] = stop
    for place in range(len(profile.output)):
        name = f"OUTPUT_{place + 1}"
        doers[house.OUTPUTS, name] = partial(_mode, api, place)
        doers[house.OUTPUTS, f"{name}_PERCENT"] = partial(_percent, api, place)
    if house.is_ours(profile.cover):
        doers[house.COVER, "CAP_PARK"] = partial(_cover, rig, busy)
    if house.is_ours(profile.flat_panel):
        doers[house.PANEL, "FLAT_LIGHT_CONTROL"] = partial(_light, rig, busy)
        doers[house.PANEL, "FLAT_LIGHT_INTENSITY"] = partial(_intensity, rig, busy)
    return doers


async def _pressed(api: Api, commands: dict[str, str], asked: Element) -> str:
    answer = await api.call(_one(asked, commands), {})
    return f"Nightbox: {answer}"


def _one(asked: Element, known: dict[str, str]) -> str:
    """The command behind the one switch that is on."""
    wanted = [known[name] for name in on(asked) if name in known]
    if len(wanted) != 1:
        raise BadCommand(asked.name, f"one of {', '.join(known)} must be on")
    return wanted[0]


async def _mode(api: Api, place: int, asked: Element) -> str:
    return str(await api.call("output", {"name": _output(api, place), "mode": _one(asked, MODES)}))


async def _percent(api: Api, place: int, asked: Element) -> str:
    return str(await api.call("output", {"name": _output(api, place), "percent": _value(asked)}))


def _output(api: Api, place: int) -> str:
    state = next((one for one in api.bus.states() if isinstance(one, OutputsState)), None)
    if state is None:
        raise BadCommand("output", "the outputs are not known yet")
    return state.outputs[place].name


def _value(asked: Element) -> float:
    try:
        (text,) = (text for _, text in asked.values())
        return number(text)
    except (ValueError, WireError) as wrong:
        raise BadCommand(asked.name, "it takes one number") from wrong


def _free(busy: Busy) -> None:
    if has := busy():
        raise BadCommand("device", f"{has[0]} is still running", advice=FIRST)


async def _cover(rig: Rig, busy: Busy, asked: Element) -> str:
    closes = _one(asked, {"PARK": "close", "UNPARK": "open"}) == "close"
    if not closes:
        _free(busy)
    await rig.bring("cover")
    if (cover := rig.cover) is None:
        raise DeviceMissing("cover", "the profile has none")
    await (cover.close() if closes else cover.open())
    return ""


async def _light(rig: Rig, busy: Busy, asked: Element) -> str:
    lit = _one(asked, {"FLAT_LIGHT_ON": "on", "FLAT_LIGHT_OFF": "off"}) == "on"
    return await _set_light(rig, busy, lambda brightest: brightest if lit else 0)


async def _intensity(rig: Rig, busy: Busy, asked: Element) -> str:
    level = round(_value(asked))
    return await _set_light(rig, busy, lambda _: level)


async def _set_light(rig: Rig, busy: Busy, level: Callable[[int], int]) -> str:
    _free(busy)
    await rig.bring("flat panel")
    if (panel := rig.flat_panel) is None:
        raise DeviceMissing("flat panel", "the profile has none")
    await panel.light(level(panel.brightest))
    return ""

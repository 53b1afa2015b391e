"""The methods Status and Devices: everything at one look."""

import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from appliance.focus.messages import FocusState
from appliance.profile import DeviceSection, Profile
from appliance.safety.messages import ConditionsState, SafetyState
from appliance.sequence.guide_watch import GuidingNow
from appliance.sequence.vitals import CameraState, FocuserState, MountState, RoofNow
from appliance.sky.coordinates import format_dec, format_ra, hour_angle_deg
from appliance.surfaces.jsonrpc import guider
from appliance.surfaces.jsonrpc.box_values import captures
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.protocol import INVALID_PARAMS, Method, RpcError
from appliance.surfaces.jsonrpc.rig_values import there
from appliance.surfaces.jsonrpc.values import text
from hardware.devices import J2000, PierSide, RoofState
from hardware.jnow import jnow

SIDEREAL_MINUTES = 1436.068  # in which the sky goes round
Part = dict[str, Any]
PIER = {
    PierSide.EAST: "East (pointing west)",
    PierSide.WEST: "West (pointing east)",
    None: "Unknown pier side",
}
KINDS = {
    "safety": "safety", "weather": "weather", "dome": "roof", "camera": "camera", "wheel": "filter wheel",
    "rotator": "rotator", "focuser": "focuser",
}  # fmt: skip


def status_methods(desk: Desk) -> list[Method]:
    """Status with its filter: the names of parts, none for all that this box has."""

    async def status(given: list[Any]) -> object:
        wanted = {text(one).lower() for one in given if text(one)}
        names = [name for name in PARTS if _is_wanted(desk, name, wanted)]
        if not names:
            raise RpcError(INVALID_PARAMS, "Invalid params")
        return {name: await PARTS[name](desk) for name in names}

    async def devices(_: list[Any]) -> object:
        return described(desk.profile)

    return [Method("Status", status, many=True), Method("Devices", devices)]


def _is_wanted(desk: Desk, name: str, wanted: set[str]) -> bool:
    """Asked for by name; unasked, unless it is about a device that the profile does not have."""
    if not wanted:
        return KINDS.get(name, "mount") in {kind.partition(" monitor ")[0] for kind in desk.rig.kinds}
    return name in wanted or (name == "capture" and "sequence" in wanted)


def described(profile: Profile) -> dict[str, Part]:
    """Each device of the profile and how it is reached; numbers as text, as CCDciel has them."""
    sections: dict[str, DeviceSection | None] = {
        "camera": profile.camera, "mount": profile.mount, "wheel": profile.filter_wheel,
        "focuser": profile.focuser, "rotator": profile.rotator, "dome": profile.roof,
        "weather": profile.weather, "covercalibrator": profile.cover or profile.flat_panel,
        "safetymonitor": next(iter(profile.safety_monitor), None),
    }  # fmt: skip
    every = {name: _reached(profile, section) for name, section in sections.items() if section is not None}
    return every | {f"switch{n}": _reached(profile, one) for n, one in enumerate(profile.output, start=1)}


def _reached(profile: Profile, section: DeviceSection) -> Part:
    told = {"interface": section.driver.upper(), "driver": section.name}
    if section.driver == "indi":
        told |= {"server": "localhost", "port": str(profile.indi.port or 7624)}
    if section.driver == "alpaca":
        told |= {"device": section.name, "server": str(section.setup.get("address", ""))}
    return told


def _connected(desk: Desk, kind: str, more: Callable[[], Part]) -> Part:
    is_open = desk.connected(kind)
    return {"connected": is_open} | (more() if is_open else {})


async def _asked(desk: Desk, kind: str, word: str, question: Callable[[], Awaitable[object]]) -> Part:
    """One value that the device has to be asked for; left out when it does not answer."""
    if not desk.connected(kind):
        return {"connected": False}
    with suppress(RpcError):
        return {"connected": True, word: await desk.read(question)}
    return {"connected": True}


async def _devices(desk: Desk) -> Part:
    return {"connected": not desk.rig.away(desk.rig.kinds - desk.rig.outputs)}


async def _absent(_: Desk) -> Part:
    return {"connected": False}


async def _autoguider(desk: Desk) -> Part:
    def more() -> Part:
        now, is_ = desk.state(GuidingNow), guider.doing(desk)
        told: Part = {"running": is_ not in guider.IDLE, "guiding": is_ in guider.GUIDES, "status": is_}
        return told | ({} if now is None or now.rms_arcsec is None else {"rms": now.rms_arcsec})

    return _connected(desk, guider.KIND, more)


async def _safety(desk: Desk) -> Part:
    now = desk.state(SafetyState)
    known = now is not None and now.safe is not None
    return {"connected": known} | ({"safe": now.safe} if known and now else {})


async def _weather(desk: Desk) -> Part:
    def more() -> Part:
        now = desk.state(ConditionsState)
        if now is None or now.good is not False:
            return {"clear": True}
        return {"clear": False, "weathermessage": "; ".join(now.reasons)}

    return _connected(desk, "weather", more)


async def _dome(desk: Desk) -> Part:
    def more() -> Part:
        now = desk.state(RoofNow)
        return {"shutter": now is not None and now.roof is RoofState.OPEN, "slaving": False}

    return _connected(desk, "roof", more)


async def _mount(desk: Desk) -> Part:
    def more() -> Part:
        now = desk.state(MountState)
        if now is None or now.parked:
            return {"park": now is not None}
        at, utc = J2000(now.ra_deg, now.dec_deg), desk.observer.unix()
        hours, dec = jnow(at, utc)
        minutes = -hour_angle_deg(at, desk.observer.site, utc) / 360 * SIDEREAL_MINUTES
        way = f"Meridian in {minutes:.0f} min" if minutes >= 0 else f"Meridian since {-minutes:.0f} min"
        return {
            "park": False, "ra": format_ra(hours * 15), "dec": format_dec(dec),
            "pierside": PIER[now.pier_side], "timetomeridian": way,
        }  # fmt: skip

    return _connected(desk, "mount", more)


async def _camera(desk: Desk) -> Part:
    def more() -> Part:
        now, sensor = desk.state(CameraState), desk.rig.camera.sensor
        power = None if now is None else now.cooler_percent
        size = desk.settings.capture_binning
        told = {
            "binning": f"{size}x{size}", "frame": f"0/0/{sensor.width}/{sensor.height}",
            "cooler": now is not None and now.target_celsius is not None,
            "coolerpower": round(power or 0.0, 1),
        }  # fmt: skip
        return told | ({} if now is None or now.celsius is None else {"temperature": round(now.celsius, 1)})

    return _connected(desk, "camera", more)


async def _wheel(desk: Desk) -> Part:
    async def selected() -> str:
        return await there(desk.rig.filter_wheel).selected()

    return await _asked(desk, "filter wheel", "filter", selected)


async def _rotator(desk: Desk) -> Part:
    async def angle() -> float:
        return round(await there(desk.rig.rotator).angle(), 2)

    return await _asked(desk, "rotator", "position", angle)


async def _focuser(desk: Desk) -> Part:
    def more() -> Part:
        now, run = desk.state(FocuserState), desk.state(FocusState)
        told: Part = {} if now is None else {"position": now.position}
        if now is not None and now.celsius is not None:
            told["temperature"] = round(now.celsius, 1)
        return told | {"focusermessage": _focus_message(run)}

    return _connected(desk, "focuser", more)


def _focus_message(run: FocusState | None) -> str:
    if run is None:
        return ""
    if run.problem:
        return run.problem
    best = "" if run.best_hfr is None else f", HFR {run.best_hfr:.2f} at {run.best_position}"
    return f"Focus run {run.phase}{best}"


async def _sequence(desk: Desk) -> Part:
    now = desk.sequence
    if not desk.runs:
        return {"running": False}
    percent = math.floor(100 * now.done / now.total) if now.total else 0
    return {
        "running": True, "name": now.plan, "target": now.target, "step": now.filter, "status": now.doing,
        "delay": now.doing if now.waiting else "", "sequencecompletion": percent, "targetcompletion": percent,
    }  # fmt: skip


async def _capture(desk: Desk) -> Part:
    if not captures(desk):
        return {"running": False}
    hand, night = desk.hand, desk.sequence
    if hand.doing == "capture":
        total, current, since, until = hand.total, hand.number, hand.exposing_since, hand.exposing_until
    else:
        total, current, since, until = night.total, night.done + 1, night.exposing_since, night.exposing_until
    exposure = (until or 0.0) - (since or 0.0)
    left = max(0.0, (until or 0.0) - desk.observer.unix())
    told = {
        "running": True, "total": total, "current": current, "exposure": round(exposure, 3),
        "exposureremain": round(left, 3),
    }  # fmt: skip
    return told | ({} if hand.hfr is None else {"hfd": round(2 * hand.hfr, 1)})


async def _log(desk: Desk) -> list[str]:
    return list(desk.lines)


PARTS: dict[str, Callable[[Desk], Awaitable[Any]]] = {
    "devices": _devices, "planetarium": _absent, "autoguider": _autoguider, "safety": _safety,
    "weather": _weather, "dome": _dome, "mount": _mount, "camera": _camera, "wheel": _wheel,
    "rotator": _rotator, "focuser": _focuser, "sequence": _sequence, "capture": _capture, "log": _log,
}  # fmt: skip

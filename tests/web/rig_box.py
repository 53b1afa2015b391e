"""A box with a rig to look at: what the sections of More ask it, and notes of what they have it do."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from appliance.api import Api, Arguments, Command
from appliance.bus import State
from appliance.errors import DeviceRefused
from appliance.leases import By, LeasesState, Owned
from appliance.outputs.messages import OutputNow, OutputsState
from appliance.rig import Held, RigState
from appliance.safety.messages import ConditionsState, SafetyState
from appliance.sequence.guide_watch import GuidingNow
from appliance.surfaces.panel.panel import PanelState
from tests.web.fake_box import Box


class Anything(Arguments):
    """What these commands are given is noted, not judged."""

    model_config = ConfigDict(extra="allow", frozen=True)


RESTART = {"how": "driver", "what": "Restarting its driver", "disturbs": []}
POWER = {"how": "power", "what": "Switching its power off and on", "disturbs": ["Focuser"]}
CAMERA = {
    "kind": "camera", "name": "ASI2600MM Pro", "driver": "indi", "state": "lost", "fed_by": "Camera 12 V",
    "away_seconds": 47, "tried": [{"how": "driver", "what": "", "seconds_ago": 20}],
    "next": {"how": "power", "what": "", "in_seconds": 10}, "able": [RESTART, POWER],
}  # fmt: skip


def well(kind: str, name: str) -> dict[str, Any]:
    return {
        "kind": kind, "name": name, "driver": "indi", "state": "open", "fed_by": "", "away_seconds": None,
        "tried": [], "next": None, "able": [RESTART],
    }  # fmt: skip


def item(name: str, text: str, **more: Any) -> dict[str, Any]:
    plain = {"form": "", "least": None, "most": None, "step": None}
    return {"name": name, "label": name.title().replace("_", " "), "text": text, **plain, **more}


def vector(name: str, kind: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    head = {"group": "Main Control", "state": "Ok", "perm": "rw", "rule": "", "said": "", "revision": 2}
    return {"name": name, "label": name.title(), "kind": kind, **head, **more, "items": list(items)}


def vectors() -> list[dict[str, Any]]:
    return [
        vector(
            "CONNECTION", "Switch", item("CONNECT", "On"), item("DISCONNECT", "Off"), rule="OneOfMany",
            label="Connection",
        ),
        vector(
            "EQUATORIAL_EOD_COORD", "Number", item("RA", "5.5881", form="%10.6m", least=0.0, most=24.0),
            item("DEC", "-5.3911", form="%10.6m", least=-90.0, most=90.0), state="Busy",
            label="Coordinates",
        ),
        vector("GUIDE_RATE", "Number", item("RATE", "0.5", form="%.2f", least=0.0, most=1.0, step=0.1)),
        vector("TELESCOPE_ABORT_MOTION", "Switch", item("ABORT", "Off"), rule="AtMostOne"),
        vector("MODES", "Switch", item("PARK_AT_END", "On"), item("BEEP", "Off"), rule="AnyOfMany"),
        vector("DEVICE_PORT", "Text", item("PORT", "/dev/ttyUSB0"), group="Connection", state="Idle"),
        vector("HEALTH", "Light", item("MOTORS", "Alert"), item("CLOCK", "Ok"), state="Alert", group="More"),
    ]  # fmt: skip


def kept(file: str, name: str, **more: Any) -> dict[str, Any]:
    return {"file": file, "name": name, "wrong": "", "used": False, "next": False, **more}


PROFILES = [
    kept("profile.toml", "Backyard", used=True, next=True), kept("wide.toml", "Wide field"),
    kept("old.toml", "Old rig", wrong="focsuer: old.toml has an unknown key"),
]  # fmt: skip
READINGS = [
    {"what": "rain", "value": "0.4 mm/h", "limit": "0 mm/h allowed", "beyond": True},
    {"what": "wind", "value": "3.1 m/s", "limit": "10 m/s allowed", "beyond": False},
]
SOURCES = [
    {
        "name": "Weather station", "level": "safety", "readings": READINGS, "clear_seconds": 900.0,
        "account": {
            "age": 4.0, "stale_after": 60.0, "clear_in": None,
            "doubts": [{"text": "rain, 0.4 mm/h", "counts_in": 0.0}],
        },
    },
    {
        "name": "Cloud sensor", "level": "conditions", "clear_seconds": 600.0,
        "readings": [{"what": "verdict", "value": "safe", "limit": "", "beyond": False}],
        "account": {"age": 2.0, "stale_after": 60.0, "clear_in": 240.0, "doubts": []},
    },
]  # fmt: skip
ANSWERS = [
    {
        "command": "open_roof", "what": "open the roof", "allowed": False, "always": False,
        "reason": "it is not safe", "advice": "Wait until it is safe; the safety line says what is not.",
    },
    {
        "command": "park", "what": "park the mount", "allowed": True, "always": True, "reason": "",
        "advice": "",
    },
]  # fmt: skip


class RigBox(Box):
    """Everything in the middle of something: a camera lost, rain, guiding, a lent focuser."""

    def __init__(self, preview: Path | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.indi, self.revision = vectors(), 2
        self.refuses: set[str] = set()
        super().__init__(preview)
        self.publish(*self.states())

    async def _api(self) -> Api:
        api = await super()._api()
        answers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "equipment": lambda _: {"devices": [CAMERA, well("mount", "EQ6-R"), well("focuser", "EAF")]},
            "profiles": lambda _: {"profiles": PROFILES, "folder": "/etc/nightbox"},
            "indi_devices": lambda _: self._devices(), "indi_properties": self._properties,
            "indi_set": self._set, "guide_steps": self._steps,
            "safety_sources": lambda _: self._sources(),
            "safety_interlock": lambda _: {"situation": self._situation(), "answers": ANSWERS},
            "safety_actions": lambda _: {"lists": [self._list()]},
        }  # fmt: skip
        for name, answer in answers.items():
            api.register(Command(name, f"{name}.", Anything, self._telling(answer)))
        done = ("device_recover", "profile_choose",
                "connect", "output", "guide_start", "guide_stop", "guide_pause",
                "guide_resume", "guide_dither", "lease_grant", "lease_take_back")  # fmt: skip
        for name in done:
            api.register(Command(name, f"{name}.", Anything, self._noting(name)))
        return api

    def _telling(self, answer: Callable[[dict[str, Any]], Any]) -> Callable[[Anything], Any]:
        async def run(asked: Anything) -> object:
            return answer(asked.model_dump())

        return run

    def _noting(self, name: str) -> Callable[[Anything], Any]:
        async def run(asked: Anything) -> str:
            self.asked.append((name, asked.model_dump()))
            if name in self.refuses:
                raise DeviceRefused("Mount", "it will not slew: the roof is closed", advice="Open it first.")
            return "done"

        return run

    def _devices(self) -> dict[str, Any]:
        if not self.indi:
            return {"available": False, "why": "None of this rig's devices is an INDI device.", "devices": []}
        mount = {"name": "EQMod", "kinds": ["mount"], "owner": "", "connected": True, "state": "Alert"}
        camera = {"name": "ZWO CCD", "kinds": ["camera"], "owner": "Nightbox's sequence", "connected": True}
        every = [mount, camera | {"state": "Ok"}]
        return {"available": True, "why": "", "devices": [one | {"properties": 6} for one in every]}

    def _properties(self, asked: dict[str, Any]) -> dict[str, Any]:
        new = [one for one in self.indi if one["revision"] > asked["since"]]
        return {
            "revision": self.revision, "whole": asked["since"] == 0, "gone": [], "properties": new,
            "lines": ["[INFO] EQMod is online.", "[WARNING] A motor is warm."],
        }  # fmt: skip

    def _set(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(("indi_set", asked))
        if "indi_set" in self.refuses:
            raise DeviceRefused("EQMod", "it will not slew: the roof is closed", advice="Open it first.")
        self.revision += 1
        one = next(one for one in self.indi if one["name"] == asked["property"])
        for member in one["items"]:
            wanted = asked["values"].get(member["name"], False if one["rule"] == "OneOfMany" else None)
            if wanted is not None:
                member["text"] = {True: "On", False: "Off"}.get(wanted, wanted)
        one["revision"] = self.revision
        return {"state": "Ok", "said": ""}

    def _steps(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Five minutes of steps every two seconds, with a dither, and a star that was lost."""
        now, blank = time.time(), {"what": "", "ra": 0.0, "dec": 0.0, "ra_ms": 0, "dec_ms": 0, "snr": 28.4}
        marks = {40: "dither", 46: "settled", 100: "star lost", 108: "guiding"}
        entries: list[dict[str, Any]] = []
        for number in range(1, 151):
            wave = {"ra": 0.4 * math.sin(number / 3), "dec": 0.3 * math.cos(number / 5)}
            extra: dict[str, Any] = {"what": marks[number]} if number in marks else wave
            entries.append({**blank, "number": number, "at": now - 2 * (150 - number), **extra})
        kept = [one for one in entries if not 100 < one["number"] < 108 and one["number"] > asked["after"]]
        rms = {"ra": 0.28, "dec": 0.21, "total": 0.35}
        return {"newest": 150, "unit": "arcsec", "profile": "Guidescope", "rms": rms, "entries": kept}

    def _sources(self) -> dict[str, Any]:
        return {
            "verdict": "unsafe", "reasons": ["Weather station: rain, 0.4 mm/h"], "since": time.time(),
            "conditions": {"good": True, "reasons": []}, "watching": True, "sources": SOURCES,
            "guardian": {"watches": True, "silence_seconds": 20.0, "did": ""},
        }  # fmt: skip

    def _situation(self) -> dict[str, Any]:
        flags = dict.fromkeys(("daylight", "daylight_asked", "battery_low", "stopped_by_hand"), False)
        return {"roof": "closed", "park_sensor": "pressed", "mount": "parked", "verdict": "unsafe", **flags}

    def _list(self) -> dict[str, Any]:
        steps = ["park the mount, within 2 min; if it fails, call a person and go on", "close the roof"]
        return {
            "name": "unsafe", "title": "When it becomes unsafe", "of_profile": False,
            "longest_seconds": 300.0, "steps": steps,
        }  # fmt: skip

    @staticmethod
    def states() -> tuple[State, ...]:
        heaters = (
            OutputNow("Heater", "Dew heater", "dew", 45.0, "3.3 °C above the dew point", 3.3, 60.0, True),
            OutputNow("Camera 12 V", "Camera 12 V", "on", 100.0, "", None, 0.0, True),
            OutputNow("Flat 12 V", "Flat panel", "off", None, "no answer within 30 s", 1.2, 0.0, True),
        )
        parts = ("start", "stop", "park", "status_light", "display")
        owned = (
            Owned("EAF", "192.168.1.20", By.CLIENT, "192.168.1.20", True),
            Owned("ASI2600MM Pro", "Nightbox's sequence", By.PROCEDURE),
        )
        names = {"camera": "ASI2600MM Pro", "mount": "EQ6-R", "focuser": "EAF"}
        return (
            OutputsState(source="outputs", outputs=heaters),
            LeasesState(source="leases", devices=owned, clients=("192.168.1.20",)),
            RigState(source="rig", devices=tuple(Held(kind, name, True) for kind, name in names.items())),
            SafetyState(source="safety", safe=False, reasons=("Weather station: rain, 0.4 mm/h",)),
            ConditionsState(source="conditions", good=True),
            GuidingNow(source="guider", doing="guiding", rms_px=0.2, rms_arcsec=0.35),
            PanelState(
                source="panel", parts=parts, working=parts[:4], down=("park",), light="unsafe", mode="normal",
                lines=("UNSAFE         22:41", "Weather station:", "rain, 0.4 mm/h", "sub 12/60"),
            ),
        )  # fmt: skip

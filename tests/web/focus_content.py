"""A believable moment of focusing, as messages and answers: for browser tests and the pictures in docs."""

import asyncio
import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydantic import ConfigDict

from appliance.api import Api, Arguments, Command
from appliance.box.focusing.trend import FocusTrend, TrendPoint
from appliance.bus import Message
from appliance.byhand.look_messages import FocusLook
from appliance.errors import BadCommand
from appliance.focus.messages import CurvePoint, FocusState
from appliance.focus.triggers import FocusTriggers
from appliance.focus.wizards import FocusWizard, Proposal
from appliance.imaging.close_up import Star
from appliance.sequence.vitals import FocuserState
from tests.web.fake_box import Box
from tests.web.night_content import BEST, LOWEST, devices, focus_done, guarded, hfr_at

COMMANDS = (
    "focus_look", "focuser", "focuser_move", "focuser_stop", "focus_cancel", "autofocus", "focus_asap",
    "focus_pause", "focus_resume", "focus_change", "focus_offer", "focus_take_over", "focus_calibrate",
    "focus_learn", "focus_backlash",
)  # fmt: skip
RUNS = 23


class Anything(Arguments):
    model_config = ConfigDict(extra="allow", frozen=True)


class FocusBox(Box):
    """Notes what it is asked as (name, arguments); what is in `refused` it refuses."""

    def __init__(self, star: Path | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refused: set[str] = set()
        self.offered = True
        super().__init__()
        self.api.star = star

    async def _api(self) -> Api:
        api = await super()._api()
        questions = {
            "focus_overview": lambda _: overview(offered=self.offered), "focus_history": history,
            "focus_run": past_run, "focus_log": lambda _: "utc,what\n2026-11-20,focus\n",
        }  # fmt: skip
        for name, answer in questions.items():
            api.register(Command(name, f"{name}.", Anything, self._question(answer)))
        for name in COMMANDS:
            api.register(Command(name, f"{name}.", Anything, self._noted(name)))
        return api

    def _question(self, answer: Callable[[dict[str, Any]], object]) -> Callable[[Anything], Any]:
        async def run(asked: Anything) -> object:
            return answer(asked.model_dump())

        return run

    def _noted(self, name: str) -> Callable[[Anything], Any]:
        async def run(asked: Anything) -> object:
            await asyncio.sleep(0)
            if name in self.refused:
                raise BadCommand(name, "sequence is still running", advice="Press Stop first.")
            self.asked.append((name, asked.model_dump()))
            self.offered = self.offered and name != "focus_offer"
            return {"kept": True}

        return run


def overview(*, offered: bool = True) -> dict[str, Any]:
    curve = {"kind": "hyperbola", "hfr": 1.86, "breadth": 979.0, "slope": 0.0019, "runs": 7, "error": 0.012}
    moves = [
        {"at": time.time() - 1500 * n, "why": "temperature", "origin": BEST + 24 * n,
         "position": BEST + 24 * n - 24, "celsius": 3.4 + 0.6 * n, "filter": "L"} for n in range(1, 5)
    ]  # fmt: skip
    offers = [
        {"key": "focus.temperature.steps_per_celsius", "filter": "", "told": -38.0, "set_to": -42.1,
         "against": "", "found": {"value": -42.1, "error": 1.3, "runs": RUNS}, "sentence": ""},
        {"key": "focus.filters.offsets.R", "filter": "R", "told": None, "set_to": 84, "against": "L",
         "found": {"value": 84.0, "error": 9.0, "runs": 6}, "sentence": ""},
    ]  # fmt: skip
    table = [
        {"name": "L", "offset": 0, "factor": 1.0, "runs": 12, "found": None,
         "curve": {**curve, "trusted": True}},
        {"name": "R", "offset": None, "factor": 2.0, "runs": 6,
         "found": {"value": 84.0, "error": 9.0, "runs": 6},
         "curve": {**curve, "hfr": 1.94, "runs": 1, "trusted": False}},
        {"name": "Ha", "offset": -112, "factor": 6.0, "runs": 0, "found": None, "curve": None},
    ]  # fmt: skip
    return {
        "focuser": {"name": "Focuser", "backlash": 120, "travel": [0, 60_000], "position": BEST},
        "settings": {
            "method": "sweep", "step": 550, "points": 9, "overshoot": 400, "seconds": 4.0, "binning": 1,
            "min_stars": 3, "validation_percent": 10.0, "smart": True, "keep_frames": False, "measure": "hfr",
        },
        "filters": {"in_use": "L", "focus_in": "", "reference": "L", "table": table},
        "compensation": {
            "source": "auto", "every_seconds": 60.0, "readings": 5, "steps_per_celsius": -38.0,
            "compensate": "between subs", "min_celsius": 0.5, "moves": moves,
            "found": {"value": -42.1, "error": 1.3, "runs": RUNS},
        },
        "triggers": {
            "start": True, "resume": True, "filter_change": "new", "flip": True, "centring": False,
            "subs": 10, "minutes": 90.0, "celsius": 2.0, "readings": 5, "hfr_percent": 15.0,
        },
        "offers": offers if offered else [],
        "runs": RUNS,
    }  # fmt: skip


def history(asked: dict[str, Any]) -> dict[str, Any]:
    before = asked.get("before") or RUNS + 1
    older = [number for number in range(RUNS, 0, -1) if number < before]
    return {
        "runs": [one_of(number) for number in older[: asked.get("count", 20)]],
        "more": len(older) > asked.get("count", 20), "total": RUNS,
    }  # fmt: skip


def one_of(number: int) -> dict[str, Any]:
    ended = time.time() - (RUNS - number) * 5400 - 900
    failed = number == RUNS - 2
    return {
        "id": number, "started": ended - 110, "ended": ended,
        "reason": "temperature" if number % 3 else "start", "filter": "LR"[number % 2],
        "position": None if failed else BEST + 9 * number, "hfr": None if failed else 1.86,
        "goodness": None if failed else 0.99, "method": "sweep", "exposures": 10, "celsius": 3.0 + number / 8,
        "failure": "The star sizes along the sweep do not form a valley." if failed else None,
        "plan": "Pleiades, first light",
    }  # fmt: skip


def past_run(asked: dict[str, Any]) -> dict[str, Any]:
    state = focus_rejected()
    points = [
        {"position": p.position, "hfr": p.hfr, "stars": p.stars, "used": p.used, "why": p.why}
        for p in state.points
    ]
    return {
        **one_of(asked["id"]),
        "points": points,
        "model": {},
        "curve": [list(place) for place in state.curve],
    }


def focus_rejected() -> FocusState:
    """A whole run: two samples that do not count, one without stars, a frame that confirms it."""
    done = focus_done()
    points = list(done.points)
    points[7] = CurvePoint(points[7].position, points[7].hfr, points[7].stars, used=False, why="outlier")
    points.insert(0, CurvePoint(BEST - 2790, 6.1, 22, used=False, why="wing"))
    return FocusState(
        source="focus", phase="done", reason="temperature", filter="L", points=tuple(points), total=11,
        curve=done.curve, best_position=BEST, best_hfr=1.88, goodness=0.994, method="sweep", start=BEST + 322,
        expected=BEST - 96.0, predicted_hfr=LOWEST, check=CurvePoint(BEST, 1.88, 184), lost=(BEST + 2710,),
    )  # fmt: skip


def focus_growing(points: int = 4) -> FocusState:
    whole = focus_rejected()
    return FocusState(
        source="focus", phase="sampling", reason="asked for", filter="L",
        points=whole.points[-points:] if points else (), total=9, method="sweep",
        start=BEST + 322, expected=BEST - 96.0,
    )  # fmt: skip


def looking(frame: int = 14, **changes: Any) -> FocusLook:
    sigma, height = 2.1, 31_000.0
    radii = [0.3 * n + 0.15 for n in range(24)]
    values: dict[str, Any] = {
        "running": True, "frame": frame, "seconds": 2.0, "hfr": 2.31, "fwhm": 4.58, "stars": 146,
        "saturated": 2, "star": Star(412.3, 288.9, 2.26, 4.51, 32_410), "picture": frame, "position": BEST,
        "celsius": 3.4,
        "profile": tuple((r, height * math.exp(-(r**2) / (2 * sigma**2))) for r in radii), **changes,
    }  # fmt: skip
    return FocusLook(source="focus", **values)


def trend_of_frames() -> FocusTrend:
    frames = []
    for n in range(64):
        position = BEST + 1100 - 137 * min(n // 6, 8)
        hfr = hfr_at(position) + 0.06 * math.sin(n * 2.3)
        frames.append(TrendPoint(time.time() - (64 - n) * 3, hfr, position, 3.6 - n * 0.003, sub=n < 6))
    return FocusTrend(source="focus", frames=tuple(frames))


def triggers(**changes: Any) -> FocusTriggers:
    values: dict[str, Any] = {
        "marker": "armed", "readings": 5, "wanted": 5, "celsius": 3.4, "reference": 4.7, "subs": 6,
        "since": time.time() - 41 * 60, "every_subs": 10, "every_minutes": 90.0, "on_celsius": 2.0,
        "on_hfr_percent": 15.0, "hfr_percent": 4.2, **changes,
    }  # fmt: skip
    return FocusTriggers(source="focus", **values)


def wizard(phase: str = "done") -> FocusWizard:
    if phase == "running":
        doing = "V-curve inwards, taking up 400 steps"
        return FocusWizard(source="focus", wizard="backlash measurement", phase=phase, doing=doing, samples=6)
    proposals = (
        Proposal("focus", "overshoot", 190, "half as large again as the backlash; its sign is kept"),
        Proposal("focuser", "backlash", 124, "118 ± 3 steps measured"),
    )
    lines = (
        "Backlash: 118 ± 3 steps. For the profile:",
        "[focus]",
        "overshoot = 190   # half as large again",
    )
    return FocusWizard(
        source="focus",
        wizard="backlash measurement",
        phase=phase,
        samples=36,
        result=lines,
        proposals=proposals,
    )


def evening() -> list[Message]:
    focuser = FocuserState(source="focuser", position=BEST, celsius=3.4)
    return [
        *devices(),
        *guarded(),
        focuser,
        looking(),
        trend_of_frames(),
        focus_rejected(),
        triggers(),
        wizard(),
    ]


def star_picture() -> bytes:
    """A star on noise, each pixel a square, as the box makes it."""
    rows, columns = np.indices((17, 17)) - 8
    rng = np.random.default_rng(3)
    light = 46 + 6 * rng.standard_normal((17, 17)) + 260 * np.exp(-(rows**2 + (columns - 0.3) ** 2) / 9)
    picture = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).resize(
        (256, 256), Image.Resampling.NEAREST
    )
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()

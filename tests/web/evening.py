"""A box in the middle of a night under a real sky, for the screen of Tonight: answers and messages."""

import time
from pathlib import Path
from typing import Any

from appliance.api import Api, Arguments, Command
from appliance.box.altitudes import drawn_sky
from appliance.box.checklist import Check, Checklist
from appliance.box.night_log import Page
from appliance.box.refusals import Refusal, Refusals
from appliance.box.reports import Nights, Which
from appliance.bus import Message
from appliance.plan import Plan
from appliance.safety.messages import Measured, PowerState, WeatherState
from appliance.sequence.checks import resolve
from appliance.sequence.messages import NextEvent
from appliance.sequence.tonight import tonight
from hardware.devices import Site
from tests.web.fake_box import Box

HOUR = 3600.0
STEP = {"filter": "L", "seconds": 300.0, "count": 40}
TARGETS = [{"name": name, "step": [STEP]} for name in ("NGC 7000", "M 31", "M 45")]
PLAN = Plan.model_validate({"name": "Autumn", "target": TARGETS})


def site() -> Site:
    """Where it is nine in the evening by the Sun now."""
    utc_hours = time.time() / HOUR % 24
    return Site(47.0, ((21.0 - utc_hours) * 15.0 + 180.0) % 360.0 - 180.0)


def timeline() -> dict[str, Any]:
    """As the command `tonight` answers it, some hours after dusk."""
    now, place = time.time(), site()
    targets = resolve(PLAN, place, now)
    sky = tonight(PLAN, targets, place, now - 6 * HOUR)
    begins, ends = sky.dark.begins, sky.dark.ends
    half, flip = (now + ends) / 2, now + 1.4 * HOUR
    return {
        "plan": PLAN.name, "now": now, "sky": drawn_sky(PLAN, targets, place, sky),
        "taken": [
            {"target": "NGC 7000", "filter": "L", "begins": begins + 900, "ends": now - 2400, "count": 17},
            {"target": "M 31", "filter": "L", "begins": now - 2000, "ends": now - 60, "count": 6},
        ],
        "focused": [{"at": begins + 300, "filter": "L", "hfr": 1.9, "failure": ""},
                    {"at": now - 2200, "filter": "L", "hfr": None, "failure": "no stars"}],
        "flipped": [], "waited": [{"begins": begins + 5000, "ends": begins + 6800, "why": "Wait (clouds)"}],
        "stints": [{"index": 1, "begins": now, "ends": half}, {"index": 2, "begins": half, "ends": ends}],
        "flips": [{"at": flip, "target": "M 31"}],
        "coming": [
            {"kind": "flip", "what": "Meridian flip of M 31", "target": "M 31", "at": flip},
            {"kind": "target", "what": "M 45 begins", "target": "M 45", "at": half},
            {"kind": "dawn", "what": "Dawn", "target": "", "at": ends},
        ],
        "complete": False,
        "progress": [{"planned": 40, "saved": 17}, {"planned": 40, "saved": 6}, {"planned": 40, "saved": 0}],
    }  # fmt: skip


class EveningBox(Box):
    """Answers what the screen asks; `report` is the file of every night."""

    report: Path | None = None
    dark = True

    async def _api(self) -> Api:
        api = await super()._api()
        for name, kind, run in (
            ("tonight", Arguments, self._tonight), ("night_log", Page, self._log),
            ("nights", Nights, self._nights), ("night_report", Which, self._report),
        ):  # fmt: skip
            api.register(Command(name, f"{name}.", kind, run))
        return api

    async def _tonight(self, _: Arguments) -> dict[str, Any]:
        return timeline() if self.dark else {"plan": "Autumn", "now": time.time(), "sky": None}

    async def _log(self, page: Page) -> dict[str, Any]:
        self.done.append(f"log {page.before} {page.show}")
        line = {"level": "info", "source": "t", "code": "", "advice": "", "routine": False}
        newest = page.before or 120
        lines = [{**line, "id": n, "at": 1.7e9 + n, "text": f"earlier line {n}"}
                 for n in range(newest - 1, max(0, newest - 1 - page.count), -1)]  # fmt: skip
        return {"lines": lines, "before": newest - page.count if newest > page.count else 0}

    async def _nights(self, asked: Nights) -> dict[str, Any]:
        first = asked.before or 6
        night = {"plan": "Autumn", "subs": 34, "seconds": 10200.0, "targets": ["M 31", "M 45"]}
        outcomes = ["", "stopped", "complete", "failed", "incomplete", ""]
        found: list[dict[str, Any]] = [
            {**night, "run": n, "started": 1.79e9 + n * 86400, "ended": None, "outcome": outcomes[n]}
            for n in range(first - 1, max(0, first - 1 - asked.count), -1)
        ]  # fmt: skip
        return {"nights": found, "before": found[-1]["run"] if found[-1]["run"] > 1 else 0}

    async def _report(self, asked: Which) -> str:
        self.done.append(f"report {asked.run}")
        return str(self.report)


def ready() -> list[Message]:
    now = time.time()
    checks = (
        Check("power", "done", "On the mains, battery at 98 %.", now - 20),
        Check("rig", "done", "All 8 devices are connected.", where="/more/equipment"),
        Check("time", "done", "A time service has set the clock."),
        Check(
            "place",
            "not checked",
            "47.0° N, 11.6° E by the profile: is that here?",
            where="/more/place",
        ),
        Check("cover", "not fitted", "No cover that the box could open: take it off by hand."),
        Check("polar", "not checked", "Nobody has checked the polar alignment tonight.", where="/align"),
        Check("focus", "to do", "Not focused tonight; the night begins with a focus run.", where="/focus"),
        Check("target", "problem", "No target of the plan is up any more tonight.", where="/run"),
        Check("safety", "done", "Everything that watches says safe.", now - 3600),
        Check("disk", "done", "118.2 GB are free, the plan takes 5.9.", where="/more/files"),
    )
    return [Checklist(source="box", checks=checks)]


def weather(age: float = 12.0, rain: float = 0.0) -> WeatherState:
    values = (
        Measured("celsius", 7.4), Measured("humidity_percent", 81.0, safety=95.0, conditions=90.0),
        Measured("wind_m_s", 3.2, safety=12.0),
        Measured("gust_m_s", 6.8, conditions=6.0, beyond="conditions"),
        Measured("rain_mm_h", rain, safety=0.0, beyond="safety" if rain else ""),
        Measured("cloud_percent", 8.0, conditions=60.0), Measured("sky_quality", 21.3, conditions=19.0),
    )  # fmt: skip
    return WeatherState(source="weather", name="Weather", at=time.time() - age, values=values)


def around() -> list[Message]:
    power = PowerState(
        source="power", name="UPS", at=time.time(), mains=False, battery_percent=64.0, least_percent=20.0
    )
    flip = NextEvent(
        source="sequence", kind="flip", what="Meridian flip", target="M 31", at=time.time() + 1.4 * HOUR
    )
    refused = Refusals(
        source="box",
        commands=(
            Refusal("roof_close", "the telescope is moving", "Wait until it has ended, then try again."),
            Refusal("start", "it is not safe: Weather: rain 2.0 mm/h, 0 allowed", waits=True),
        ),
    )
    return [weather(), power, flip, refused]

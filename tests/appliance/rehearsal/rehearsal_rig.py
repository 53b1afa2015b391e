"""A small rig, a plan and a night for the rehearsal's tests; nothing is played here."""

from typing import Any

from appliance.journal import FocusRun, Line, Pointing, Run, Span, Sub, SubState
from appliance.plan import Plan
from appliance.profile import CLEARS, Profile
from appliance.sequence.checks import resolve
from appliance.sequence.tonight import Tonight, tonight
from appliance.sky.catalogue import Target
from appliance.surfaces.report import Night
from hardware.devices import Site

SITE = Site(48.1, 11.6, 520.0)
EVENING = 1_795_188_600.0  # 2026-11-20 15:30 UTC, sunset
DUSK = 1_795_193_000.0  # nautical

INDI: dict[str, Any] = {
    "name": "Backyard",
    "site": {"name": "Garden", "latitude_deg": 48.1, "longitude_deg": 11.6, "elevation_m": 520.0},
    "telescope": {"focal_length_mm": 400.0, "aperture_mm": 80.0},
    "mount": {"name": "EQMod Mount"},
    "camera": {"name": "ASI2600", "celsius": -10.0},
    "focuser": {"name": "EAF"},
    "filter_wheel": {"name": "EFW"},
}


DOME = {"name": "Dome", "clears_telescope": CLEARS}


def profile(**changes: Any) -> Profile:
    """The rig on INDI, with some tables changed or added."""
    return Profile.model_validate(INDI | changes)


def step(filter_: str = "L", seconds: float = 120.0, count: int = 10, **more: Any) -> dict[str, Any]:
    return {"filter": filter_, "seconds": seconds, "count": count, **more}


def plan(*targets: tuple[str, list[dict[str, Any]]], **changes: Any) -> Plan:
    """Targets by name with their steps; 30° is the least altitude."""
    wanted = [{"name": name, "min_altitude_deg": 30.0, "step": steps} for name, steps in targets]
    return Plan.model_validate({"name": "Autumn", "target": wanted, **changes})


def night_of(work: Plan) -> tuple[tuple[Target, ...], Tonight]:
    targets = resolve(work)
    return targets, tonight(work, targets, SITE, EVENING)


def taken(number: int, at: float, *, filter_: str = "L", state: SubState = SubState.SAVED) -> Sub:
    return Sub(
        id=number, run=1, step_key=f"M33: {filter_} 120s bin1", number=number, target="M 33",
        filter=filter_, seconds=120.0, state=state, started=at, hfr=2.0 + number / 100,
    )  # fmt: skip


def played(work: Plan) -> Night:
    """Cool, slew, focus, centre; 3 subs in L; a flip; 2 more, one of them lost; an error; park."""
    at = DUSK

    def span(name: str, begins: float, seconds: float, outcome: str = "done") -> Span:
        return Span(run=1, name=name, started=at + begins, ended=at + begins + seconds, outcome=outcome)

    spans = [
        span("Cool the camera to -10 °C", 0, 300), span("Slew to M 33", 300, 40), span("Filter L", 340, 2),
        span("Autofocus in L (start)", 342, 90), span("Centre on M 33", 432, 30),
        span("Meridian flip of M 33", 1000, 60), span("Park the mount", 1400, 30, "failed"),
    ]  # fmt: skip
    focus = FocusRun(run=1, reason="start", filter="L", started=at + 342, ended=at + 432, position=5990,
                     hfr=1.87, goodness=0.99)  # fmt: skip
    looks = [
        Pointing(
            run=1, target="M 33", at=at + 440 + 10 * n, attempt=n, error_arcsec=error, ra_deg=23, dec_deg=30
        )
        for n, error in enumerate((310.0, 4.2), start=1)
    ]  # fmt: skip
    subs = [taken(n, at + 500 + 130 * (n - 1)) for n in (1, 2, 3)]
    subs += [taken(4, at + 1100), taken(5, at + 1230, state=SubState.LOST)]

    def line(begins: float, text: str, source: str = "sequence", level: str = "info", code: str = "") -> Line:
        return Line(run=1, at=at + begins, level=level, source=source, text=text, code=code, advice="Look.")

    lines = [
        line(10, "M 33 is still below 30°: waiting for it to rise."),
        line(20, "Something usual."),
        line(342, "Focusing now: the night begins."),
        line(625, "Dithered", "dither"), line(1225, "Dithered", "dither"),
        line(1240, "Mount: it stalled.", level="error", code="device.failed"),
        line(1241, "Mount: it stalled.", level="error", code="device.failed"),
    ]  # fmt: skip
    run = Run(id=1, plan=work.name, plan_key="k", started=at - 600, ended=at + 1430, outcome="incomplete")
    return Night(
        run=run, subs=subs, focus_runs=[focus], focus_moves=[], looks=looks, spans=spans, lines=lines
    )  # fmt: skip

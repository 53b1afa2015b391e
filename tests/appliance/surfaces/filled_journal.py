"""A believable night in a journal: two targets, three filters, clouds, one interrupted sub."""

import math
import random
from pathlib import Path

from appliance.journal import FocusMove, FocusRun, Journal, Line, Pointing, Run, Span, Sub, SubState

DUSK = 1_760_644_800.0  # 2025-10-16 20:00 UTC


def hyperbola(position: float, best: float) -> float:
    return 1.86 * math.hypot(1.0, (position - best) / 980.0)


def focus_run(run: int, at: float, filter_: str, best: int) -> FocusRun:
    chance = random.Random(best)
    points = [
        {"position": p, "hfr": hyperbola(p, best) * chance.gauss(1, 0.015), "stars": 180 - n, "used": True}
        for n, p in enumerate(range(best - 2230, best + 2231, 550))
    ]
    points[6] |= {"hfr": points[6]["hfr"] + 1.4, "used": False}
    return FocusRun(
        run=run, reason="filter change", filter=filter_, started=at, ended=at + 96, position=best,
        hfr=1.86, goodness=0.9942, points=points,
        model={"kind": "hyperbola", "a": 1.86, "b": 980.0, "centre": float(best)},
    )  # fmt: skip


async def fill(path: Path) -> tuple[Journal, int]:
    """A journal with one finished run; returns it open, with the run's id."""
    journal = await Journal.open(path)
    run = await journal.add(Run(plan="Autumn galaxies <1>", plan_key="k", started=DUSK))
    chance = random.Random(4)
    at = DUSK

    async def bar(name: str, seconds: float, outcome: str = "done") -> None:
        nonlocal at
        await journal.add(Span(run=run, name=name, started=at, ended=at + seconds, outcome=outcome))
        at += seconds

    async def say(level: str, source: str, text: str, code: str = "", advice: str = "") -> None:
        await journal.add(
            Line(run=run, at=at, level=level, source=source, text=text, code=code, advice=advice)
        )

    await say("info", "rig", "Camera, mount, focuser and filter wheel are connected.")
    await bar("Cool the camera", 240)
    for target, ra, dec in (("M 31", 10.6847, 41.2690), ("NGC 7331", 339.2667, 34.4156)):
        await bar("Slew", 40)
        for attempt, error in enumerate((312.0, 21.5, 3.8), start=1):
            await journal.add(
                Pointing(
                    run=run, target=target, at=at, attempt=attempt, error_arcsec=error, ra_deg=ra, dec_deg=dec
                )
            )
            at += 9
        await say("info", "pointing", f"{target} is centred: 3.8″ off after 3 looks.")
        for filter_, best in (("L", 36710), ("Ha", 36842), ("OIII", 36805)):
            await journal.add(focus_run(run, at, filter_, best + int(ra)))
            await bar("Focus", 96)
            for number in range(1, 9):
                hfr = chance.gauss(1.95, 0.04) + (
                    0.9 if (target, filter_, number) == ("NGC 7331", "L", 5) else 0
                )
                await journal.add(
                    Sub(run=run, step_key=f"{target}{filter_}", number=number, target=target,
                        filter=filter_, seconds=180, state=SubState.SAVED, started=at,
                        file=f"{target}/{filter_}_{number:04}.fits",
                        hfr=hfr, stars=int(chance.gauss(400, 20)), ra_deg=ra, dec_deg=dec,
                        error_arcsec=abs(chance.gauss(4, 1.5)), focus_position=best, celsius=-10.0,
                        guide_arcsec=0.61 if target == "M 31" else None)
                )  # fmt: skip
                at += 188
    await journal.add(
        Sub(run=run, step_key="x", number=9, target="NGC 7331", filter="OIII", seconds=180,
            state=SubState.LOST, started=at)
    )  # fmt: skip
    await say("warning", "camera", "The camera was away for 12 s; the running sub is repeated.")
    await journal.add(
        FocusRun(run=run, reason="temperature", filter="OIII", started=at, ended=at + 80,
                 position=None, hfr=None, goodness=None, failure="The V-curve has no minimum.",
                 points=[{"position": 36000 + 500 * n, "hfr": 5.0 - n * 0.2, "stars": 20} for n in range(6)])
    )  # fmt: skip
    await journal.add(
        FocusMove(run=run, at=at - 600, why="temperature", filter="OIII", origin=36_805, position=36_817,
                  celsius=6.2)
    )  # fmt: skip
    await bar("Focus", 80, "failed")
    await say("error", "focus", "The V-curve has no minimum.", "focus.no_minimum", "Check for clouds & dew.")
    await bar("Park and warm", 150)
    await say("info", "mount", "Parked. Good night.")
    await journal.change(Run, run, ended=at, outcome="complete")
    return journal, run

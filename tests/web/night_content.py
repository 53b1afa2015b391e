"""A believable moment in a night, as messages: for the browser test and the README's picture."""

import math
import time

from appliance.bus import Alarm, Message, NeedsPerson, Said
from appliance.cli.rehearsing import Foreseen, Rehearsal
from appliance.focus.messages import CurvePoint, FocusState
from appliance.outputs.messages import OutputNow, OutputsState
from appliance.rig import Held, RigState
from appliance.safety.messages import ConditionsState, SafetyState
from appliance.sequence.guide_watch import GuidingNow
from appliance.sequence.messages import LastSub, SequenceState, SubSaved
from appliance.sequence.vitals import CameraState, DiskState, MountState, RoofNow
from hardware.devices import PierSide, RoofState

BEST, LOWEST, SLOPE = 36712, 1.86, 0.0019


def hfr_at(position: float) -> float:
    """A hyperbola like a real V-curve's."""
    return math.hypot(LOWEST, SLOPE * (position - BEST))


def focus_done() -> FocusState:
    noise = (0.04, -0.05, 0.03, 0.02, -0.02, 0.03, -0.04, 0.05, -0.03)
    points = [CurvePoint(BEST - 40 + step * 550, hfr_at(BEST - 40 + step * 550) + noise[step + 4], 180)
              for step in range(-4, 5)]  # fmt: skip
    points[7] = CurvePoint(points[7].position, points[7].hfr + 1.1, 41, used=False)
    curve = tuple((p, hfr_at(p)) for p in range(BEST - 2300, BEST + 2301, 100))
    return FocusState(
        source="focus", phase="done", reason="filter change", filter="L", points=tuple(points), total=9,
        curve=curve, best_position=BEST, best_hfr=LOWEST, goodness=0.994,
    )  # fmt: skip


def devices() -> list[Message]:
    names = {"camera": "CCD Simulator", "mount": "Telescope Simulator", "focuser": "Focuser Simulator",
             "wheel": "Filter Simulator"}  # fmt: skip
    return [
        CameraState(source="camera", celsius=-9.9, target_celsius=-10.0, cooler_percent=54.0),
        MountState(source="mount", ra_deg=56.75, dec_deg=24.12, alt_deg=61.3, az_deg=143.0, tracking=True,
                   parked=False, pier_side=PierSide.WEST),
        GuidingNow(source="guider", doing="guiding", rms_px=0.31, rms_arcsec=0.62),
        DiskState(source="disk", free_bytes=118_400_000_000),
        OutputsState(source="outputs", outputs=(
            OutputNow("Heater", "Dew heater", "dew", 45.0, "3.3 °C above the dew point"),
            OutputNow("Camera 12 V", "Camera 12 V", "off", 0.0, ""),
        )),
        RigState(source="rig", devices=tuple(Held(k, n, True) for k, n in names.items())),
    ]  # fmt: skip


def subs() -> list[Message]:
    hfrs = (1.97, 1.95, 1.96, 1.99, 1.93, 1.91, 1.94)
    saved = [
        SubSaved(source="sequence", number=n, target="M 45", filter="L", file=f"M45_L_{n:04}.fits",
                 seconds=120.0, hfr=hfr, stars=412 - n, error_arcsec=4.2)
        for n, hfr in enumerate(hfrs, start=1)
    ]  # fmt: skip
    last = LastSub(source="sequence", number=7, target="M 45", filter="L", file="M45_L_0007.fits",
                   hfr=1.94, stars=405, error_arcsec=4.2)  # fmt: skip
    return [*saved, last]


def said() -> list[Message]:
    lines = (
        ("rig", "Camera, mount, focuser and filter wheel are connected.", "info"),
        ("camera", "Sensor at −10.0 °C after 4 min.", "info"),
        ("pointing", "M 45 is centred: 4.2″ off after 2 looks.", "info"),
        ("focus", "One point of the focus run was left out: a passing cloud.", "warning"),
        ("focus", "In focus at 36 712, HFR 1.86 px.", "info"),
        ("sequence", "Dithered by 5 px, settled in 3 s.", "info"),
    )
    return [Said(source=source, text=text, level=level) for source, text, level in lines]


def running(filter_: str = "L", phase: str = "running", exposing: bool = True) -> SequenceState:
    now = time.time()
    return SequenceState(
        source="sequence", phase=phase, plan="Pleiades, first light", doing="Exposing sub 8 of 12",
        target="M 45", filter=filter_, done=7, total=24,
        exposing_since=now - 37 if exposing else None, exposing_until=now + 83 if exposing else None,
    )  # fmt: skip


def rehearsed() -> Rehearsal:
    return Rehearsal(
        source="rehearsal", phase="done", good=False, planned=61, expected=36, page=True,
        verdict="The plan needs correction: 1 serious problem is foreseen; 36 of 61 subs are expected.",
        problems=(
            Foreseen("The wheel has no filter 'Foo'.", "Correct the plan.", serious=True),
            Foreseen("M 33 can be used for 33 min tonight.", "Take fewer subs.", serious=False),
        ),
    )  # fmt: skip


def guarded() -> list[Message]:
    return [
        SafetyState(source="safety", safe=True, since=time.time() - 3600),
        ConditionsState(source="conditions", good=True),
        RoofNow(source="roof", roof=RoofState.OPEN),
        Alarm(source="safety"),
    ]


def in_trouble() -> list[Message]:
    why = (
        "the roof is not closed 300 s after it became unsafe (Weather: it rains 2.0 mm/h): Roof: it is stuck."
    )
    return [
        SafetyState(source="safety", safe=False, reasons=("Weather: it rains 2.0 mm/h",), since=time.time()),
        ConditionsState(source="conditions", good=False, reasons=("Cloud sensor: clouds",)),
        RoofNow(source="roof", roof=RoofState.UNKNOWN),
        Alarm(source="safety", text=why),
        NeedsPerson(source="startup", text="Polar aligned?", answers=("yes", "no"), since=time.time()),
    ]


def full_night() -> list[Message]:
    return [*devices(), *guarded(), *said(), focus_done(), *subs(), running()]

"""Flats and darks in the timeline of a rehearsed night: bars, not subs."""

from dataclasses import replace

from appliance.journal import Span, Sub, SubState
from appliance.rehearsal.deeds import deeds
from tests.appliance.rehearsal.rehearsal_rig import DUSK, plan, played, step

WORK = plan(("M33", [step(count=10)]))


def test_flats_and_darks_are_bars_with_their_count() -> None:
    night = played(WORK)
    before = [entry for entry in deeds(night) if entry.kind == "subs"]
    bar = Span(run=1, name="Sky flats in Ha", started=DUSK - 900, ended=DUSK - 800, outcome="done")
    empty = replace(bar, name="Darks of 60 s (3)", started=DUSK - 700, ended=DUSK - 600)
    flats = [
        Sub(
            run=1, step_key="f", number=number, target="Flat", filter="Ha", seconds=0.5 + number,
            state=SubState.SAVED, started=DUSK - 890 + 10 * number, kind="flat",
        )
        for number in range(4)
    ]  # fmt: skip
    lost = replace(flats[0], state=SubState.LOST, started=DUSK - 895)
    told = deeds(replace(night, subs=[lost, *flats, *night.subs], spans=[bar, empty, *night.spans]))
    details = {entry.what: entry.detail for entry in told}
    assert details["Sky flats in Ha"] == "1 min 40 s, 4 of 0.5 to 3.5 s"
    assert details["Darks of 60 s (3)"].endswith("none kept")
    assert [entry for entry in told if entry.kind == "subs"] == before

"""Every problem that can be known before, and those found in what was played."""

from appliance.imaging.disk import sub_bytes
from appliance.journal import Line
from appliance.profile import PowerSection
from appliance.rehearsal import foresight, hindsight
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.timeline import Expected
from appliance.sequence.space import bytes_needed
from tests.appliance.rehearsal.rehearsal_rig import DOME, SITE, night_of, plan, profile, step


def test_every_target_that_never_rises_is_told_and_left_out() -> None:
    work = plan(("NGC 104", [step()]), ("M33", [step()]), ("NGC 2070", [step()]))
    targets, night = night_of(work)
    found = foresight.outlook(work, targets, ("L",), night, SITE)
    assert [one.code for one in found.problems] == ["plan.never_up"] * 2
    assert all(one.serious for one in found.problems)
    assert "NGC 104" in found.problems[0].sentence
    assert "30°" in found.problems[0].sentence
    assert found.kept == (1,)
    assert found.plan is not None
    assert [target.name for target in found.plan.sky] == ["M33"]


def test_a_filter_that_the_wheel_lacks_is_told_once_and_its_steps_left_out() -> None:
    work = plan(("M33", [step("L"), step("Foo")]), ("M45", [step("Foo")]))
    targets, night = night_of(work)
    found = foresight.outlook(work, targets, ("L", "R"), night, SITE)
    assert [one.code for one in found.problems] == ["plan.no_such_filter"]
    assert "'Foo'" in found.problems[0].sentence
    assert "L, R" in found.problems[0].remedy
    assert found.plan is not None
    assert [[one.filter for one in target.step] for target in found.plan.sky] == [["L"]]
    alone = foresight.outlook(work, targets, ("R",), night, SITE)
    assert alone.plan is None
    assert alone.kept == ()


def test_filters_without_a_wheel() -> None:
    assert foresight.missing_filters(plan(("M33", [step("L")])), None) == []
    found = foresight.missing_filters(plan(("M33", [step("L"), step("Ha")])), None)
    assert [one.serious for one in found] == [True]


def test_a_window_that_is_too_short() -> None:
    work = plan(("M33", [step(count=1000)]), ("M45", [step(count=5)]))
    targets, night = night_of(work)
    found = foresight.short_windows(work, targets, night)
    assert [one.code for one in found] == ["plan.window"]
    assert "M 33" in found[0].sentence
    assert not found[0].serious
    # Above 71° it can be used for less than one sub of two hours.
    high = work.model_copy(update={"target": (work.target[0].model_copy(update={"min_altitude_deg": 71.0}),)})
    long = plan(("M33", [step(seconds=7200, count=1)]))
    hopeless = foresight.short_windows(long, targets[:1], night_of(high)[1])
    assert [one.serious for one in hopeless] == [True]


def test_subs_longer_than_the_flip_window() -> None:
    work = plan(("M33", [step(seconds=1200, count=5)]), ("M13", [step(seconds=1200, count=5)]))
    targets, night = night_of(work)
    found = foresight.flips(work, targets, profile(), night, SITE)
    # M 13 sets before it: only M 33 meets the meridian.
    assert [one.code for one in found] == ["plan.flip"]
    assert "M 33" in found[0].sentence
    assert "20:49 UTC" in found[0].sentence
    assert foresight.flips(work, targets, profile(flip={"enabled": False}), night, SITE) == []
    wide = profile(flip={"after_minutes": 5, "latest_minutes": 40})
    assert foresight.flips(work, targets, wide, night, SITE) == []


def test_the_disk() -> None:
    work = plan(("M33", [step(count=10), step("Ha", count=2, binning=2)]))
    needed = bytes_needed(work, 6248, 4176)
    assert needed == 10 * sub_bytes(6248, 4176) + 2 * sub_bytes(3124, 2088)
    assert foresight.disk(needed, needed + 300_000_000, "here") == []
    found = foresight.disk(needed, needed, "/card")
    assert [one.code for one in found] == ["storage.full"]
    assert "/card" in found[0].sentence
    assert found[0].serious


def test_the_battery() -> None:
    assert foresight.battery(None, 100, 36000) == []
    assert foresight.battery(PowerSection(watts=30), 100, 36000) == []
    assert foresight.battery(PowerSection(watts=30, battery_wh=301), 100, 36000) == []
    (found,) = foresight.battery(PowerSection(watts=30, battery_wh=150), 100, 36000)
    assert (found.code, found.serious) == ("power.battery", True)
    assert "holds 150 Wh: it is empty after 5 h 00 min." in found.sentence


def test_a_battery_that_is_not_full() -> None:
    (found,) = foresight.battery(PowerSection(watts=30, battery_wh=400), 35, 36000)
    assert "holds 140 Wh (35 % of 400): it is empty after 4 h 40 min." in found.sentence


def test_a_battery_behind_the_mains_is_worth_a_note() -> None:
    """The rehearsal assumes the mains, and says so."""
    (found,) = foresight.battery(PowerSection(name="UPS", watts=40, battery_wh=100), 100, 36000)
    assert not found.serious
    assert "without the mains it is empty after 2 h 30 min." in found.sentence


def test_the_roof() -> None:
    opened = plan(("M33", [step()]), close_roof_at_end=False)
    assert foresight.roof(opened, profile()) == []
    assert [one.serious for one in foresight.roof(opened, profile(roof=DOME))] == [True]
    assert foresight.roof(plan(("M33", [step()])), profile(roof=DOME)) == []
    assert [one.code for one in hindsight.roof(True, meant=False)] == ["roof.open"]
    assert hindsight.roof(True, meant=True) == hindsight.roof(False, meant=False) == []


def test_what_is_not_taken() -> None:
    expected = [
        Expected("M 33", "L", 120, 10, 10),
        Expected("M 33", "", 120, 10, 4),
        Expected("M 45", "L", 60, 5, 0),
    ]
    found = hindsight.unfinished(expected)
    assert [one.serious for one in found] == [False, True]
    assert found[0].sentence == "M 33 in no filter: 6 of 10 subs of 120 s are not taken tonight."


def test_what_was_said() -> None:
    def line(at: float, level: str, code: str, text: str) -> Line:
        return Line(run=1, at=at, level=level, source="x", text=text, code=code, advice="Do this.")

    found = hindsight.said([
        line(60, "warning", "solve.failed", "No stars."), line(120, "info", "", "All well."),
        line(180, "warning", "solve.failed", "No stars again."),
        line(240, "error", "device.failed", "Stuck."), line(300, "warning", "", "Without a code."),
    ])  # fmt: skip
    assert [(one.code, one.serious) for one in found] == [("solve.failed", False), ("device.failed", True)]
    assert found[0].sentence == "At 00:01 UTC: No stars. (2 times)"
    assert found[0].remedy == "Do this."


def test_a_broken_invariant_and_a_night_without_end() -> None:
    found = hindsight.breaches([Breach("safe end", 60.0, "the roof is open")])
    assert found[0].serious
    assert found[0].code == "invariant.safe_end"
    assert "The night ends safe" in found[0].sentence
    assert [one.code for one in hindsight.outcome("endless")] == ["night.endless"]
    assert hindsight.outcome("complete") == hindsight.outcome("incomplete") == []

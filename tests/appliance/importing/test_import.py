"""Plans of other programs: what comes over, and that nothing is dropped without a word."""

import re
from pathlib import Path

import pytest

from appliance.errors import BadInput
from appliance.importing import Imported, import_plan
from appliance.plan import (
    DarkFrames,
    PanelFlats,
    Script,
    SkyFlats,
    Step,
    Target,
    Wait,
    expanded,
    read_plan,
    written,
)
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000

FILES = Path(__file__).parent / "files"


def beside(name: str) -> str | None:
    file = FILES / name
    return file.read_text(encoding="utf-8") if file.is_file() else None


def imported(name: str, zone: str = "") -> Imported:
    return import_plan((FILES / name).read_text(encoding="utf-8"), name.rpartition(".")[0], zone, beside)


def targets(found: Imported) -> dict[str, Target]:
    return {one.name: one for one in expanded(found.plan).sky}


def says(found: Imported, *words: str) -> bool:
    return any(all(word in line for word in words) for line in found.left_out)


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda file: file.name)
def test_written_and_read_it_is_the_same_plan(file: Path, tmp_path: Path) -> None:
    found = imported(file.name)
    path = tmp_path / "plan.toml"
    path.write_text(written(found.plan), encoding="utf-8")
    assert read_plan(path) == found.plan
    assert expanded(found.plan).target
    assert len(set(found.left_out)) == len(found.left_out)


def test_ccdciels_targets() -> None:
    found = imported("autumn.targets", "+01:00")
    plan = found.plan
    assert (plan.repeat, plan.clear_on_repeat, plan.begin, plan.end) == (2, False, "dusk", "04:45:00+01:00")
    assert (plan.cool, plan.unpark, plan.park_at_end, plan.warm_at_end) == (True, False, True, False)
    flats, m33, moon, ngc, script = plan.target
    assert flats == SkyFlats(do="sky flats", twilight="dusk", filters=("L", "R"), count=12, binning=2)
    assert isinstance(m33, Target)
    assert (m33.ra_deg, m33.dec_deg, m33.position_angle_deg) == (23.462083, 30.659722, 45.0)
    assert (m33.begin, m33.end, m33.fully_dark, m33.wait) == ("", "23:30:00+01:00", True, False)
    assert m33.template == "LR"
    assert targets(found)["M 33"].step == (
        Step(description="Luminance", filter="L", seconds=120, count=20, dither_every=3, focus_before=True,
             focus_every=10),
        Step(filter="R", seconds=60.5, count=5, stack=4, binning=2, gain=120, offset=30, dither_every=0),
    )  # fmt: skip
    assert isinstance(moon, Target)
    assert (moon.move, moon.begin, moon.repeat) == (False, "02:15:00+01:00", 30)
    assert (moon.interval_seconds, moon.preview_seconds) == (90, 0.5)
    assert isinstance(ngc, Target)
    assert (ngc.begin, ngc.end, ngc.centre, ngc.template) == ("meridian-01:30", "", False, "LR")
    assert ngc.step[0].filter == "Ha"  # the template changed for this target
    assert script == Script(do="script", file=Path("/home/pi/scripts/report.py"), arguments=("a", "b"))


def test_what_ccdciels_targets_have_and_ours_not() -> None:
    assert set(imported("autumn.targets", "+01:00").left_out) == {
        "Startup: StartScript roof open: bring the program along and name it in [script]",
        "Termination: NextSequence = tomorrow",
        "Target 2 (M 33): MoonAvoidance = True",
        "Target 2 (M 33), step 1: Done = 4",
        "Target 2 (M 33), step 2: a script step (beep): a plan has it between targets only",
        "Target 3 (Moon): focuses at a bright star: choose its focus_star_magnitude",
        "Target 3 (Moon): SolarTracking = True",
        "Target 4 (NGC 7000): InitScriptName lights_off: bring the program along and name it in [script]",
    }


def test_ccdciels_older_files_name_plans_beside_them() -> None:
    found = imported("old.targets")
    assert [step.count for step in targets(found)["M 13"].step] == [8, 3]
    assert says(found, "M 92", "lost.plan, which is not beside the file")
    assert says(found, "M 13", "coordinates of the date")


def test_a_plan_file_of_ccdciel() -> None:
    found = imported("rgb.plan")
    (target,) = found.plan.sky
    assert not target.move
    assert target.step[1].frame == "dark"
    assert says(found, "step 2", "CaptureScript = x.py")


def test_ekos_scheduler_list() -> None:
    found = imported("night.esl", "-05:00")
    plan = found.plan
    assert (plan.night, plan.focus_every_minutes, plan.focus_on_celsius) == ("astronomical", 45, 1.5)
    assert (plan.focus_on_hfr_percent, plan.focus_after_flip) == (12, False)
    assert (plan.unpark, plan.park_at_end, plan.close_roof_at_end, plan.warm_at_end) == (
        True,
        True,
        False,
        True,
    )
    assert plan.script.start is not None
    assert plan.script.start.file == Path("/home/me/on.sh")
    veil, heart = targets(found)["Veil"], targets(found)["Heart"]
    assert (veil.ra_deg, veil.dec_deg, veil.position_angle_deg) == (311.25, 30.7, 30)
    assert (veil.begin, veil.repeat, veil.min_altitude_deg) == ("meridian-01:30", 3, 35)
    assert (veil.focus_first, veil.centre) == (True, True)
    assert (heart.begin, heart.end, heart.repeat) == ("23:10:00-05:00", "04:00:00-05:00", 0)
    assert (heart.focus_first, heart.centre, heart.position_angle_deg) == (False, False, None)
    step = Step(filter="Ha", seconds=300, count=10, gain=100, offset=50, dither_every=2)
    assert veil.step == heart.step == (step,)
    # Once, though two targets name the queue, and behind them: what is no target parts a plan.
    flats = PanelFlats(do="panel flats", filters=("Ha",), count=20, target_adu=20000, tolerance_percent=5)
    assert plan.target[2:] == (flats,)


@pytest.mark.parametrize(
    "words",
    [
        ("Veil", "MoonSeparation 20"), ("Heart", "2026-11-20"), ("Heart", "without guiding"),
        ("Scheduler", "Profile = Refractor"), ("ErrorHandlingStrategy/delay = 30",), ("GuideDeviation = 2",),
        ("cools to -10",), ("Fan = 1",), ("Frame/X = 100",), ("Delay = 2",), ("PostCaptureScript",),
        ("FITSDirectory",),
    ],
)  # fmt: skip
def test_what_ekos_has_and_ours_not(words: tuple[str, ...]) -> None:
    assert says(imported("night.esl"), *words)


def test_an_ekos_queue_alone() -> None:
    found = imported("two.esq")
    (target,) = found.plan.sky
    assert (target.name, target.move) == ("Veil", False)
    assert not says(found, "GuideStartDeviation")  # switched off


def test_ninas_advanced_sequencer() -> None:
    found = imported("advanced.json", "+02:00")
    plan = found.plan
    ask, cave, flats, darks = plan.target
    assert ask == Wait(do="wait", ask="Cap off?")
    assert isinstance(cave, Target)
    assert (cave.name, cave.ra_deg, cave.dec_deg) == ("Cave Nebula", 344.2, -2.625)
    assert (cave.position_angle_deg, cave.min_altitude_deg) == (75, 30)
    assert (cave.begin, cave.end, cave.repeat) == ("22:05:00+02:00", "dawn-00:30", 0)
    assert (cave.centre, cave.focus_first) == (True, True)
    assert cave.step == (
        Step(filter="L", seconds=120, count=30, gain=100, dither_every=2),
        Step(filter="R", seconds=60, count=10, dither_every=1),
        Step(filter="R", seconds=30, count=15, dither_every=0),
    )
    assert isinstance(flats, PanelFlats)
    assert (flats.filters, flats.count, flats.target_adu, flats.tolerance_percent) == (("L",), 25, 26214, 5)
    assert isinstance(darks, DarkFrames)
    assert (darks.step[0].frame, darks.count) == ("bias", 50)
    assert plan.focus_on_celsius == 2


@pytest.mark.parametrize(
    "words",
    [
        ("cools to -10",), ("MoonIlluminationCondition",), ("CenterAfterDriftTrigger",), ("SetTracking",),
        ("10 rounds of several exposures",), ("bye.bat",), ("SetSwitchValue",),
    ],
)  # fmt: skip
def test_what_nina_has_and_ours_not(words: tuple[str, ...]) -> None:
    assert says(imported("advanced.json"), *words)


def test_ninas_simple_sequencer() -> None:
    found = imported("targets.ninaTargetSet")
    (target,) = found.plan.sky
    assert (target.name, target.ra_deg, target.dec_deg) == ("Crescent", 303.027083, 38.355)
    assert (target.position_angle_deg, target.centre, target.focus_first) == (30, True, True)
    assert target.step == (Step(filter="OIII", seconds=180, count=12, gain=100, binning=2, dither_every=4),)
    assert (found.plan.focus_on_filter_change, found.plan.focus_every_minutes) == ("always", 60)
    assert says(found, "Delay = 5")
    assert says(found, "exposure 2", "switched off")


def test_telescopius_list() -> None:
    found = imported("observing.csv")
    first, second = found.plan.sky
    assert (first.name, first.ra_deg, first.dec_deg) == ("North America Nebula", 314.695833, 44.33)
    assert first.position_angle_deg is None
    assert (second.name, second.position_angle_deg) == ("IC 1396", 120.5)
    assert says(found, "Line 3", "notes = for October")
    assert says(found, "Line 4", "Broken")
    assert says(found, "template.lights")


def test_telescopius_mosaic() -> None:
    first, second = imported("panes.csv").plan.sky
    assert (first.name, first.mosaic, first.position_angle_deg) == ("panes Pane 1", "panes", 35)
    assert (second.ra_deg, second.dec_deg) == (9.975, -0.867222)  # of minus no degrees


@pytest.mark.parametrize("name", ["objects.txt", "objects.csv"])
def test_skycharts_lists(name: str) -> None:
    first = imported(name).plan.sky[0]
    assert (first.name, first.ra_deg, first.dec_deg) == ("M 42", 83.82208, -5.39111)


def test_skycharts_list_says_what_has_no_position() -> None:
    found = imported("objects.txt")
    assert len(found.plan.sky) == 1
    assert says(found, "No position")
    assert says(found, "M 42", "Mag 4")


def test_skycharts_mosaic_is_precessed() -> None:
    first, second = imported("mosaic.cdcc").plan.sky
    assert (first.mosaic, first.position_angle_deg, second.position_angle_deg) == ("mosaic", 35, None)
    # M 31's place of 2023, by IAU 1976 precession (astropy FK5), within the difference of the theories.
    at = J2000(first.ra_deg or 0, first.dec_deg or 0)
    assert separation_arcsec(at, J2000(10.67375, 41.26926)) < 1


def test_a_mosaic_without_its_equinox_is_said() -> None:
    found = import_plan("Circle_1 00h43m58.00s +41d23m45.0s", "m")
    assert found.plan.sky[0].ra_deg == 10.991667
    assert says(found, "EQUINOX")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no file of CCDciel"), ("hello\nworld", "no file of CCDciel"), ("<a/>", "XML of a"),
        ("<CONFIG", "not whole XML"), ("{", "not whole JSON"), ('{"a": 1}', "no sequence of NINA"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "entities"),
        ("<CONFIG><Targets/></CONFIG>", "nothing in it can be in a plan"),
        ("EQUINOX=soon\n", "no Julian date"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        import_plan(text, "x")


VALUE = re.compile(r"(?<=[\">':, ])(-?[\w.+°h]+)(?=[\"<',\n}\] ])")


@pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda file: file.name)
@pytest.mark.parametrize("junk", ["x", "nan", "null", "-1", "1e9"])
def test_a_file_with_one_wrong_value_is_refused_or_read_and_never_a_bug(file: Path, junk: str) -> None:
    text = file.read_text(encoding="utf-8")
    for found in VALUE.finditer(text):
        try:
            read = import_plan(text[: found.start()] + junk + text[found.end() :], "x", beside=beside)
        except BadInput:
            continue
        assert read.plan.target


def test_a_wrong_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="--zone"):
        import_plan("x", "x", "CET")


def test_values_that_no_plan_may_have_are_left_out_by_name() -> None:
    text = (FILES / "rgb.plan").read_text(encoding="utf-8")
    found = import_plan(
        text.replace('Exposure="90"', 'Exposure="0"', 1).replace('Count="3"', 'Count="many"'), "x"
    )
    assert says(found, "step 1", "left out, because seconds = 0.0")
    assert says(found, "step 2", "Count = 'many' is no number")
    assert [step.count for step in found.plan.sky[0].step] == [1]

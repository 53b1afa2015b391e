"""The simulated twin of a rig: what is kept, what is known, what is guessed and told."""

import tomllib

import pytest

from appliance.cli.demo import SITES, demo_profile
from appliance.errors import BadProfile
from appliance.profile import Profile
from appliance.rehearsal.twin import twin
from tests.appliance.rehearsal.rehearsal_rig import DOME, plan, profile, step

WORK = plan(("M33", [step("L"), step("Ha")]))


def lines_about(words: str, lines: tuple[str, ...]) -> list[str]:
    return [line for line in lines if words in line]


def test_every_device_is_simulated_and_every_guess_told() -> None:
    made = twin(profile(roof=DOME, rotator={"name": "Caa"}), WORK)
    assert made.profile.drivers() == {"simulator"}
    assert made.profile.roof is not None
    assert made.profile.roof.name == "Dome"
    assert (made.world.camera.width, made.world.camera.height) == (6248, 4176)
    assert made.world.camera.focal_length_mm == 400.0
    assert made.world.camera.cooler is True
    assert made.world.roof.start == "closed"
    assert made.filters == ("L", "Ha")
    for words in ("6248 × 4176", "read", "cooler", "mount", "focuser", "filters", "roof", "rotator"):
        assert len(lines_about(words, tuple(line.lower() for line in made.assumptions))) >= 1, words
    assert all(line.endswith(".") and "[rehearsal." in line for line in made.assumptions)


def test_what_is_set_is_not_guessed() -> None:
    told = {
        "camera": {"width": 3008, "height": 3008, "pixel_um": 3.76, "readout_seconds": 0.5,
                   "cooler_reach_celsius": 40},
        "mount": {"slew_deg_s": 5.0, "settle_seconds": 4.0, "at_meridian": "refuses"},
        "focuser": {"best": 9000, "start": 9100, "backlash": 10},
        "filter_wheel": {"filters": "L,R"},
    }  # fmt: skip
    made = twin(profile(rehearsal=told), WORK)
    assert made.assumptions == ()
    assert made.world.camera.width == 3008
    assert made.world.mount.slew_deg_s == 5.0
    assert made.world.focuser.best == 9000
    assert made.filters == ("L", "R")


def test_the_settings_of_indi_s_simulators_are_understood() -> None:
    camera = {
        "name": "CCD Simulator",
        "setup": {
            "SIMULATOR_SETTINGS.SIM_XRES": 1600.0, "SIMULATOR_SETTINGS.SIM_YRES": 1200.0,
            "SIMULATOR_SETTINGS.SIM_XSIZE": 3.8,
        },
    }  # fmt: skip
    wheel = {
        "name": "Wheel",
        "setup": {"FILTER_NAME.FILTER_SLOT_NAME_2": "B", "FILTER_NAME.FILTER_SLOT_NAME_1": "R"},
    }
    made = twin(profile(camera=camera, filter_wheel=wheel), WORK)
    assert (made.world.camera.width, made.world.camera.height, made.world.camera.pixel_um) == (
        1600,
        1200,
        3.8,
    )
    assert made.world.camera.cooler is False
    assert made.filters == ("R", "B")
    assert lines_about("sensor", made.assumptions) == []


def test_nothing_is_guessed_of_indi_s_simulators_in_the_small_night() -> None:
    text = demo_profile("indi", SITES[0])
    made = twin(Profile.model_validate(tomllib.loads(text)), WORK)
    assert made.assumptions == ()
    assert made.filters is not None
    assert {"Red", "Green"} <= set(made.filters)


def test_a_simulated_device_keeps_its_setup() -> None:
    camera = {"driver": "simulator", "name": "Camera", "setup": {"width": 640, "height": 512}}
    made = twin(profile(camera=camera, rehearsal={"camera": {"height": 480}}), WORK)
    assert made.profile.camera.setup == {"width": 640, "height": 480}
    assert lines_about("sensor", made.assumptions) == []


def test_a_focus_run_fits_the_guessed_focuser() -> None:
    for focal, focus in (
        (200.0, {"step": 100}),
        (2000.0, {"step": 30, "points": 7}),
        (400.0, {"step": 1800, "overshoot": 1000}),
    ):
        made = twin(profile(focus=focus, telescope={"focal_length_mm": focal, "aperture_mm": 80.0}), WORK)
        model, section, camera = made.world.focuser, made.profile.focus, made.world.camera
        seeing = made.world.weather.seeing_arcsec / 2 / (206.265 * camera.pixel_um / focal)
        best = (seeing**2 + model.best_hfr_px**2) ** 0.5
        away = section.step * (section.points // 2) / model.half_width
        ends = (seeing**2 + model.best_hfr_px**2 * (1 + away**2)) ** 0.5
        assert 1.8 < ends / best < 2.6
        assert model.backlash < section.overshoot
        assert 0 < abs(model.start - model.best) < 2 * section.step
        assert model.best - 20 * section.step > 0


def test_a_setting_the_simulator_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(BadProfile, match=r"rehearsal\.mount.*slewing") as refused:
        twin(profile(rehearsal={"mount": {"slewing": 3}}), WORK)
    assert "slew_deg_s" in refused.value.advice


def test_solvers_that_are_not_installed_here_do_not_matter() -> None:
    made = twin(profile(solver={"order": ["astap"], "within_seconds": 30.0}), WORK)
    assert made.profile.solver.order == ("near",)
    assert made.profile.solver.within_seconds == 30.0

"""The simulated twin of a rig: the same profile, with every device on the simulator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Any

from appliance.errors import BadProfile, DeviceRefused
from appliance.plan import Plan
from appliance.profile import DeviceSection, FocusStarsSection, Profile, Setting, SolverSection
from appliance.sky.scale import arcsec_per_pixel
from hardware.devices import DeviceSpec
from hardware.simulator.setup import with_setup
from hardware.simulator.world import WeatherModel, World

Setup = dict[str, Setting]

# Where each kind of device has its model in the simulator's world.
MODELS = {
    "camera": "camera", "mount": "mount", "focuser": "focuser", "filter_wheel": "wheel", "rotator": "rotator",
    "roof": "roof", "park_sensor": "park_sensor", "cover": "cover", "flat_panel": "panel",
    "safety_monitor": "weather", "weather": "weather", "power": "power", "gnss": "gnss",
    "guider": "guider",
}  # fmt: skip
TOLD_AS = {"safety_monitor": "weather"}  # whose table of [rehearsal] speaks for it
INDI_SENSOR = {"width": "SIM_XRES", "height": "SIM_YRES", "pixel_um": "SIM_XSIZE"}
SENSOR = {"width": 6248, "height": 4176, "pixel_um": 3.76}
SPOT_UM = 8.0  # half-flux radius of what a good small refractor makes of a star
REACH = 2.2  # a focus run's first and last sample show stars so many times larger than the sharpest


@dataclass(frozen=True, slots=True)
class Twin:
    """The profile of the simulated rig, the world it makes, and a line for everything that was assumed."""

    profile: Profile
    world: World
    assumptions: tuple[str, ...]

    @property
    def filters(self) -> tuple[str, ...] | None:
        """The wheel's filters, None without a wheel."""
        if self.profile.filter_wheel is None:
            return None
        return tuple(name.strip() for name in self.world.wheel.filters.split(","))


@dataclass(frozen=True, slots=True)
class Guess:
    """Settings that nobody has told; `line` says so, None for what goes without saying."""

    settings: Setup
    line: str | None = None


@dataclass(slots=True)
class _Making:
    """A twin being put together; the devices made before tell the later ones of the rig."""

    profile: Profile
    plan: Plan
    setups: dict[str, Setup] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def twin(profile: Profile, plan: Plan) -> Twin:
    """The same rig in the simulator.

    Settings come from [rehearsal], from what the profile tells of the optics, from INDI's simulators'
    own settings, and else from guesses that are told. BadProfile for a setting that the simulator does
    not know.
    """
    making = _Making(profile, plan)
    sections: dict[str, object] = {}
    for kind in MODELS:
        if several := _sections_of(profile, kind):
            made = tuple(_section(making, kind, section) for section in several)
            sections[kind] = made if isinstance(getattr(profile, kind), tuple) else made[0]
    sections["output"] = tuple(
        one.model_copy(update={"driver": "simulator", "setup": {}}) for one in profile.output
    )
    if profile.board is not None:
        sections["board"] = profile.board.model_copy(update={"driver": "simulator", "setup": {}})
    # Every solver of the profile stands for one that works: which of them are installed here is no matter.
    solver = SolverSection(order=("near",), within_seconds=profile.solver.within_seconds)
    # A rehearsal's sky shows stars, which need no darks; of the Moon it knows nothing.
    method = "sweep" if profile.focus.method == "planet" else profile.focus.method
    focus = profile.focus.model_copy(update={"method": method, "stars": FocusStarsSection()})
    twin_profile = profile.model_copy(update={**sections, "solver": solver, "focus": focus})
    return Twin(twin_profile, _world(twin_profile), tuple(making.lines))


def _sections_of(profile: Profile, kind: str) -> tuple[DeviceSection, ...]:
    """The tables of that kind of device; a supply that is only described is no device."""
    found: object = profile.power_device if kind == "power" else getattr(profile, kind)
    if isinstance(found, tuple):
        return found
    return (found,) if isinstance(found, DeviceSection) else ()


def _section(making: _Making, kind: str, section: DeviceSection) -> DeviceSection:
    told: Setup = getattr(making.profile.rehearsal, TOLD_AS.get(kind, kind))
    setup = {**(section.setup if section.driver == "simulator" else _guessed(making, kind, told)), **told}
    making.setups[kind] = setup
    changed: dict[str, object] = {"driver": "simulator", "setup": setup}
    if kind == "focuser" and section.driver != "simulator":  # whose steps are other steps
        changed |= {"min_position": None, "max_position": None}
    return section.model_copy(update=changed)


def _guessed(making: _Making, kind: str, told: Setup) -> Setup:
    setup: Setup = {}
    for one in GUESSES[kind](making, told) if kind in GUESSES else ():
        if one.line is not None and not one.settings.keys() <= told.keys():
            making.lines.append(one.line)
        setup |= one.settings
    return setup


def _world(profile: Profile) -> World:
    world = World(site=profile.site.place())
    for kind, name in MODELS.items():
        for section in _sections_of(profile, kind):
            world = replace(world, **{name: _model(getattr(world, name), kind, section.spec())})
    return world


def _model(model: Any, kind: str, spec: DeviceSpec) -> Any:
    try:
        return with_setup(model, spec)
    except DeviceRefused as refused:
        raise BadProfile(f"rehearsal.{kind}", refused.sentence, advice=refused.advice) from refused


def _camera(making: _Making, _: Setup) -> list[Guess]:
    profile = making.profile
    optics = profile.telescope
    known = Guess({
        "focal_length_mm": optics.focal_length_mm, "aperture_mm": optics.aperture_mm,
        "cooler": profile.camera.celsius is not None,
    })  # fmt: skip
    guesses = [known, _sensor(profile.camera.setup)]
    guesses.append(
        Guess(
            {"readout_seconds": 1.0},
            "Reading out a frame is assumed to take 1 s; set [rehearsal.camera] readout_seconds.",
        )
    )
    if profile.camera.celsius is not None:
        line = (
            "The cooler is assumed to reach 35 °C below the air; set [rehearsal.camera] cooler_reach_celsius."
        )
        guesses.append(Guess({"cooler_reach_celsius": 35.0}, line))
    return guesses


def _sensor(setup: Mapping[str, Setting]) -> Guess:
    keys = {name: f"SIMULATOR_SETTINGS.{element}" for name, element in INDI_SENSOR.items()}
    if all(key in setup for key in keys.values()):
        return Guess({name: setup[key] for name, key in keys.items()})
    return Guess(
        dict(SENSOR),
        "The sensor is not in the profile: 6248 × 4176 pixels of 3.76 µm are assumed; set"
        " [rehearsal.camera] width, height and pixel_um.",
    )


def _mount(*_: object) -> list[Guess]:
    speed = (
        "The mount is assumed to slew at 3° per second and to settle in 2 s; set [rehearsal.mount]"
        " slew_deg_s and settle_seconds."
    )
    turn = "The mount is assumed to flip on a goto past the meridian; set [rehearsal.mount] at_meridian."
    return [Guess({"slew_deg_s": 3.0, "settle_seconds": 2.0}, speed), Guess({"at_meridian": "flips"}, turn)]


def _focuser(making: _Making, told: Setup) -> list[Guess]:
    """A focuser that [focus] fits: its ends see stars twice as large, its overshoot takes up the play."""
    focus, section = making.profile.focus, making.profile.focuser
    camera = {**making.setups["camera"], **making.profile.rehearsal.camera}
    pixel_um = float(camera.get("pixel_um", World().camera.pixel_um))
    scale = arcsec_per_pixel(making.profile.telescope.focal_length_mm, pixel_um)
    optics, seeing = SPOT_UM / pixel_um, WeatherModel().seeing_arcsec / 2 / scale
    width = focus.step * (focus.points // 2) / (REACH**2 - 1) ** 0.5 * optics / hypot(optics, seeing)
    best = int(told.get("best", 50 * focus.step))
    settings: Setup = {
        "best": best, "start": best - round(0.6 * focus.step), "travel": 2 * best,
        "half_width": round(width, 1), "best_hfr_px": round(optics, 2),
        "backlash": (section and section.backlash) or min(abs(focus.overshoot) // 2, focus.step // 3),
        "steps_per_second": 3.3 * focus.step,
        "steps_per_celsius": focus.temperature.steps_per_celsius or -focus.step / 12,
    }  # fmt: skip
    line = (
        f"The focuser is assumed to fit [focus]: best at {best}, {settings['start']} now,"
        f" {settings['backlash']} steps of backlash; set [rehearsal.focuser] best, start and backlash."
    )
    return [Guess(settings, None if {"best", "start", "backlash"} <= told.keys() else line)]


def _filter_wheel(making: _Making, _: Setup) -> list[Guess]:
    assert making.profile.filter_wheel is not None
    setup = making.profile.filter_wheel.setup
    slots = sorted(
        (int(key.rsplit("_", 1)[1]), str(name))
        for key, name in setup.items()
        if key.startswith("FILTER_NAME.FILTER_SLOT_NAME_") and key.rsplit("_", 1)[1].isdigit()
    )
    if slots:
        return [Guess({"filters": ",".join(name for _, name in slots)})]
    filters = ", ".join(making.plan.filters) or "L"
    return [
        Guess(
            {"filters": filters},
            f"The wheel's filters are not in the profile: the plan's are assumed ({filters}); set"
            " [rehearsal.filter_wheel] filters.",
        )
    ]


def _rotator(*_: object) -> list[Guess]:
    return [
        Guess({"deg_s": 6.0}, "The rotator is assumed to turn 6° per second; set [rehearsal.rotator] deg_s.")
    ]


def _roof(making: _Making, _: Setup) -> list[Guess]:
    assert making.profile.roof is not None
    line = "The roof is assumed to be closed now and to move in 20 s; set [rehearsal.roof] start and seconds."
    known = Guess({"clears_telescope": making.profile.roof.clears})
    return [known, Guess({"start": "closed", "seconds": 20.0}, line)]


def _power(making: _Making, _: Setup) -> list[Guess]:
    supply = making.profile.power
    assert supply is not None
    known: Setup = {
        name: value
        for name, value in (("watts", supply.watts), ("battery_wh", supply.battery_wh))
        if value is not None
    }
    line = "The battery is assumed to be full and fed by the mains; set [rehearsal.power] percent."
    return [Guess(known), Guess({"percent": 100.0}, line)]


GUESSES: dict[str, Callable[[_Making, Setup], list[Guess]]] = {
    "camera": _camera, "mount": _mount, "focuser": _focuser, "filter_wheel": _filter_wheel,
    "rotator": _rotator, "roof": _roof, "power": _power,
}  # fmt: skip

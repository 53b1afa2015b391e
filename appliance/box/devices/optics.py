"""Filter wheel, focuser, rotator, cooler, cover and panel by hand."""

from functools import partial

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.work import (
    COOLER,
    COVER,
    FOCUSER,
    MOVE,
    PANEL,
    ROTATOR,
    STARTED,
    WHEEL,
    Work,
    there,
)
from appliance.byhand.turning import turn_by
from appliance.errors import DeviceMissing
from appliance.rig import Rig
from appliance.sequence.cooling import cool, warm
from appliance.sequence.settings import cooling_settings
from hardware.devices import Cover, FilterWheel, FlatPanel, Focuser, Rotator

COOLING = "cooling"


class FilterName(Arguments):
    """As the wheel calls it."""

    name: str


class FocuserPosition(Arguments):
    """Steps."""

    position: int


class Angle(Arguments):
    """The rotator's mechanical angle, degrees."""

    degrees: float = Field(ge=0, lt=360)


class Temperature(Arguments):
    """°C; None: warm up gently, then off. `wait` False: answer when it has begun."""

    celsius: float | None = Field(None, ge=-60, le=40)
    wait: bool = True


class Opened(Arguments):
    """`open` False closes it."""

    open: bool


class Level(Arguments):
    """The panel's own levels, 0 is dark."""

    level: int = Field(ge=0)


def optics_commands(work: Work) -> list[Command]:
    """Those of the devices that a profile may have."""
    hand, rig = work.hand, work.hand.night.rig

    async def filter_(asked: FilterName) -> str:
        await work.run("filter change", {WHEEL}, lambda: _wheel(rig).select(asked.name))
        return asked.name

    async def focuser(asked: FocuserPosition) -> int:
        return await work.run(MOVE, {FOCUSER}, lambda: turn_by(hand, _focuser(rig), asked.position)) or 0

    async def rotator(asked: Angle) -> float:
        await work.run("rotation", {ROTATOR}, lambda: _rotator(rig).rotate_to(asked.degrees))
        return asked.degrees

    async def cover(asked: Opened) -> str:
        await work.run("cover", {COVER}, lambda: _cover(rig).open() if asked.open else _cover(rig).close())
        return "open" if asked.open else "closed"

    async def light(asked: Level) -> int:
        await work.run("light", {PANEL}, lambda: _panel(rig).light(asked.level))
        return asked.level

    return [
        Command("filter", "Change the filter.", FilterName, filter_),
        Command("focuser", "Move the focuser.", FocuserPosition, focuser),
        Command("rotator", "Turn the camera.", Angle, rotator),
        Command(
            "cooler",
            "Cool the camera, or warm it and switch the cooler off.",
            Temperature,
            partial(_cool, work),
        ),
        Command("cover", "Open or close the telescope's cover.", Opened, cover),
        Command("light", "Light the flat panel, or put it out.", Level, light),
    ]


async def _cool(work: Work, asked: Temperature) -> float | str | None:
    rig, night = work.hand.night.rig, work.hand.night
    if asked.celsius is not None and work.jobs.running(COOLING):
        await work.jobs.stop(COOLING)  # on the way to another temperature
    settings = cooling_settings(night.profile)

    async def run() -> float | None:
        if rig.camera.cooler is None:
            raise DeviceMissing(rig.camera.name, "it has no cooler")
        if asked.celsius is None:
            return await warm(rig.camera, night.publish, settings)
        return await cool(rig.camera, asked.celsius, night.publish, settings)

    reached = await work.run(COOLING, {COOLER}, run, wait=asked.wait)
    return reached if asked.wait else STARTED


def _wheel(rig: Rig) -> FilterWheel:
    return there(rig.filter_wheel, "filter_wheel")


def _focuser(rig: Rig) -> Focuser:
    return there(rig.focuser, "focuser")


def _rotator(rig: Rig) -> Rotator:
    return there(rig.rotator, "rotator")


def _cover(rig: Rig) -> Cover:
    return there(rig.cover, "cover")


def _panel(rig: Rig) -> FlatPanel:
    return there(rig.flat_panel, "flat_panel")

"""The Align screen's commands that move something: solving, centring, the slew pad, the camera's angle."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.devices.mount import CENTRING, Place
from appliance.box.devices.work import CAMERA, FOCUSER, MOUNT, ROTATOR, WHEEL, Work, there
from appliance.byhand.aligning import centre_and_tell, turn_camera, where_am_i
from appliance.byhand.messages import PointingFound
from appliance.byhand.pad import SOURCE as PAD
from appliance.byhand.pad import Pad
from appliance.errors import DeviceError
from appliance.sky.scale import arcsec_per_pixel
from appliance.wire import plain
from hardware.devices import Direction

SOLVING, ROTATION = "solving", "rotation"
TOLD = frozenset({MOUNT, FOCUSER, WHEEL})  # what is asked how it stands as the frame begins


class Look(Arguments):
    """`seconds` of the exposure in place of the profile's [centring]."""

    seconds: float | None = Field(None, gt=0, le=120)


class Where(Place):
    """A place to be centred; always waited for."""


class Press(Arguments):
    """`press` names one press of one finger: a new one for each."""

    press: str = Field(min_length=1, max_length=64)


class Pressed(Press):
    """To be said again within a second for as long as it is pressed; `rate` counts the mount's from 0."""

    direction: Direction
    rate: int = Field(0, ge=0, le=20)


class Angle(Arguments):
    """Of the frame's upward side, degrees east of north; upside down counts as the same."""

    position_angle_deg: float = Field(ge=0, lt=360)


def align_commands(box: Box) -> list[Command]:
    """For every surface."""
    work = Work(box.hand, box.jobs, box.wanted, box.watch)
    return [*_solving(work), *_pad(work), *_camera(box, work)]


def _solving(work: Work) -> list[Command]:
    hand = work.hand

    async def where(asked: Look) -> object:
        # The mount is asked, not commanded; but where it is going, no frame tells where it points.
        needs = {CAMERA, MOUNT}
        return _told(await work.run(SOLVING, needs, lambda: where_am_i(hand, asked.seconds), reads=TOLD))

    async def sync(asked: Look) -> object:
        work.not_unsafe("solve_sync")
        return _told(
            await work.run(
                SOLVING, {CAMERA, MOUNT}, lambda: where_am_i(hand, asked.seconds, sync=True), reads=TOLD
            )
        )

    async def centre(asked: Where) -> object:
        target = asked.target(hand)
        procedure = work.run(CENTRING, {CAMERA, MOUNT}, lambda: centre_and_tell(hand, target, asked.name))
        return _told(await procedure)

    return [
        Command("where_am_i", "Take a frame and find out where it points.", Look, where),
        Command("solve_sync", "Take a frame, solve it, and tell the mount where it points.", Look, sync),
        Command("solve_centre", "Go there, look, and correct until it is in the middle.", Where, centre),
    ]


def _told(found: PointingFound | None) -> object:
    assert found is not None
    return plain(found)


def _pad(work: Work) -> list[Command]:
    pad = Pad(work.hand)

    async def press(asked: Pressed) -> str:
        begins = pad.press != asked.press
        pad.hear(asked.press)
        if begins:
            await _begin(work, pad, asked)
        return "moving"

    async def stop(asked: Press) -> str:
        if not pad.end(asked.press):
            return "it did not move"
        await work.jobs.stop(PAD)
        return "stopped"

    return [
        Command(
            "pad", "Move the mount while this is pressed; a second at most after each call.", Pressed, press
        ),
        Command("pad_stop", "It is pressed no more.", Press, stop),
    ]


async def _begin(work: Work, pad: Pad, asked: Pressed) -> None:
    try:
        work.not_unsafe(PAD)
        await work.run(PAD, {MOUNT}, lambda: pad.move(asked.press, asked.direction, asked.rate), wait=False)
    except BaseException:
        pad.end(asked.press, "it could not begin")
        raise
    work.jobs.task(PAD).add_done_callback(lambda task: pad.ended(asked.press, task))


def _camera(box: Box, work: Work) -> list[Command]:
    rig = work.hand.night.rig

    async def turn(asked: Angle) -> dict[str, float]:
        there(box.profile.rotator, ROTATOR)
        turned = await work.run(
            ROTATION, {ROTATOR, CAMERA, MOUNT},
            lambda: turn_camera(work.hand, there(rig.rotator, ROTATOR), asked.position_angle_deg),
        )  # fmt: skip
        assert turned is not None
        return {"position_angle_deg": turned.position_angle_deg, "turns": turned.turns}

    async def facts(_: Arguments) -> dict[str, Any]:
        return await align_facts(box)

    return [
        Command("rotate", "Turn the camera to a position angle, proved by solving.", Angle, turn),
        Command(
            "align_facts",
            "What this rig can do for aligning: field, rates, rotator.",
            Arguments,
            facts,
            asks=True,
        ),
    ]


@dataclass(frozen=True, slots=True)
class CameraField:
    """The camera's field: pixels, arcseconds per pixel, degrees across."""

    width_px: int
    height_px: int
    scale_arcsec: float
    width_deg: float
    height_deg: float


def field_of(box: Box) -> CameraField | None:
    """None until the camera was connected: only it knows its sensor."""
    try:
        sensor = box.rig.camera.sensor
    except DeviceError:
        return None
    scale = arcsec_per_pixel(box.profile.telescope.focal_length_mm, sensor.pixel_um)
    width, height = (pixels * scale / 3600 for pixels in (sensor.width, sensor.height))
    return CameraField(sensor.width, sensor.height, scale, width, height)


async def align_facts(box: Box) -> dict[str, Any]:
    """Plain JSON; None for what is not connected, or not there."""
    site = box.observer.site
    return {
        "telescope": box.profile.telescope.name,
        "focal_length_mm": box.profile.telescope.focal_length_mm,
        "field": plain(field_of(box)),
        "rates": _rates(box),
        "mount": box.rig.has_mount,
        "rotator": box.profile.rotator is not None,
        "latitude_deg": site.latitude_deg,
        "longitude_deg": site.longitude_deg,
        "now": box.observer.unix(),
    }


def _rates(box: Box) -> list[str] | None:
    """None: the mount is not connected; empty: it cannot be moved by hand."""
    try:
        motion = box.rig.mount.motion
    except DeviceError:
        return None
    return [] if motion is None else list(motion.rates)

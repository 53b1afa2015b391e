"""The camera by hand: looking, taking, solving, focusing."""

from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.work import CAMERA, FOCUS, FOCUSER, MOUNT, STARTED, WHEEL, Work, there
from appliance.byhand.going import focus, slew, solve_newest, sync
from appliance.byhand.hand import hfr_of, star_at
from appliance.byhand.taking import Series, capture, preview, save
from appliance.errors import BadCommand
from appliance.imaging.disk import check_room, sub_bytes
from appliance.imaging.naming import free_path, safe
from appliance.solve.solution import Solution
from hardware.devices import Exposure, FrameKind

PREVIEW, CAPTURE, SOLVING, SAVING = "preview", "capture", "solving", "saving"
TOLD = frozenset({MOUNT, FOCUSER, WHEEL})  # of which a frame's header tells
BY_HAND = (PREVIEW, CAPTURE, FOCUS)
Kind = Literal["light", "dark", "flat", "bias"]


class Shot(Arguments):
    """One exposure; gain and offset are the profile's where None."""

    seconds: float = Field(gt=0, le=7200)
    binning: int = Field(1, ge=1, le=4)
    gain: int | None = Field(None, ge=0)
    offset: int | None = Field(None, ge=0)
    kind: Kind = "light"
    target: str = Field("", max_length=100)

    def exposure(self, work: Work) -> Exposure:
        """As the camera wants it."""
        own = work.hand.night.profile.camera
        gain = own.gain if self.gain is None else self.gain
        offset = own.offset if self.offset is None else self.offset
        return Exposure(self.seconds, self.binning, gain, offset, FrameKind[self.kind.upper()])


class Preview(Shot):
    """A look; `loop`: one after the other until stopped, and answered at once."""

    loop: bool = False


class Capture(Shot):
    """A series to keep; a dither before every `dither_every`-th (0: never). `wait` False: answer at once."""

    count: int = Field(1, ge=1, le=100_000)
    dither_every: int = Field(0, ge=0)
    wait: bool = True


class Stop(Arguments):
    """Which of preview, capture and focus run; "": all of them."""

    what: Literal["", "preview", "capture", "focus run"] = ""


class Pixel(Arguments):
    """A place in the newest frame, in its pixels from the corner that is read out first."""

    x: float = Field(ge=0, le=1e6)
    y: float = Field(ge=0, le=1e6)


class Solve(Arguments):
    """`then`: tell the mount, or point it at the middle of the frame."""

    then: Literal["nothing", "sync", "slew"] = "nothing"


class Focus(Arguments):
    """`seconds` of each exposure in place of the profile's; `again`: around the newest result.

    `wait` False: answer when it has begun.
    """

    seconds: float | None = Field(None, gt=0, le=600)
    again: bool = False
    wait: bool = True


class Saved(Arguments):
    """`name` of the file, without a folder."""

    name: str = Field(min_length=1, max_length=200)


def camera_commands(work: Work) -> list[Command]:
    """Preview, capture, their end; and what is done with the newest frame."""
    return [*_taking(work), *_newest(work)]


def _taking(work: Work) -> list[Command]:
    hand, rig = work.hand, work.hand.night.rig

    async def preview_(asked: Preview) -> dict[str, Any] | str:
        exposure = asked.exposure(work)
        image = await work.run(
            PREVIEW, {CAMERA}, lambda: preview(hand, exposure, asked.target, loop=asked.loop),
            reads=TOLD, wait=not asked.loop,
        )  # fmt: skip
        return STARTED if image is None else {"hfr": hfr_of(image.stars), "stars": image.stars.count}

    async def capture_(asked: Capture) -> list[str] | str:
        series = Series(asked.exposure(work), asked.target, asked.count, asked.dither_every)
        needs = {CAMERA, MOUNT} if asked.dither_every else {CAMERA}
        files = await work.run(CAPTURE, needs, lambda: capture(hand, series), reads=TOLD, wait=asked.wait)
        return STARTED if files is None else [str(file) for file in files]

    async def camera_stop(asked: Stop) -> str:
        wanted = (asked.what,) if asked.what else BY_HAND
        stopped = [name for name in wanted if await work.jobs.stop(name)]
        return ", ".join(stopped) or "nothing was running"

    async def autofocus(asked: Focus) -> dict[str, Any] | str:
        there(FOCUSER if FOCUSER in rig.kinds else None, "focuser")
        found = await work.run(
            FOCUS, {CAMERA, FOCUSER}, lambda: focus(hand, asked.seconds, again=asked.again), reads={WHEEL},
            wait=asked.wait,
        )  # fmt: skip
        return STARTED if found is None else {"position": found.position, "hfr": found.hfr}

    return [
        Command("preview", "Take a look; nothing is saved.", Preview, preview_),
        Command("capture", "Take a series of frames and keep them.", Capture, capture_),
        Command("camera_stop", "Stop what the camera does by hand.", Stop, camera_stop),
        Command("autofocus", "Focus now.", Focus, autofocus),
    ]


def _newest(work: Work) -> list[Command]:
    hand, rig = work.hand, work.hand.night.rig

    async def solve_(asked: Solve) -> dict[str, float]:
        hand.newest()
        needs = {MOUNT} if asked.then != "nothing" else set[str]()
        if asked.then == "sync":
            work.not_unsafe("sync")
        solution = await work.run(SOLVING, needs, lambda: _solved(work, asked.then))
        assert solution is not None
        return {
            "ra_deg": solution.centre.ra_deg, "dec_deg": solution.centre.dec_deg,
            "rotation_deg": solution.rotation_deg, "scale_arcsec": solution.scale_arcsec,
        }  # fmt: skip

    async def save_(asked: Saved) -> str:
        path, sensor = saved_as(asked.name, hand.night.images), rig.camera.sensor
        check_room(hand.night.images, sub_bytes(sensor.width, sensor.height), free_on=hand.night.free_on)
        return str(await save(hand, hand.newest(), path))

    async def star(asked: Pixel) -> dict[str, float | None]:
        return star_at(hand.newest(), asked.x, asked.y)

    async def header_(_: Arguments) -> dict[str, str]:
        return hand.header()

    return [
        Command("solve", "Find out where the newest frame points.", Solve, solve_),
        Command("save", "Save the newest frame.", Saved, save_),
        Command("star", "How sharp is the star there, in the newest frame?", Pixel, star, asks=True),
        Command("header", "The header of the newest frame.", Arguments, header_, asks=True),
    ]


async def _solved(work: Work, then: str) -> Solution:
    if then == "sync":
        return await sync(work.hand)
    solution = await solve_newest(work.hand)
    if then == "slew":
        await slew(work.hand, solution.centre)
    return solution


def saved_as(name: str, images: Path) -> Path:
    """A free path in the folder for images: whoever asks chooses a name, and no other folder."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    for suffix in (".fits", ".fit"):
        stem = stem.removesuffix(suffix)
    if not stem.strip(". "):
        raise BadCommand("save.name", f"{name!r} is no name of a file", advice='Give one such as "M31".')
    return free_path(images / f"{safe(stem)}.fits")

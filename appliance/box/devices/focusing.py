"""Focusing by hand: a live look at a star, turning the focuser, and ending what runs."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.wizards import SENTENCES, job_of
from appliance.box.devices.work import CAMERA, FOCUS, FOCUSER, LOOK, MOVE, STARTED, Work, there
from appliance.byhand.look import Watched, look_on
from appliance.byhand.turning import turn_by
from hardware.devices import Exposure

NOTHING = "nothing was running"
WORKS = (FOCUS, *(job_of(name) for name in SENTENCES), LOOK)


class Looking(Arguments):
    """`do`: "start" (again: with other settings), "go on" (somebody still looks; due every minute),
    "other star", or "stop". Exposure and binning are the profile's for focus runs where None.

    `crop_percent`: the middle of the frame in which stars count. It ends after so many `minutes`.
    """

    do: Literal["start", "go on", "other star", "stop"] = "start"
    seconds: float | None = Field(None, gt=0, le=60)
    binning: int | None = Field(None, ge=1, le=4)
    gain: int | None = Field(None, ge=0)
    crop_percent: float = Field(100.0, ge=10, le=100)
    minutes: float = Field(15.0, gt=0, le=120)


class Steps(Arguments):
    """Positive: outwards, to larger positions."""

    steps: int = Field(ge=-1_000_000, le=1_000_000)


def focusing_commands(work: Work) -> list[Command]:
    """focus_look, focuser_move, focuser_stop, focus_cancel."""
    look, move = _look(work), _move(work)

    async def stop_move(_: Arguments) -> str:
        return "stopped" if await work.jobs.stop(MOVE) else NOTHING

    async def cancel(_: Arguments) -> str:
        return ", ".join([name for name in WORKS if await work.jobs.stop(name)]) or NOTHING

    return [
        Command("focus_look", "Watch a star live, frame after frame.", Looking, look),
        Command("focuser_move", "Turn the focuser by some steps.", Steps, move),
        Command("focuser_stop", "Stop the focuser where it is.", Arguments, stop_move),
        Command(
            "focus_cancel", "End focusing by hand; the focuser goes back to where it was.", Arguments, cancel
        ),
    ]


class _Looks:
    """The look that runs, if one does."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._watched: Watched | None = None

    def running(self) -> Watched | None:
        return self._watched if self._work.jobs.running(LOOK) else None

    async def start(self, asked: Looking) -> str:
        wanted = self._wanted(asked)
        if (watched := self.running()) is not None:
            watched.exposure, watched.crop = wanted.exposure, wanted.crop
            watched.seen, watched.ends, watched.near = wanted.seen, wanted.ends, None
            return "looking"
        hand = self._work.hand
        await self._work.run(LOOK, {CAMERA}, lambda: look_on(hand, wanted), reads=self._told(), wait=False)
        self._watched = wanted
        return STARTED

    def _told(self) -> set[str]:
        return {FOCUSER} & self._work.hand.night.rig.kinds

    def _wanted(self, asked: Looking) -> Watched:
        profile, now = self._work.hand.night.profile, asyncio.get_running_loop().time()
        exposure = Exposure(
            profile.focus.seconds if asked.seconds is None else asked.seconds,
            profile.focus.binning if asked.binning is None else asked.binning,
            profile.camera.gain if asked.gain is None else asked.gain,
            profile.camera.offset,
        )
        return Watched(exposure, asked.crop_percent / 100, seen=now, ends=now + 60 * asked.minutes)


def _look(work: Work) -> Callable[[Looking], Awaitable[str]]:
    looks = _Looks(work)

    async def run(asked: Looking) -> str:
        if asked.do == "start":
            return await looks.start(asked)
        if asked.do == "stop":
            return "stopped" if await work.jobs.stop(LOOK) else NOTHING
        if (watched := looks.running()) is None:
            return "ended"
        watched.seen = asyncio.get_running_loop().time()
        if asked.do == "other star":
            watched.other_star()
        return "looking"

    return run


def _move(work: Work) -> Callable[[Steps], Awaitable[int]]:
    hand, rig = work.hand, work.hand.night.rig

    async def turn() -> int:
        return await turn_by(hand, there(rig.focuser, FOCUSER))

    async def run(asked: Steps) -> int:
        there(FOCUSER if FOCUSER in rig.kinds else None, FOCUSER)
        if work.jobs.running(MOVE):
            hand.presses.steps += asked.steps
            reached: int = await work.outcome(MOVE)
            return reached
        hand.presses.steps = asked.steps
        return await work.run(MOVE, {FOCUSER}, turn) or 0

    return run

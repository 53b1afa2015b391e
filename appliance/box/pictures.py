"""Pictures of saved subs for a viewer, made of their files when they are asked for, one at a time."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from appliance.api import Part
from appliance.errors import BadCommand, ProcedureFailed
from appliance.imaging.calculator_link import ROOT
from appliance.imaging.viewing import PREVIEW, TILES, Picture, read_picture, touch
from appliance.journal import Sub, SubState
from appliance.sequence.kept_preview import PICTURES
from appliance.solve.process import Finished
from hardware.worker import Worker

if TYPE_CHECKING:
    from appliance.box.box import Box

P = ParamSpec("P")
R = TypeVar("R")
MOST_BYTES = 400_000_000  # of tiles; a frame of 26 megapixels has some 12 MB of them
LONGEST_SECONDS = 120.0
REMEMBERED = 8
KEPT = {SubState.SAVED, SubState.REJECTED}


class BoxPictures:
    """As the api offers them. A path is made of the journal's number alone: no name comes from outside."""

    def __init__(self, box: "Box") -> None:
        self._box = box
        self._one_at_a_time = asyncio.Lock()
        self._known: dict[int, Picture] = {}
        self._running: asyncio.Task[Finished] | None = None

    async def close(self) -> None:
        """The program that makes one now ends, too."""
        if self._running is not None and not self._running.done():
            self._running.cancel()
            await asyncio.wait({self._running})

    async def sub(self, sub: int) -> Sub:
        """The journal's record of a sub that has a file; BadCommand."""
        found = await self._box.journal.read(Sub, id=sub)
        if not found or found[0].state not in KEPT or not found[0].file:
            raise BadCommand("sub", f"there is no saved sub {sub}", advice="Load the list again.")
        return found[0]

    async def fits(self, sub: int) -> Path:
        """As `Pictures`."""
        images = self._box.images
        file = images / str((await self.sub(sub)).file)
        if not file.resolve().is_relative_to(images.resolve()) or not await off_loop(file.is_file):
            raise BadCommand("sub", f"{file.name} is not on the disk any more", advice="It was moved away.")
        return file

    async def preview(self, sub: int) -> Path:
        """As `Pictures`."""
        path = await self.kept_preview(sub)
        if path is None:
            await self._make(sub)
        return self._folder(sub) / PREVIEW

    async def kept_preview(self, sub: int) -> Path | None:
        """As `Pictures`."""
        path = self._folder((await self.sub(sub)).id) / PREVIEW
        return path if await off_loop(path.is_file) else None

    async def tile(self, sub: int, number: int) -> Part:
        """As `Pictures`."""
        picture = self._known.get(sub) or await self.picture(sub)
        if not 0 <= number < len(picture.ends) - 1:
            raise BadCommand("tile", f"there is no tile {number}")
        begin, end = picture.ends[number : number + 2]
        return Part(self._folder(sub) / TILES, begin, end - begin)

    async def picture(self, sub: int) -> Picture:
        """What is known of it; its tiles are there then."""
        folder = self._folder((await self.sub(sub)).id)
        picture = await off_loop(read_picture, folder)
        if picture is None:
            await self._make(sub)
            picture = await off_loop(read_picture, folder)
        if picture is None:
            raise ProcedureFailed(f"There is no picture of sub {sub}.", advice="Try again.")
        await off_loop(touch, folder)
        while len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[sub] = picture
        return picture

    def seen(self, subs: Sequence[Sub]) -> list[dict[str, bool]]:
        """Of each: is its file `there`, and is a preview `shown` at once? It blocks: by a Worker."""
        images = self._box.images
        return [
            {
                "there": bool(sub.file) and (images / str(sub.file)).is_file(),
                "shown": (self._folder(sub.id) / PREVIEW).is_file(),
            }
            for sub in subs
        ]

    def _folder(self, sub: int) -> Path:
        return self._box.folder / PICTURES / str(sub)

    async def _make(self, sub: int) -> None:
        file, folder = await self.fits(sub), self._folder(sub)
        async with self._one_at_a_time:
            if await off_loop(read_picture, folder) is not None:
                return  # somebody else has asked for it meanwhile
            well = str(float(self._box.profile.camera.full_well_adu))
            module = "appliance.imaging.viewing_process"
            command = (sys.executable, "-P", "-m", module, str(file), str(folder), well, str(MOST_BYTES))
            paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
            environment = {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
            self._running = asyncio.create_task(
                self._box.run_program(command, self._box.folder, LONGEST_SECONDS, environment)
            )
            try:
                done = await self._running
            except (TimeoutError, OSError) as failure:
                raise ProcedureFailed(f"No picture of {file.name}: {failure}.", advice=AGAIN) from failure
            if done.code:
                why = done.output.strip() or "its program ended"
                raise ProcedureFailed(f"No picture of {file.name}: {why}", advice=AGAIN)


AGAIN = "Try again; if it happens every time, the file itself may be damaged: download it."


async def off_loop(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """A look at the disk, which may take its time."""
    worker = Worker("pictures")
    try:
        return await worker.call(function, *args, **kwargs)
    finally:
        worker.close()

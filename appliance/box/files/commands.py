"""The images' folder for every surface: looked through, picked from, deleted from, copied."""

import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import Field

import appliance
from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.files.drive_copy import DriveCopies
from appliance.box.files.drives import Drive, drives
from appliance.box.files.folder import File, inside, listed, picked, remove
from appliance.box.files.thumbnails import missing, thumbnail
from appliance.errors import BadCommand, NotWritable
from appliance.imaging.disk import free_bytes
from appliance.journal import Sub
from appliance.wire import plain
from hardware.worker import Worker

ROOT = Path(appliance.__file__).parent.parent
THUMBNAILS = "thumbnails"
THUMBNAILS_JOB = "thumbnails"
MOST_PICTURES = 24  # in one go, so that what is looked at now comes soon
PICTURES_SECONDS = 300.0
DRIVE_SECONDS = 5.0
FACTS = (
    "target", "filter", "seconds", "kind", "started", "hfr", "stars", "elongation", "error_arcsec", "flaws",
    "number",
)  # fmt: skip
WAIT = "Wait until the night has ended, or press Stop first."


class Place(Arguments):
    """A folder's name as the list gives it, "" for the images' folder."""

    path: str = Field("", max_length=1000)


class Places(Arguments):
    """Names of files, and of folders with all that they hold."""

    paths: tuple[str, ...] = Field(min_length=1, max_length=2000)


class Copy(Places):
    """`drive` is the `mount` of one of `drives`."""

    drive: str


@dataclass(slots=True, eq=False)
class Files:
    """One per box."""

    box: Box
    worker: Worker
    copies: DriveCopies
    failed: set[str] = field(default_factory=set)  # frames that no picture could be made of

    @property
    def cache(self) -> Path:
        return self.box.folder / THUMBNAILS

    async def look(self, place: Place) -> dict[str, object]:
        """Folders and files of a folder, with what the journal knows of them."""
        images = self.box.images
        folders, files = await self.worker.call(listed, images, place.path)
        beginning = f"{place.path}/" if place.path else ""
        known = await self.box.journal.with_files(beginning) if files else []
        by_name = {sub.file: sub for sub in known}
        return {
            "path": place.path, "folders": [asdict(folder) for folder in folders],
            "files": [{**asdict(file), "sub": _facts(by_name.get(file.name))} for file in files],
            "free": await self.worker.call(free_bytes, self.box.folder),
        }  # fmt: skip

    async def pick(self, places: Places) -> dict[str, object]:
        """All the files of a selection, and where they lie."""
        files = await self.worker.call(picked, self.box.images, places.paths)
        tonight = await self._of_tonight()
        return {
            "root": str(self.box.images.absolute()), "files": [asdict(file) for file in files],
            "bytes": sum(file.bytes for file in files),
            "tonight": sum(file.name in tonight for file in files),
        }  # fmt: skip

    async def delete(self, places: Places) -> dict[str, object]:
        """The journal keeps its lines: what was taken counts as taken, and no other sub gets the name."""
        files = await self.worker.call(picked, self.box.images, places.paths)
        tonight = await self._of_tonight()
        if held := [file.name for file in files if file.name in tonight]:
            problem = f"{len(held)} of these files are of the night that runs ({held[0]})"
            raise BadCommand("paths", problem, advice=WAIT)
        try:
            freed = await self.worker.call(self._remove, files)
        except OSError as forbidden:
            raise NotWritable(f"Not everything could be deleted: {forbidden}.") from forbidden
        names = ", ".join(places.paths[:3]) + (", …" if len(places.paths) > 3 else "")
        self.box.say(f"{len(files)} files were deleted by hand ({freed / 1e6:.0f} MB): {names}.")
        return {"files": len(files), "bytes": freed}

    def _remove(self, files: list[File]) -> int:
        freed = remove(self.box.images, files)
        for file in files:
            thumbnail(self.cache, file.name).unlink(missing_ok=True)
        return freed

    async def _of_tonight(self) -> set[str]:
        night = self.box.night
        if night is None:
            return set()
        return {sub.file for sub in await self.box.journal.read(Sub, run=night.run) if sub.file}

    async def pictures(self, places: Places) -> dict[str, object]:
        """Which frames have a small picture; those that have none yet are made behind this."""
        images = self.box.images
        for name in places.paths:
            await self.worker.call(inside, images, name)
        lacking = await self.worker.call(missing, images, self.cache, list(places.paths))
        wanted = [name for name in lacking if name not in self.failed]
        if wanted and not self.box.jobs.running(THUMBNAILS_JOB):
            self.box.jobs.start(THUMBNAILS_JOB, self._make(wanted[:MOST_PICTURES]), ())
        ready = [name for name in places.paths if thumbnail(self.cache, name).exists()]
        return {"root": str(self.cache.absolute()), "ready": ready, "making": len(wanted)}

    async def _make(self, names: list[str]) -> None:
        command = (sys.executable, "-m", "appliance.box.files.thumbnails")
        try:
            await self.box.run_program(
                (*command, str(self.box.images.absolute()), str(self.cache.absolute()), *names),
                ROOT, PICTURES_SECONDS, None,
            )  # fmt: skip
        except (OSError, TimeoutError):
            self.failed |= set(names)
            return
        self.failed |= set(await self.worker.call(missing, self.box.images, self.cache, names))

    async def drives(self, _: Arguments) -> list[dict[str, object]]:
        return [asdict(drive) for drive in await self._drives()]

    async def _drives(self) -> list[Drive]:
        # A worker of its own: a drive that hangs keeps nobody else waiting.
        worker = Worker("drives")
        try:
            return await worker.call_within(DRIVE_SECONDS, drives)
        finally:
            worker.close()

    async def copy(self, asked: Copy) -> str:
        drive = next((one for one in await self._drives() if one.mount == asked.drive), None)
        if drive is None:
            raise BadCommand("drive", f"there is no drive at {asked.drive!r}", advice="Plug it in again.")
        files = await self.worker.call(picked, self.box.images, asked.paths)
        return self.copies.start(drive, asked.paths, files)

    async def stop(self, _: Arguments) -> str:
        return await self.copies.stop()


def _facts(sub: Sub | None) -> dict[str, object] | None:
    if sub is None:
        return None
    return {**{name: plain(getattr(sub, name)) for name in FACTS}, "state": sub.state.value}


def files_commands(box: Box, worker: Worker) -> list[Command]:
    """For every surface."""
    files = Files(box, worker, DriveCopies(box))
    return [
        Command("files", "What lies in the images' folder.", Place, files.look, asks=True),
        Command("files_pick", "What a selection of files comes to.", Places, files.pick, asks=True),
        Command("files_delete", "Delete files of earlier nights for good.", Places, files.delete),
        Command("files_pictures", "Small pictures of frames.", Places, files.pictures, asks=True),
        Command("drives", "The removable drives that are plugged in.", Arguments, files.drives, asks=True),
        Command("copy_start", "Copy files to a drive, and check them there.", Copy, files.copy),
        Command("copy_stop", "End the copy to the drive.", Arguments, files.stop),
    ]

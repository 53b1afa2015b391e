"""The preview of every sub, kept beside the newest one's for lists and viewers."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from appliance.imaging.viewing import PREVIEW
from appliance.sequence.night import Night
from hardware.worker import Worker

PICTURES = "pictures"
"""Within the box's folder: a folder for each sub, by its number in the journal."""
MOST_KEPT = 1500  # some 200 kB each


async def keep_preview(night: Night, sub: int) -> None:
    """What is shown now is this sub. Without a picture kept the night goes on: one is made when asked for."""
    worker = Worker("previews")
    try:
        await worker.call(_keep, night.preview, night.preview.parent / PICTURES, sub)
    finally:
        worker.close()


def _keep(preview: Path, pictures: Path, sub: int) -> None:
    folder = pictures / str(sub)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PREVIEW).unlink(missing_ok=True)
        try:
            # The newest preview is replaced, never written over: a second name for it costs nothing.
            os.link(preview, folder / PREVIEW)
        except OSError:
            shutil.copyfile(preview, folder / PREVIEW)
        too_old = pictures / str(sub - MOST_KEPT)
        if sub > MOST_KEPT and too_old.is_dir():
            shutil.rmtree(too_old)

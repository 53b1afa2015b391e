"""Several exposures that become one sub: their mean."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.devices import Camera, Exposure, Frame
from hardware.worker import Worker


async def stacked(camera: Camera, exposure: Exposure, count: int) -> Frame:
    """The mean of `count` exposures, rounded, from the beginning of the first to the end of the last.

    Cancelled, or on a failure, all of them are lost; DeviceError as from the camera.
    """
    first = await camera.expose(exposure)
    if count == 1:
        return first
    worker, total, last = Worker("stacking"), first.pixels.astype(np.uint32), first
    try:
        for _ in range(count - 1):
            last = await camera.expose(exposure)
            await worker.call(_add, total, last.pixels)
        mean = await worker.call(_mean, total, count)
    finally:
        worker.close()
    return replace(first, pixels=mean, ended=last.ended, celsius=last.celsius)


def _add(total: NDArray[np.uint32], pixels: NDArray[np.uint16]) -> None:
    np.add(total, pixels, out=total)


def _mean(total: NDArray[np.uint32], count: int) -> NDArray[np.uint16]:
    return ((total + count // 2) // count).astype(np.uint16)

"""INDI's own camera simulator draws the stars of our `gsc` where our catalogue has them."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sep
from astropy.io import fits

from hardware.devices import J2000
from hardware.gsc import install_shim
from hardware.simulator.projection import tangent_plane
from hardware.stars.catalogue import Floats, stars_within

pytestmark = pytest.mark.indi
CAMERA, MOUNT = "CCD Simulator", "Telescope Simulator"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """An indiserver of our own that finds our `gsc` first."""
    assert shutil.which("indiserver"), "`make test` installs indi-bin"
    install_shim(tmp_path / "bin")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen: int = free.getsockname()[1]
    server = subprocess.Popen(
        [
            "indiserver",
            "-r",
            "0",
            "-u",
            str(tmp_path / "s"),
            "-p",
            str(chosen),
            "indi_simulator_telescope",
            "indi_simulator_ccd",
        ],
        env=os.environ | {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield chosen
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()


def put(port: int, device: str, *settings: str) -> None:
    for setting in settings:
        subprocess.run(
            ["indi_setprop", "-p", str(port), f"{device}.{setting}"],
            check=True,
            timeout=10,
            capture_output=True,
        )


def eventually(done: Callable[[], bool], within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    while not done():
        assert time.monotonic() < deadline, "the simulator did not get there in time"
        time.sleep(0.05)


def has(port: int, device: str, prop: str, value: str) -> bool:
    asked = subprocess.run(
        ["indi_getprop", "-p", str(port), "-t", "1", "-1", f"{device}.{prop}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    return asked.stdout.strip() == value


def written(frame: Path) -> bool:
    """The driver writes under the final name: only a whole number of blocks of the right size is all."""
    size = frame.stat().st_size if frame.exists() else 0
    return size > 2 * 1280 * 1024 and size % 2880 == 0


def photograph(port: int, folder: Path) -> tuple[Floats, J2000]:
    """One frame of the simulator near the Double Cluster, and where its header says it points."""
    for device in (MOUNT, CAMERA):
        eventually(lambda device=device: has(port, device, "CONNECTION.CONNECT", "Off"))  # type: ignore[misc]
        put(port, device, "CONNECTION.CONNECT=On")
        eventually(lambda device=device: has(port, device, "CONNECTION.CONNECT", "On"))  # type: ignore[misc]
    put(port, MOUNT, "ON_COORD_SET.SYNC=On", "EQUATORIAL_EOD_COORD.RA=2.40;DEC=57.3")
    put(
        port,
        CAMERA,
        "SIMULATOR_SETTINGS.SIM_SATURATION=5",
        "SIMULATOR_SETTINGS.SIM_SKYGLOW=11.5",
        "UPLOAD_MODE.UPLOAD_LOCAL=On",
        f"UPLOAD_SETTINGS.UPLOAD_DIR={folder};UPLOAD_PREFIX=frame",
        "CCD_EXPOSURE.CCD_EXPOSURE_VALUE=2",
    )
    eventually(lambda: written(folder / "frame.fits"))
    with fits.open(folder / "frame.fits") as file:
        return file[0].data.astype(np.float64), J2000(file[0].header["RA"], file[0].header["DEC"])


def brightest_spots(image: Floats, count: int) -> Floats:
    """(x, y) of the brightest things in a frame, relative to its middle."""
    light = image - float(np.median(image))
    found = sep.extract(light, 8.0, err=float(np.std(light[light < np.percentile(light, 90)])), minarea=9)
    found = found[np.argsort(found["flux"])[::-1][:count]]
    return np.stack([found["x"] - (image.shape[1] - 1) / 2, found["y"] - (image.shape[0] - 1) / 2], axis=1)


def matched(spots: Floats, stars: Floats, within_px: float) -> float:
    """Share of spots with a star beside them, after the one small shift that most pairs agree on.

    The shift is the simulator's own precession and nutation (up to 13", 11 pixels here).
    """
    shifts = (spots[:, None, :] - stars[None, :, :]).reshape(-1, 2)
    shifts = shifts[np.abs(shifts).max(axis=1) < 20]
    agree = [int((np.abs(shifts - shift).max(axis=1) < within_px).sum()) for shift in shifts]
    return max(agree, default=0) / len(spots)


def test_its_frame_shows_the_catalogue(port: int, tmp_path: Path) -> None:
    image, centre = photograph(port, tmp_path)
    ra, dec, _ = stars_within(centre, 0.4, 11.5)
    east, north = tangent_plane(ra, dec, centre)
    per_pixel = np.degrees(0.0052 / 900)  # the simulator's own sensor and telescope
    inside = (np.abs(east) < 660 * per_pixel) & (np.abs(north) < 530 * per_pixel)
    stars = np.stack([east[inside], north[inside]], axis=1) / per_pixel
    spots = brightest_spots(image, 12)
    assert len(spots) == 12
    # which way the simulator mounts its camera is its own affair: any mirror image or quarter turn
    mirrored = [stars * flip for flip in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
    shares = [matched(spots, seen[:, order], 2.5) for seen in mirrored for order in ([0, 1], [1, 0])]
    assert max(shares) > 0.9
    assert sorted(shares)[-2] < 0.5

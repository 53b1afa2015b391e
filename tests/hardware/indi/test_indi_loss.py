"""Servers and drivers that die, stop, hang or were never there."""

import asyncio
import dataclasses
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import psutil
import pytest

from hardware.devices import J2000, Camera, Exposure, IndiClient, IndiServer
from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceUnsupported
from hardware.indi.opener import IndiOpener
from hardware.recovering import Remedy
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]
by_each_link = pytest.mark.parametrize("link", get_args(IndiClient))


@asynccontextmanager
async def opened(server: IndiServer) -> AsyncIterator[IndiOpener]:
    async with IndiOpener.start(server, indi_rig.utc_clock()) as opener:
        yield opener


def server_of(server: IndiServer) -> psutil.Process:
    for process in psutil.Process().children(recursive=True):
        if "indiserver" in process.cmdline() and str(server.port) in process.cmdline():
            return process
    raise AssertionError("no indiserver of ours")


def driver_of(server: IndiServer, name: str) -> psutil.Process:
    return next(child for child in server_of(server).children() if name in child.cmdline()[0])


async def lost_within(seconds: float, doing: Awaitable[object], disturb: Callable[[], object]) -> DeviceLost:
    """Disturb something half a second into it; the DeviceLost that follows within so many seconds."""
    task = asyncio.ensure_future(doing)
    await asyncio.sleep(0.5)
    disturb()
    start = time.monotonic()
    with pytest.raises(DeviceLost) as lost:
        await asyncio.wait_for(task, seconds + 10)
    assert time.monotonic() - start < seconds
    return lost.value


async def reopened(open_it: Callable[[], Awaitable[Camera]], within: float) -> Camera:
    """As the rig does: try again until it works."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await open_it()
            except DeviceError:
                await asyncio.sleep(0.2)


@by_each_link
async def test_a_killed_server_is_lost_at_once_and_everything_opens_again(
    tmp_path: Path, link: IndiClient
) -> None:
    settings = indi_rig.settings(tmp_path, "ccd", "telescope", link=link)
    async with opened(settings) as opener:
        camera = await opener.camera(indi_rig.spec("CCD"))
        mount = await opener.mount(indi_rig.spec("Telescope"))
        slewing = asyncio.create_task(mount.slew(J2000(100.0, 20.0)))
        await lost_within(1.0, camera.expose(Exposure(30.0)), server_of(settings).kill)
        with pytest.raises(DeviceLost):
            await slewing
        assert camera.lost
        again = await reopened(lambda: opener.camera(indi_rig.spec("CCD")), 10)
        assert (await again.expose(Exposure(0.1))).pixels.any()
        assert not again.lost
        # The old objects stay lost though their device is back.
        assert camera.lost
        assert mount.lost
        with pytest.raises(DeviceLost):
            await camera.expose(Exposure(0.1))
        with pytest.raises(DeviceLost):
            await mount.status()


@by_each_link
async def test_a_server_that_stops_answering_is_lost_in_bounded_time_and_replaced(
    tmp_path: Path, link: IndiClient
) -> None:
    settings = indi_rig.settings(tmp_path, "ccd", link=link)
    async with opened(settings) as opener:
        camera = await opener.camera(indi_rig.spec("CCD"))
        await lost_within(8.0, camera.expose(Exposure(60.0)), server_of(settings).suspend)
        again = await reopened(lambda: opener.camera(indi_rig.spec("CCD")), 15)
        assert (await again.expose(Exposure(0.1))).pixels.any()


@by_each_link
async def test_a_driver_that_crashes_loses_its_device_alone(tmp_path: Path, link: IndiClient) -> None:
    settings = indi_rig.settings(tmp_path, "ccd", "focus", link=link)
    async with opened(settings) as opener:
        camera = await opener.camera(indi_rig.spec("CCD"))
        focuser = await opener.focuser(indi_rig.spec("Focuser"))
        await lost_within(2.0, camera.expose(Exposure(30.0)), driver_of(settings, "simulator_ccd").kill)
        assert camera.lost
        assert not focuser.lost
        again = await reopened(lambda: opener.camera(indi_rig.spec("CCD")), 15)
        assert (await again.expose(Exposure(0.1))).pixels.any()
        assert camera.lost
        await focuser.move_to(50_100)


@by_each_link
async def test_a_driver_that_hangs_is_lost_and_can_be_restarted_alone(
    tmp_path: Path, link: IndiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.indi.opener.CONNECT_SECONDS", 1.0)
    monkeypatch.setattr("hardware.indi.camera.ANSWER_SECONDS", 1.0)
    settings, ccd = indi_rig.settings(tmp_path, "ccd", "focus", link=link), indi_rig.spec("CCD")
    async with opened(settings) as opener:
        camera, focuser = await opener.camera(ccd), await opener.focuser(indi_rig.spec("Focuser"))
        others = driver_of(settings, "simulator_focus").pid, server_of(settings).pid
        hung = driver_of(settings, "simulator_ccd")
        hung.suspend()
        with pytest.raises(DeviceLost) as lost:
            await camera.expose(Exposure(0.1))
        assert "no answer" in lost.value.sentence
        with pytest.raises(DeviceLost):
            await opener.camera(ccd)
        assert opener.remedies(ccd)[Remedy.RESTART_DRIVER] == frozenset()
        await opener.apply(ccd, Remedy.RESTART_DRIVER)
        assert (await (await opener.camera(ccd)).expose(Exposure(0.1))).pixels.any()
        assert not hung.is_running() or hung.status() == psutil.STATUS_ZOMBIE
        assert not focuser.lost
        assert (driver_of(settings, "simulator_focus").pid, server_of(settings).pid) == others


@by_each_link
async def test_connecting_anew_and_restarting_the_server_lose_what_they_say(
    tmp_path: Path, link: IndiClient
) -> None:
    settings, ccd = indi_rig.settings(tmp_path, "ccd", "focus", link=link), indi_rig.spec("CCD")
    async with opened(settings) as opener:
        camera, focuser = await opener.camera(ccd), await opener.focuser(indi_rig.spec("Focuser"))
        await opener.apply(ccd, Remedy.RECONNECT)
        assert (camera.lost, focuser.lost) == (True, False)
        camera = await opener.camera(ccd)
        before = server_of(settings).pid
        assert opener.remedies(ccd)[Remedy.RESTART_SERVER] == {"Focuser Simulator"}
        await opener.apply(ccd, Remedy.RESTART_SERVER)
        assert (camera.lost, focuser.lost) == (True, True)
        assert server_of(settings).pid != before
        assert (await (await opener.camera(ccd)).expose(Exposure(0.1))).pixels.any()


async def test_a_driver_that_does_not_exist_is_named_before_anything_starts(tmp_path: Path) -> None:
    server = indi_rig.settings(tmp_path, "ccd")
    with pytest.raises(DeviceMissing) as missing:
        async with opened(IndiServer(server.socket, server.port, ("indi_simulator_ccd", "indi_asi_cdc"))):
            raise AssertionError("it started")
    assert missing.value.device == "indi_asi_cdc"
    assert not psutil.Process().children()


async def test_a_driver_that_does_not_start_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "indi_broken"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho cannot find my library >&2\nsleep 0.3\nexit 1\n")
    broken.chmod(0o700)
    server = indi_rig.settings(tmp_path)
    broken_server = dataclasses.replace(server, drivers=("indi_broken",), path=(str(broken.parent),))
    with pytest.raises(DeviceMissing) as missing:
        async with opened(broken_server):
            raise AssertionError("it started")
    assert missing.value.device == "indi_broken"
    assert "cannot find my library" in missing.value.sentence


@by_each_link
async def test_no_server_and_no_drivers_is_missing(
    tmp_path: Path, link: IndiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.indi.opener.DEFINED_SECONDS", 1.0)
    server = indi_rig.settings(tmp_path, link=link)
    with pytest.raises(DeviceMissing):
        async with opened(IndiServer(server.socket, server.port, link=link)):
            raise AssertionError("it connected")


@by_each_link
async def test_a_device_nobody_drives_is_missing_and_the_advice_names_what_there_is(
    tmp_path: Path, link: IndiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.indi.opener.DEFINED_SECONDS", 1.0)
    async with opened(indi_rig.settings(tmp_path, "focus", link=link)) as opener:
        with pytest.raises(DeviceMissing) as missing:
            await opener.camera(indi_rig.spec("CCD"))
        assert "Focuser Simulator" in missing.value.advice
        with pytest.raises(DeviceUnsupported):
            await opener.mount(indi_rig.spec("Focuser"))
        with pytest.raises(DeviceUnsupported) as unsupported:
            await opener.focuser(indi_rig.spec("Focuser", **{"NO_SUCH.THING": 1}))
        assert "NO_SUCH" in unsupported.value.sentence


@by_each_link
async def test_discover_says_what_is_there(tmp_path: Path, link: IndiClient) -> None:
    async with opened(indi_rig.settings(tmp_path, "focus", "telescope", link=link)) as opener:
        found = dict(await opener.discover())
    assert found == {"Focuser Simulator": ("focuser",), "Telescope Simulator": ("mount", "guide port")}


@by_each_link
async def test_an_end_in_order_leaves_no_process(tmp_path: Path, link: IndiClient) -> None:
    async with opened(indi_rig.settings(tmp_path, "ccd", "telescope", link=link)) as opener:
        await opener.mount(indi_rig.spec("Telescope"))
        running = psutil.Process().children(recursive=True)
        assert len(running) >= 3
    assert_gone(running)


async def test_a_controller_killed_outright_leaves_no_process_not_even_a_hung_driver(tmp_path: Path) -> None:
    """Kill -9: nothing of ours runs any more, the kernel has to do it. Then the same again works at once."""
    settings = indi_rig.settings(tmp_path, "ccd", "focus")
    controller = subprocess.Popen(  # noqa: ASYNC220 - another process's life, not ours
        [sys.executable, "-c", CONTROLLER.format(settings=settings)], stdout=subprocess.PIPE, text=True
    )
    assert controller.stdout
    with controller.stdout as out:
        assert await asyncio.to_thread(out.readline) == "up\n"
        family = psutil.Process(controller.pid).children(recursive=True)
        next(p for p in family if "simulator_ccd" in p.cmdline()[0]).suspend()
        controller.kill()
        controller.wait()
    assert_gone(family)
    async with opened(settings) as opener:
        await opener.camera(indi_rig.spec("CCD"))


CONTROLLER = textwrap.dedent("""
    import asyncio
    from hardware.devices import IndiServer
    from hardware.indi.opener import IndiOpener
    async def main():
        async with IndiOpener.start({settings!r}, lambda _: 0.0):
            print("up", flush=True)
            await asyncio.sleep(60)
    asyncio.run(main())
""")


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=3)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@by_each_link
async def test_a_26_megapixel_frame_does_not_hold_up_the_loop(
    tmp_path: Path, link: IndiClient, record_property: Callable[[str, object], None]
) -> None:
    setup = {"SIMULATOR_SETTINGS.SIM_XRES": 6240, "SIMULATOR_SETTINGS.SIM_YRES": 4176}
    async with opened(indi_rig.settings(tmp_path, "ccd", link=link)) as opener:
        camera = await opener.camera(indi_rig.spec("CCD", **setup))
        exposing = asyncio.create_task(camera.expose(Exposure(0.05)))
        loop, worst = asyncio.get_running_loop(), 0.0
        while not exposing.done():
            before = loop.time()
            await asyncio.sleep(0.002)
            worst = max(worst, loop.time() - before - 0.002)
        assert (await exposing).pixels.shape == (4176, 6240)
    record_property("worst_loop_lag_ms", round(worst * 1000, 1))
    # Conversion on the loop would take 40 ms and more; the rest allows for a busy machine.
    assert worst < 0.25


@by_each_link
async def test_a_new_connection_hears_of_devices_the_client_never_saw(
    tmp_path: Path, link: IndiClient
) -> None:
    """libindi asks only for the devices that it knew before."""
    for simulator, device in (("focus", "Focuser"), ("gps", "GPS")):
        folder = tmp_path / simulator
        folder.mkdir()
        async with opened(indi_rig.settings(folder, simulator, link=link)) as opener:
            assert [name for name, _ in await opener.discover()] == [f"{device} Simulator"]

"""A server that another process keeps up: used, not started; ended when stuck, and not when we leave."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from hardware.indi.opener import IndiOpener
from hardware.indi.outside import OutsideServer
from hardware.indi.server import OwnedServer
from tests.indi_rig import settings, spec, utc_clock

pytestmark = [pytest.mark.indi, pytest.mark.asyncio]


def driver(server: OwnedServer, name: str) -> psutil.Process | None:
    assert server.pid
    for child in psutil.Process(server.pid).children():
        with contextlib.suppress(psutil.Error):  # one that has just ended
            if name in " ".join(child.cmdline()):
                return child
    return None


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.05)


async def test_it_is_used_and_left_running(tmp_path: Path) -> None:
    ours = settings(tmp_path, "telescope", "focus")
    async with OwnedServer(ours).running() as server:
        kept = replace(ours, kept=True)
        for _ in range(2):
            async with IndiOpener.start(kept, utc_clock()) as opener:
                assert (await opener.mount(spec("Telescope"))).name == "Telescope Simulator"
        outside = OutsideServer(ours.socket)
        assert outside.pid == server.pid

        telescope, focus = driver(server, "telescope"), driver(server, "focus")
        assert telescope
        assert focus
        telescope.suspend()  # stuck
        outside.kill_driver("indi_simulator_telescope")
        await until(lambda: (now := driver(server, "telescope")) is not None and now != telescope)
        assert focus.is_running()

        before = server.pid
        assert before
        outside.kill()
        await until(lambda: server.pid not in (None, before))


async def test_nobody_and_other_programs_are_left_alone(tmp_path: Path) -> None:
    nobody = OutsideServer(str(tmp_path / "nobody"))
    assert nobody.pid is None
    nobody.kill()
    nobody.kill_driver("indi_simulator_telescope")
    path = str(tmp_path / "ours")
    listener = await asyncio.start_unix_server(lambda *_: None, path="\0" + path)
    async with listener:
        other = OutsideServer(path)
        assert other.pid is None  # we are not an indiserver
        other.kill()
        assert os.getpid()

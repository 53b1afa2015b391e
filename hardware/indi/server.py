"""Owning an indiserver: started, restarted with back-off, and never left behind.

It dies with us even on kill -9 (PR_SET_PDEATHSIG through setpriv), and so do its drivers: each is started
through a small script that sets the same for it, because the setting does not outlive a fork, and a driver
that hangs in a vendor library does not notice that its server has gone.
"""

import asyncio
import contextlib
import logging
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from hardware.devices import IndiServer
from hardware.errors import DeviceMissing

log = logging.getLogger(__name__)

MEMORY_MB = 1024  # a client this far behind is cut off; two 26-megapixel frames exceed the default 128
BACK_OFF_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
LONG_ENOUGH_SECONDS = 60.0  # up for so long, the next death starts at the shortest back-off again
TERM_SECONDS = 3.0
_SAID = re.compile(r"Driver (\S+): (.*)")
_NOTICED = re.compile(r"stderr EOF|stdin EOF|read: |write: |process \d+ ")
_ENDED = re.compile(r"Terminated after #\d+ restarts")


class OwnedServer:
    """The indiserver of `settings`, for as long as `running` lasts."""

    def __init__(self, settings: IndiServer) -> None:
        self._settings = settings
        self._folder = Path(settings.home or tempfile.gettempdir()) / f"nightbox-indi-{settings.port}"
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._deaths: dict[str, int] = {}
        self._last_words: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        """Drivers that are not running now, with their last words."""

    @property
    def pid(self) -> int | None:
        """Of the server that runs now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OwnedServer"]:
        """Start it and keep it up; DeviceMissing when it or a driver is not installed."""
        self._prepare()
        self._log = os.open(self._settings.log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        await self._launch()
        keeper = asyncio.create_task(self._keep_up())
        self._tasks.add(keeper)
        try:
            yield self
        finally:
            await self.stop()
            os.close(self._log)

    def kill(self) -> None:
        """End a server that has fallen silent; it is started again."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    def kill_driver(self, driver: str) -> None:
        """End a driver that does not answer, stuck in a vendor library perhaps; it is started again."""
        if self.pid is None:
            return
        for child in psutil.Process(self.pid).children():
            with contextlib.suppress(psutil.Error):  # it may end at any moment
                if Path(child.cmdline()[0]).name == driver:
                    child.kill()

    @property
    def _path(self) -> str:
        return os.pathsep.join((*self._settings.path, os.environ.get("PATH", os.defpath)))

    def _prepare(self) -> None:
        for program in ("indiserver", "setpriv"):
            if not shutil.which(program, path=self._path):
                raise DeviceMissing(
                    program, "this program is not installed", advice="Run: apt install indi-bin"
                )
        executables = {driver: shutil.which(driver, path=self._path) for driver in self._settings.drivers}
        for driver, executable in executables.items():
            if executable is None:
                raise DeviceMissing(
                    driver,
                    "there is no INDI driver of this name on this machine",
                    advice="Check its spelling in the profile, or install the package that has it.",
                )
        shutil.rmtree(self._folder, ignore_errors=True)  # what a killed run left, its FIFO among it
        (self._folder / "drivers").mkdir(parents=True)  # and with it a HOME that is not there yet
        os.mkfifo(self._folder / "fifo")
        for driver, executable in executables.items():
            script = self._folder / "drivers" / driver
            script.write_text(f'#!/bin/sh\nexec setpriv --pdeathsig KILL "{executable}" "$@"\n')
            script.chmod(0o700)

    async def _launch(self) -> None:
        settings = self._settings
        environment = os.environ | {
            "PATH": f"{self._folder / 'drivers'}{os.pathsep}{self._path}",
            "LC_ALL": "C",
        }
        if settings.home:
            environment["HOME"] = settings.home
        self.failures.clear()
        # fmt: off
        self._process = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig", "KILL",
            # -f keeps it up when its last driver ends; -r 0: restarting drivers is ours, with back-off.
            "indiserver", "-r", "0", "-f", str(self._folder / "fifo"), "-m", str(MEMORY_MB),
            "-u", settings.socket, "-p", str(settings.port), *settings.drivers,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,  # a terminal's Ctrl-C is for us: the mount must still be parked
        )
        # fmt: on

    async def _keep_up(self) -> None:
        loop, deaths = asyncio.get_running_loop(), 0
        while True:
            started = loop.time()
            assert self._process
            await self._listen(self._process)
            code = await self._process.wait()
            self._sweep(self._process.pid)
            deaths = 0 if loop.time() - started > LONG_ENOUGH_SECONDS else deaths + 1
            wait = BACK_OFF_SECONDS[min(max(deaths - 1, 0), len(BACK_OFF_SECONDS) - 1)]
            log.warning("indiserver ended with %s; starting it again in %g s", code, wait)
            await asyncio.sleep(wait)
            await self._launch()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Copy its output to the log file until it ends, and notice drivers that end."""
        assert process.stderr
        while True:
            try:
                line = await process.stderr.readline()
            except ValueError:  # a line longer than the reader's limit: its rest follows
                continue
            if not line:
                return
            os.write(self._log, line)
            if said := _SAID.search(line.decode("utf-8", "replace")):
                self._driver_said(said.group(1), said.group(2))

    def _driver_said(self, driver: str, text: str) -> None:
        if not _ENDED.match(text):
            # The server's own remarks on the end do not replace what the driver said before it.
            if not _NOTICED.match(text) or driver not in self._last_words:
                self._last_words[driver] = text
            return
        self.failures[driver] = self._last_words.pop(driver, "it ended")
        deaths = self._deaths[driver] = self._deaths.get(driver, 0) + 1
        wait = BACK_OFF_SECONDS[min(deaths, len(BACK_OFF_SECONDS) - 1)]
        log.warning(
            "INDI driver %s ended (%s); starting it again in %g s", driver, self.failures[driver], wait
        )
        task = asyncio.create_task(self._restart(driver, wait))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self, driver: str, wait: float) -> None:
        await asyncio.sleep(wait)
        # A second start would run a second copy: only one that the server reported dead is started.
        if self.pid and self.failures.pop(driver, None) is not None:
            self._command(f"start {driver}")
            await asyncio.sleep(LONG_ENOUGH_SECONDS)
            self._deaths[driver] = 0

    def _command(self, line: str) -> None:
        try:
            fifo = os.open(self._folder / "fifo", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return  # the server has just ended: its restart starts every driver
        try:
            os.write(fifo, f"{line}\n".encode())
        finally:
            os.close(fifo)

    async def stop(self) -> None:
        """End it and its drivers, and do not start it again."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if (process := self._process) and process.returncode is None:
            await self._end(process)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        drain = asyncio.create_task(self._listen(process))  # a full pipe would keep it from ending
        try:
            async with asyncio.timeout(TERM_SECONDS):
                await process.wait()
        except TimeoutError:
            log.warning("indiserver did not end when asked: killed")
        finally:
            self._sweep(process.pid)
            await asyncio.gather(drain, process.wait())

    def _sweep(self, group: int) -> None:
        """The server leads its own group: whatever of it is left, drivers and their children, ends now."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)

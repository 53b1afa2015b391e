"""An indiserver that somebody else keeps up: it may be ended when it is stuck, and is started again."""

import contextlib
import logging
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import psutil

log = logging.getLogger(__name__)

PROGRAM = "indiserver"
ANSWER_SECONDS = 1.0
_CREDENTIALS = struct.Struct("iII")  # struct ucred of unix(7): pid, uid, gid


class Server(Protocol):
    """What connection and opener need of a server, whoever keeps it up."""

    @property
    def failures(self) -> Mapping[str, str]:
        """Drivers known not to run now, with their last words."""
        ...

    def kill(self) -> None: ...
    def kill_driver(self, driver: str) -> None: ...
    async def stop(self) -> None: ...


class OutsideServer:
    """The server at a Unix socket, found by the kernel's word on who listens there."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.failures: Mapping[str, str] = MappingProxyType({})
        """None is known: its keeper reads what its drivers say."""

    @property
    def pid(self) -> int | None:
        """Of the indiserver that listens there now; None when none does, or it is another program."""
        if (pid := _listener(self._path)) is None:
            return None
        with contextlib.suppress(psutil.Error):
            if psutil.Process(pid).name() == PROGRAM:
                return pid
        return None

    def kill(self) -> None:
        """End a server that has fallen silent, if we may; its keeper starts it again."""
        if (pid := self.pid) is not None:
            _kill(psutil.Process(pid))

    def kill_driver(self, driver: str) -> None:
        """End a driver that does not answer, if we may; the server's keeper starts it again."""
        if (pid := self.pid) is None:
            return
        for child in _children(pid):
            with contextlib.suppress(psutil.Error):  # it may end at any moment
                if Path((child.cmdline() or [""])[0]).name == driver:
                    _kill(child)

    async def stop(self) -> None:
        """It is not ours to stop."""


def _children(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children())
    except psutil.Error:
        return []


def _listener(path: str) -> int | None:
    """Indiserver's socket has a name in the kernel, not in the file system: it begins with a zero byte."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(ANSWER_SECONDS)
        try:
            probe.connect("\0" + path)
            raw = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        except OSError:
            return None
    pid: int = _CREDENTIALS.unpack(raw)[0]
    return pid or None  # 0: it lives in another namespace


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.AccessDenied:
        log.warning("%s (%d) may not be ended by this user", process.name(), process.pid)
    except psutil.Error:
        pass  # it has ended already

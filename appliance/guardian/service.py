"""Telling systemd that the guardian lives (sd_notify(3)), by the standard library."""

import contextlib
import socket


class Service:
    """`path` is NOTIFY_SOCKET of the environment; without it nobody is told."""

    def __init__(self, path: str | None) -> None:
        self._address = "\0" + path[1:] if path and path.startswith("@") else path

    def ready(self) -> None:
        """It watches now."""
        self._tell("READY=1")

    def alive(self) -> None:
        """It is not stuck."""
        self._tell("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        # A manager that cannot be told must not keep the roof open.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(message.encode(), self._address)

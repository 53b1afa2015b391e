"""Telling the service manager how the box is (sd_notify(3)), by the standard library."""

import contextlib
import os
import socket


class Notifier:
    """`path` is NOTIFY_SOCKET of the environment; without it nobody is told."""

    def __init__(self, path: str | None) -> None:
        # A name that begins with @ is one in the kernel, not in the file system.
        self._address = f"\0{path[1:]}" if path and path.startswith("@") else path

    @classmethod
    def of_environment(cls) -> "Notifier":
        """Taken out of it, so that no child process speaks for the box."""
        return cls(os.environ.pop("NOTIFY_SOCKET", None))

    def ready(self) -> None:
        """The surfaces are up."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Feed the manager's watchdog."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends by itself or because it was asked to; that may take minutes: the mount parks."""
        self._tell("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._tell(f"STATUS={text}")

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        # A manager that does not listen costs no exposure.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(message.encode(), self._address)

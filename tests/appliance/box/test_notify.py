"""What the service manager is told."""

import os
import socket
from pathlib import Path

import pytest

from appliance.box.notify import Notifier
from appliance.guardian.service import Service


@pytest.mark.parametrize("name", ["{}/notify", "@nightbox{}"])
def test_it_is_told(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = name.format(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path.replace("@", "\0"))
        manager.settimeout(1.0)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        box = Notifier.of_environment()
        for tell in (box.ready, box.alive, box.stopping, lambda: box.status("exposing")):
            tell()
        told = [manager.recv(100) for _ in range(4)]
        assert told == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1", b"STATUS=exposing"]
        guardian = Service(path)
        guardian.ready()
        guardian.alive()
        assert [manager.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
    assert "NOTIFY_SOCKET" not in os.environ  # a child does not find it


def test_a_manager_that_has_gone_or_does_not_read_costs_nothing(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).alive()
    Notifier(None).alive()
    path = str(tmp_path / "full")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        for _ in range(1000):
            Notifier(path).alive()

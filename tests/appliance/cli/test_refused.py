"""A box that stands alone and cannot run as it is told says so until it is ended."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Api
from appliance.bus import who_is_needed
from appliance.cli import main
from tests.appliance.cli.cli_files import Files
from web.app import Security


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page says needs a person; then the service is ended."""
    said: list[str] = []

    class Page:
        url, loopback = "http://page/", "http://127.0.0.1/"

        def __init__(self, api: Api, security: Security, host: str, port: int) -> None:
            self._api = api

        def start(self) -> None:
            needed = who_is_needed(self._api.bus.states())
            said.append(needed.text if needed else "")
            os.kill(os.getpid(), signal.SIGTERM)

        async def stop(self) -> None: ...

    monkeypatch.setattr("appliance.cli.opening.page_server", Page)
    return said


@pytest.mark.parametrize("file", ["plan", "profile"])
def test_it_stays_with_its_page_and_says_what_is_wrong(
    files: Files, pages: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str], file: str
) -> None:
    broken: Any = getattr(files, file)
    broken.write_text("nonsense = 1\n", encoding="utf-8")
    assert main([*files.run(), "--wait", "--guarded", str(tmp_path)]) == 2
    (text,) = pages
    assert "name: " in text
    assert "Then restart Nightbox." in text
    assert "name: " in capfd.readouterr().err


def test_at_a_terminal_it_ends_at_once(files: Files, pages: list[str]) -> None:
    files.plan.write_text("nonsense = 1\n", encoding="utf-8")
    assert main(files.run()) == 2
    assert pages == []

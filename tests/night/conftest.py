"""Boxes of these tests are ended however the test ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.night.box import RunningBox

StartBox = Callable[..., RunningBox]


@pytest.fixture
def start_box() -> Iterator[StartBox]:
    started: list[RunningBox] = []

    def start(folder: Path, *arguments: str) -> RunningBox:
        started.append(RunningBox(folder, *arguments))
        return started[-1]

    yield start
    for box in started:
        box.end()

"""Boxes of these tests are ended however the test ends; one real small night serves them all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.night.box import RunningBox

StartBox = Callable[..., RunningBox]
NIGHT_SECONDS = 600  # the promise of the README


@pytest.fixture
def start_box() -> Iterator[StartBox]:
    started: list[RunningBox] = []

    def start(folder: Path, *arguments: str) -> RunningBox:
        started.append(RunningBox(folder, *arguments))
        return started[-1]

    yield start
    for box in started:
        box.end()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a whole `nightbox night` on INDI's simulators, run once."""
    folder = tmp_path_factory.mktemp("small") / "night"
    box = RunningBox(folder, "night", "--rig", "indi")
    try:
        assert box.wait(NIGHT_SECONDS) == 0, box.text()
        yield folder
    finally:
        box.end()

"""What all tests share."""

import asyncio
import os
import signal
from typing import Any

import pytest
from astropy.utils import iers
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# pytest-asyncio asks for the main thread's loop; without this it would make one that nobody closes,
# and the warning about it would fail the run.
asyncio.set_event_loop(None)

pytest_plugins = ["tests.virtual_time"]

# A runner in the background of a shell has Ctrl-C ignored, one under nohup the terminal's going, and children
# inherit that: the tests do both.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# The same inputs each time; `make fuzz` looks at many more, and at others each time.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=int(os.environ.get("FUZZ", "20000")), deadline=None)
settings.load_profile("same")

# astropy's tables of the Earth's rotation grow old, and would be looked for on a network that is not there.
iers.conf.auto_download = False
iers.conf.auto_max_age = None

TOLD = "told"
SLOW = ("tests/night/test_storm_nights.py", "tests/night/test_meridian_night.py", "tests/night/")
ONE_NIGHT = ("tests/night/test_small_night.py", "tests/night/test_predicted_night.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first."""
    items.sort(key=lambda item: [not item.nodeid.startswith(path) for path in SLOW])


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Files go whole to one of the test processes; those that look at the same real night go together."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return ONE_NIGHT[0] if path in ONE_NIGHT else path


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist it is unknown
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests have told by record_property(TOLD, ...): figures that a passing run shall show."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == TOLD:
                terminalreporter.write_line(str(text))

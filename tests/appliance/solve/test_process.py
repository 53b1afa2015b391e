"""Programs run beside the controller, which goes first."""

import os
import sys
from pathlib import Path

import pytest

from appliance.solve.process import NICENESS, run_program

pytestmark = pytest.mark.asyncio
TELL = "import os, time; time.sleep(0.2); print(os.getpriority(os.PRIO_PROCESS, 0))"


@pytest.mark.parametrize("already", [0, 12])
async def test_a_program_yields_to_the_controller(tmp_path: Path, already: int) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    command = ["nice", "-n", str(already), sys.executable, "-c", TELL]
    done = await run_program(command, tmp_path, 20.0)
    assert done.code == 0
    assert int(done.output) >= max(own + already, NICENESS)


async def test_a_program_that_is_too_slow_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await run_program(["sleep", "60"], tmp_path, 0.2)

"""Ending a controller that is stuck: that process and no other."""

import os
import signal
from pathlib import Path

from appliance.guardian.clock import Clock
from appliance.guardian.pulse import Beat

DIE_SECONDS = 10.0  # one that waits for a disk dies when that answers; it commands nothing any more
LOOK_SECONDS = 0.1
_START_TIME = 19  # of the fields behind the name in proc(5)'s stat


def end(beat: Beat, clock: Clock, proc: Path = Path("/proc")) -> str:
    """Kill the controller of this heartbeat if it still runs, and wait for its end; what was done.

    The process is held by a descriptor before it is looked at, so that it cannot become another one
    between the look and the signal.
    """
    try:
        handle = os.pidfd_open(beat.pid)
    except OSError:
        return "it had ended"
    try:
        if started(beat.pid, proc) != beat.started:
            return "it had ended"
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return "it was killed" if _gone(beat, clock, proc) else "it was killed and has not ended yet"
    except PermissionError:
        return "it may not be killed by the guardian's user"
    except ProcessLookupError:
        return "it had ended"
    finally:
        os.close(handle)


def _gone(beat: Beat, clock: Clock, proc: Path) -> bool:
    ends = clock.now() + DIE_SECONDS
    while started(beat.pid, proc) == beat.started:
        if clock.now() >= ends:
            return False
        clock.sleep(LOOK_SECONDS)
    return True


def started(pid: int, proc: Path = Path("/proc")) -> int | None:
    """When a process began, in the kernel's ticks since boot; None when it does not run."""
    try:
        fields = (proc / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    # A zombie has only to be buried by its parent.
    return None if fields[0] in {b"Z", b"X"} else int(fields[_START_TIME])

"""`python -m appliance.guardian --folder /run/nightbox`: see docs/safety.md."""

import argparse
import ctypes
import logging
import os
import sys
from pathlib import Path

from appliance.guardian.clock import Clock
from appliance.guardian.guard import Places, watch
from appliance.guardian.memory import Memory
from appliance.guardian.service import Service

log = logging.getLogger(__name__)

_LOCK_ALL = 1 | 2  # MCL_CURRENT | MCL_FUTURE: when memory is full its pages must not have to be read again


def main() -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(
        prog="python -m appliance.guardian", description="Makes the rig safe when Nightbox has died."
    )
    parser.add_argument("--folder", type=Path, required=True, help="what it shares with Nightbox")
    parser.add_argument("--memory", type=Path, help="a folder that stays when the box reboots")
    asked = parser.parse_args()
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.INFO, stream=sys.stderr)
    if ctypes.CDLL(None, use_errno=True).mlockall(_LOCK_ALL):
        log.info("its memory is not locked (%s)", os.strerror(ctypes.get_errno()))
    service = Service(os.environ.get("NOTIFY_SOCKET"))
    service.ready()
    memory = Memory(asked.memory / "rig.json" if asked.memory else None)
    watch(Places(asked.folder, memory), Clock(service.alive), service.status)


if __name__ == "__main__":
    main()

"""Plays the storm of the tests in a process of its own and prints what came of it, as JSON."""

import json
import os
import sys
from dataclasses import asdict

from appliance.rehearsal.storm import storm

NIGHTS, PIXEL_NIGHTS = 200, 4


def main() -> None:
    os.nice(19)  # all cores, and every other test comes first
    fast = storm(range(1, NIGHTS + 1))
    results = [{**asdict(one), "pixels": False} for one in fast]
    drawn = storm(range(1, PIXEL_NIGHTS + 1), pixels=True)
    results += [{**asdict(one), "pixels": True} for one in drawn]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()

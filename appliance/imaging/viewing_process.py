"""Pictures of one FITS file, made in a process of its own: it may take its time, and can be ended.

`python -m appliance.imaging.viewing_process FILE FOLDER FULL_WELL MOST_BYTES`; it prints why it could not.
"""

import sys
from pathlib import Path

from appliance.errors import NightboxError
from appliance.imaging.measure import StarSettings
from appliance.imaging.viewing import make_pictures


def main(file: str, folder: str, full_well: str, most_bytes: str) -> int:
    """Returns the exit code."""
    try:
        make_pictures(Path(file), Path(folder), StarSettings(full_well=float(full_well)), int(most_bytes))
    except NightboxError as failure:
        sys.stdout.write(failure.sentence)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

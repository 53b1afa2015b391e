"""What scripts find on their path: `path` is put into PYTHONPATH, and nothing else of the box is there."""

import os
from pathlib import Path

HELPERS = Path(__file__).parent / "path"
EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not listened on


def script_environment(host: str = "", port: int = 0) -> dict[str, str]:
    """Variables by which a script finds the helper module, and the box that listens for JSON-RPC there.

    `port` 0: it does not listen; then nothing is said of it.
    """
    paths = [str(HELPERS), *filter(None, [os.environ.get("PYTHONPATH")])]
    found = {"PYTHONPATH": os.pathsep.join(paths)}
    if port:
        found["CCDCIEL_HOST"] = "localhost" if host in EVERYWHERE else host
        found["CCDCIEL_PORT"] = str(port)
    return found

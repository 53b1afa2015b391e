"""What the files tell everybody."""

from dataclasses import dataclass

from appliance.bus import State


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveCopy(State):
    """Copying to a drive. `phase`: "copying", "done", "failed" or "stopped"; "" before the first.

    `files` and `bytes` of `of_files` and `of_bytes` are there and checked; `file` is on its way. `failures`
    are one line each.
    """

    phase: str = ""
    drive: str = ""
    file: str = ""
    files: int = 0
    of_files: int = 0
    bytes: int = 0
    of_bytes: int = 0
    text: str = ""
    failures: tuple[str, ...] = ()

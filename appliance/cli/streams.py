"""Where words go that are not for the person at the terminal: the log file."""

import io
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.imaging.atomic import translated

TERMINAL = 2  # the descriptor that C libraries write their complaints to


@contextmanager
def noise_to(log: Path) -> Iterator[None]:
    """What libraries print on descriptor 2 goes to the log; `sys.stderr` stays where it was.

    NotWritable or DiskFull when there can be no log.
    """
    with translated(log):
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    sys.stderr.flush()
    ours, kept = sys.stderr, os.dup(TERMINAL)
    if _descriptor_of(ours) == TERMINAL:
        sys.stderr = io.TextIOWrapper(
            os.fdopen(kept, "wb", buffering=0, closefd=False), errors="backslashreplace", write_through=True
        )
    os.dup2(descriptor, TERMINAL)
    os.close(descriptor)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = ours
        os.dup2(kept, TERMINAL)
        os.close(kept)


def _descriptor_of(stream: object) -> int | None:
    """None for one that is no file: a test's, or an embedding program's."""
    try:
        return int(stream.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


@contextmanager
def warnings_to(log: Path) -> Iterator[None]:
    """What the drivers and libraries report by `logging`, from warnings up, goes to the log."""
    with translated(log):
        handler = logging.FileHandler(log, encoding="utf-8")
    form = logging.Formatter("%(asctime)s ! %(name)s: %(message)s", "%H:%M:%S")
    form.converter = time.gmtime
    handler.setFormatter(form)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()

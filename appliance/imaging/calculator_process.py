"""The calculator's process: requests on stdin, answers on stdout, frames in shared memory.

Started as `python -m appliance.imaging.calculator_process FD...`, one descriptor of an anonymous
file per slot. It ends when stdin does, so it never outlives its parent.
"""

import mmap
import os
import pickle
import sys
import traceback
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from appliance.errors import NightboxError
from appliance.imaging.calculator_messages import LENGTH, Answer, Request, pack
from appliance.imaging.work import WORK, Pixels

NICENESS = 5  # the controller goes first


def main(slots: list[int]) -> None:
    """Serve until stdin ends."""
    # Only answers may go to the real stdout, whatever a library prints.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.nice(NICENESS)
    for request in _requests(sys.stdin.buffer):
        answers.write(pack(_answer(request, slots)))
        answers.flush()


def _requests(pipe: BinaryIO) -> Iterator[Request]:
    while len(head := pipe.read(LENGTH.size)) == LENGTH.size:
        yield pickle.loads(pipe.read(LENGTH.unpack(head)[0]))  # noqa: S301 - from our own parent


def _answer(request: Request, slots: list[int]) -> Answer:
    try:
        pixels = _pixels(slots[request.slot], request.shape)
        result = WORK[request.work](pixels, *request.arguments, again=request.again)
    except NightboxError as error:
        return Answer(request.id, error=error)
    except Exception as error:  # noqa: BLE001 - reported to the parent, which raises it
        traceback.print_exc()
        return Answer(request.id, surprise=f"{type(error).__name__}: {error}")
    return Answer(request.id, result)


def _pixels(slot: int, shape: tuple[int, int]) -> Pixels:
    if 0 in shape:
        return np.empty(shape, np.uint16)
    shared = mmap.mmap(slot, shape[0] * shape[1] * 2, prot=mmap.PROT_READ)
    return np.frombuffer(shared, np.uint16).reshape(shape)


if __name__ == "__main__":
    main([int(descriptor) for descriptor in sys.argv[1:]])

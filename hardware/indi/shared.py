"""Pictures as they come over a local server's socket: attached as shared memory, which is mapped, not copied.

A driver never shrinks a buffer that it has sent (libindi's sharedblob.c), so the mapping stays readable while
it is held.
"""

import base64
import binascii
import mmap
import os
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from hardware.indi.link import Decode, Picture
from hardware.indi_wire import Element, Member, WireError, number

MOST_BYTES = 1 << 30


def sent_pictures(
    element: Element, decode: Decode, descriptor: Callable[[], int | None]
) -> Iterator["SentPicture"]:
    """Those of a setBLOBVector. Each takes its buffer's descriptor when it is handed out."""
    for member in element.members:
        attached = member.attributes.get("attached") == "true"
        if attached or member.text:
            yield SentPicture(element, member, decode, descriptor() if attached else None)


class SentPicture:
    """One member's picture."""

    def __init__(self, element: Element, member: Member, decode: Decode, fd: int | None) -> None:
        self._device, self._name = element.device, element.name
        self._member, self._decode, self._fd = member, decode, fd

    def decoded(self) -> tuple[Picture, list[NDArray[np.uint8]]]:
        """To be called once, on a worker's thread: the picture, and its buffer, which can go.

        Unmapping tens of megabytes takes the kernel milliseconds, and nobody shall wait for that: clear the
        list on the worker's thread when the picture has been handed on.
        """
        buffer: list[NDArray[np.uint8]] = []
        try:
            buffer.append(self._bytes())
            content: NDArray[np.uint16] | ValueError = self._decode(
                buffer[0], self._member.attributes.get("format", "")
            )
        except ValueError as problem:
            # Its traceback would keep the buffer.
            content = problem.with_traceback(None)
        return Picture(self._device, self._name, content), buffer

    def _bytes(self) -> NDArray[np.uint8]:
        if self._member.attributes.get("attached") != "true":
            try:
                return np.frombuffer(base64.b64decode(self._member.text), dtype=np.uint8)
            except binascii.Error as wrong:
                raise ValueError(f"the frame is no base64 ({wrong})") from None
        fd, self._fd = self._fd, None
        if fd is None:
            raise ValueError("the frame's buffer did not come with it")
        try:
            return _mapped(fd, self._length())
        finally:
            os.close(fd)

    def _length(self) -> int:
        attributes = self._member.attributes
        text = attributes.get("len") or attributes.get("size", "")
        try:
            return int(number(text))
        except (WireError, OverflowError):
            raise ValueError(f"the frame's length is {text!r}") from None


def _mapped(fd: int, length: int) -> NDArray[np.uint8]:
    """The mapping goes when the last view of it does."""
    there = os.fstat(fd).st_size
    if not 0 < length <= min(there, MOST_BYTES):
        raise ValueError(f"the frame says it has {length} bytes; its buffer has {there}")
    try:
        return np.frombuffer(mmap.mmap(fd, length, prot=mmap.PROT_READ), dtype=np.uint8)
    except OSError as wrong:
        raise ValueError(f"the frame's buffer cannot be read ({wrong})") from None

"""Alpaca's ImageBytes: a header of eleven little-endian 32-bit numbers, then the pixels, x before y.

Header: metadata version, error number, client transaction, server transaction, start of the data, type of
the image's elements, type as transmitted, rank, and three dimensions. The pixel at (x, y) is element
x·height + y: a column lies together.
"""

import struct

import numpy as np
from numpy.typing import NDArray

TYPES = {1: "<i2", 2: "<i4", 3: "<f8", 6: "<u1", 8: "<u2", 9: "<u4"}
HEADER = struct.Struct("<11i")


def pixels(content: bytes) -> NDArray[np.uint16]:
    """The frame, shape (rows, columns), values held within 0 to 65535; ValueError when it is none."""
    if len(content) < HEADER.size:
        raise ValueError("the frame is cut off")
    _, error, _, _, start, _, kind, rank, width, height, _ = HEADER.unpack_from(content)
    if error:
        raise ValueError(content[start:].decode("utf-8", "replace") or f"error 0x{error:X}")
    if rank != 2 or kind not in TYPES:
        raise ValueError(f"a frame of rank {rank} and type {kind} is none of ours")
    count = width * height
    if len(content) < start + count * np.dtype(TYPES[kind]).itemsize:
        raise ValueError("the frame is cut off")
    values = np.frombuffer(content, TYPES[kind], count, start)
    if kind not in {6, 8}:
        values = np.clip(values, 0, 65535)
    return np.ascontiguousarray(values.astype(np.uint16, copy=False).reshape(width, height).T)

"""Writing 16-bit FITS files in strips: no second copy of a big frame in memory."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.atomic import new_file
from appliance.imaging.facts import SubFacts
from appliance.imaging.header import header

BLOCK = 2880  # FITS files come in blocks of so many bytes
STRIP = 64 * BLOCK  # pixels written at once: whole blocks, so every strip sums by itself
UNSIGNED = np.uint16(0x8000)
CARRY = 0xFFFFFFFF


def write_fits(path: Path, pixels: NDArray[np.uint16], facts: SubFacts) -> None:
    """Save a frame under a name that is free, whole or not at all.

    Raises DiskFull, NotWritable or StorageFailed; what is on disk is not touched then.
    """
    cards = header(facts, pixels.shape[1], pixels.shape[0])
    cards["CHECKSUM"] = ("0" * 16, "checksum of this unit")
    cards["DATASUM"] = ("0".ljust(10), "checksum of the data")
    with new_file(path) as file:
        size = len(_padded(cards.tostring()))
        file.seek(size)
        datasum = _write_data(file, pixels)
        cards["DATASUM"] = (str(datasum).ljust(10), "checksum of the data")
        blank = _padded(cards.tostring())
        cards["CHECKSUM"] = (encode_checksum(add_sums(datasum, sum32(blank))), "checksum of this unit")
        text = _padded(cards.tostring())
        assert len(text) == size
        file.seek(0)
        file.write(text)


def sum32(block: bytes | NDArray[np.generic], start: int = 0) -> int:
    """Ones' complement sum of 32-bit big-endian words (FITS standard, section 4.4.2.7)."""
    words = np.frombuffer(block, ">u4")
    return add_sums(start, int(words.sum(dtype=np.uint64)))


def add_sums(first: int, second: int) -> int:
    """Add with the carry brought round to the other end."""
    total = first + second
    while total > CARRY:
        total = (total & CARRY) + (total >> 32)
    return total


def encode_checksum(total: int) -> str:
    """The 16 letters that make the whole unit sum to all ones (FITS standard, appendix J)."""
    complement = ~total & CARRY
    letters = np.zeros((4, 4), np.int64)
    for place in range(4):
        byte = complement >> (24 - 8 * place) & 0xFF
        letters[:, place] = byte // 4 + ord("0")
        letters[0, place] += byte % 4
        # Punctuation is avoided by moving one of a pair up and the other down, which keeps their sum.
        for first in (0, 2):
            pair = letters[first : first + 2, place]
            while any(ord("9") < c < ord("A") or ord("Z") < c < ord("a") for c in pair):
                pair += (1, -1)
    text = "".join(chr(c) for c in letters.ravel())
    return text[-1] + text[:-1]


def _padded(text: str) -> bytes:
    return text.encode("ascii").ljust(-(-len(text) // BLOCK) * BLOCK)


def _write_data(file: BinaryIO, pixels: NDArray[np.uint16]) -> int:
    flat, total = pixels.reshape(-1), 0
    for start in range(0, flat.size, STRIP):
        strip = (flat[start : start + STRIP] ^ UNSIGNED).astype(">u2")
        data = strip.tobytes()
        data += bytes(-len(data) % BLOCK)
        total = sum32(data, total)
        file.write(data)
    return total


def holds(path: Path, pixels: NDArray[np.uint16]) -> bool:
    """Is there a complete file of exactly these pixels?"""
    data = -(-pixels.nbytes // BLOCK) * BLOCK
    if not path.is_file() or path.stat().st_size <= data:
        return False
    stored = np.memmap(path, ">u2", "r", offset=path.stat().st_size - data, shape=pixels.shape)
    return all(np.array_equal(row, own ^ UNSIGNED) for row, own in zip(stored, pixels, strict=True))

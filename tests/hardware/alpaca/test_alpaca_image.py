"""ImageBytes as Alpaca cameras send them."""

import struct

import numpy as np
import pytest

from hardware.alpaca.image import pixels


def image(values: list[list[int]], kind: int, dtype: str, *, error: int = 0, rank: int = 2) -> bytes:
    """`values` by rows; on the wire the columns lie together."""
    rows = np.array(values)
    header = struct.pack("<11i", 1, error, 1, 1, 44, 2, kind, rank, rows.shape[1], rows.shape[0], 0)
    return header + np.ascontiguousarray(rows.T).astype(dtype).tobytes()


@pytest.mark.parametrize(
    ("kind", "dtype"), [(1, "<i2"), (2, "<i4"), (3, "<f8"), (6, "u1"), (8, "<u2"), (9, "<u4")]
)
def test_rows_and_columns_stand_where_they_were(kind: int, dtype: str) -> None:
    frame = pixels(image([[1, 2, 3], [4, 5, 6]], kind, dtype))
    assert frame.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert frame.dtype == np.uint16
    assert frame.flags.c_contiguous


def test_what_16_bits_cannot_hold_is_clipped() -> None:
    assert pixels(image([[-5, 70_000]], 2, "<i4")).tolist() == [[0, 65535]]


def test_an_error_is_told_in_its_own_words() -> None:
    words = struct.pack("<11i", 1, 0x500, 1, 1, 44, 0, 0, 0, 0, 0, 0) + b"no light"
    with pytest.raises(ValueError, match="no light"):
        pixels(words)


@pytest.mark.parametrize(
    "content", [b"", image([[1, 2]], 8, "<u2")[:-1], image([[1]], 8, "<u2", rank=3), image([[1]], 7, "<i8")]
)
def test_what_is_no_frame_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="frame"):
        pixels(content)

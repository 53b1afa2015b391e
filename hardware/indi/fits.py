"""The pixels of a FITS image as INDI cameras send it. Only what such frames hold; FITS 4.0, sections 3-4."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 2880
CARD = 80


def pixels(raw: NDArray[np.uint8], form: str) -> NDArray[np.uint16]:
    """Native uint16 (rows, columns) in one pass over the bytes; nothing refers to `raw` afterwards.

    ValueError for anything but a plain 8- or 16-bit monochrome (or Bayer) FITS image.
    """
    if form != ".fits":
        raise ValueError(f"the camera sent a {form} file, not plain FITS")
    header, start = _header(raw)
    try:
        axes, width, height, bits = (int(header[key]) for key in ("NAXIS", "NAXIS1", "NAXIS2", "BITPIX"))
    except KeyError as missing:
        raise ValueError(f"the frame's FITS header has no {missing.args[0]}") from None
    if axes != 2:
        raise ValueError(f"the camera sent {axes} image axes, not 2")
    zero = float(header.get("BZERO", "0"))
    size = width * height * abs(bits) // 8
    if len(raw) < start + size:
        raise ValueError(f"the frame was cut short: {len(raw)} of {start + size} bytes")
    data = raw[start : start + size]
    if bits == 8:
        return data.astype(np.uint16).reshape(height, width)
    if bits != 16 or zero != 32768.0:
        raise ValueError(f"the camera sent pixels of BITPIX {bits} and BZERO {zero:g}")
    # Adding 32768 to a signed number is flipping its top bit: no wider type is needed on the way.
    out = np.empty((height, width), dtype=np.uint16)
    np.bitwise_xor(data.view(">u2").reshape(height, width), np.uint16(0x8000), out=out)
    return out


def _header(raw: NDArray[np.uint8]) -> tuple[dict[str, str], int]:
    """Keywords to values as text, and where the data begins."""
    found: dict[str, str] = {}
    for block in range(0, len(raw), BLOCK):
        text = raw[block : block + BLOCK].tobytes().decode("ascii", "replace")
        for card in (text[n : n + CARD] for n in range(0, len(text), CARD)):
            if card.startswith("END "):
                return found, block + BLOCK
            if card[8:10] == "= ":
                found[card[:8].strip()] = card[10:].split("/")[0].strip(" '")
    raise ValueError("the frame has no FITS header")

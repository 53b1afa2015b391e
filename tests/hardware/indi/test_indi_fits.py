import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from numpy.typing import NDArray

from hardware.indi.fits import pixels


def raw(data: NDArray[np.generic], **header: object) -> NDArray[np.uint8]:
    hdu = astropy_fits.PrimaryHDU(data)
    hdu.header.update(header)
    hdu.header["COMMENT"] = "END is only the end in the first column"
    text = hdu.header.tostring().encode()
    # What astropy itself would write, without a file: the scaled big-endian data after the header.
    body = (data.astype(np.int32) - 32768).astype(">i2") if data.dtype == np.uint16 else data
    return np.frombuffer(text + body.tobytes(), dtype=np.uint8)


def test_every_value_survives() -> None:
    data = np.arange(65536, dtype=np.uint16).reshape(128, 512)
    frame = pixels(raw(data), ".fits")
    assert frame.dtype == np.uint16
    assert frame.dtype.isnative
    assert frame.flags.owndata
    np.testing.assert_array_equal(frame, data)


def test_a_header_of_several_blocks() -> None:
    data = np.full((3, 5), 40_000, dtype=np.uint16)
    many = {f"KEY{n}": n for n in range(90)}
    np.testing.assert_array_equal(pixels(raw(data, **many), ".fits"), data)


def test_eight_bits() -> None:
    data = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(pixels(raw(data), ".fits"), data.astype(np.uint16))


def test_what_cannot_be_read_says_what_it_is() -> None:
    data = np.ones((4, 6), dtype=np.uint16)
    with pytest.raises(ValueError, match=r"\.fits\.fz"):
        pixels(raw(data), ".fits.fz")
    with pytest.raises(ValueError, match="cut short"):
        pixels(raw(data)[:-1], ".fits")
    with pytest.raises(ValueError, match="BITPIX -32"):
        pixels(raw(np.ones((4, 6), dtype=np.float32)), ".fits")
    with pytest.raises(ValueError, match="3 image axes"):
        pixels(raw(np.ones((3, 4, 6), dtype=np.uint8)), ".fits")
    nameless = raw(data).tobytes().replace(b"NAXIS2  =", b"NAXIS9  =")
    with pytest.raises(ValueError, match="no NAXIS2"):
        pixels(np.frombuffer(nameless, dtype=np.uint8), ".fits")
    with pytest.raises(ValueError, match="no FITS header"):
        pixels(np.zeros(2880, dtype=np.uint8), ".fits")

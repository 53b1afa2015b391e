"""The stretched JPEG."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.preview import BACKGROUND, stretched, write_preview

Pixels = NDArray[np.uint16]


def test_the_sky_is_dark_grey_and_stars_are_bright(pixels: Pixels) -> None:
    picture = stretched(pixels, 640)
    assert np.median(picture) == pytest.approx(255 * BACKGROUND, abs=3)
    assert picture.max() > 200


def test_a_new_preview_replaces_the_last(tmp_path: Path, pixels: Pixels) -> None:
    write_preview(tmp_path / "latest.jpg", np.zeros_like(pixels), 400)
    write_preview(tmp_path / "latest.jpg", pixels, 300)
    with Image.open(tmp_path / "latest.jpg") as picture:
        assert picture.format == "JPEG"
        assert picture.size == (213, 160)
        assert np.asarray(picture).max() > 150
    assert [path.name for path in tmp_path.iterdir()] == ["latest.jpg"]


@pytest.mark.parametrize("level", [0, 1000, 65535])
@pytest.mark.parametrize("shape", [(1, 1), (3, 1000), (100, 100)])
def test_frames_with_nothing_on_them(level: int, shape: tuple[int, int]) -> None:
    assert stretched(np.full(shape, level, np.uint16), 64).size > 0

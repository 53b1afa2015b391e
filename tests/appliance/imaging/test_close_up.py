"""One star of a frame, seen closely."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.errors import StorageFailed
from appliance.imaging.close_up import SIDE, close_up
from appliance.imaging.measure import StarSettings

Pixels = NDArray[np.uint16]
SETTINGS = StarSettings(shapes=True)
SIGMA, SKY = 2.4, 500


def gauss(*places: tuple[float, float, float], width: int = 200, height: int = 160) -> Pixels:
    """Stars of one size at (x, y) with a height, on noise."""
    rows, columns = np.indices((height, width), dtype=float)
    image = SKY + np.random.default_rng(1).normal(0, 4, (height, width))
    for x, y, top in places:
        image += top * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * SIGMA**2))
    return np.clip(np.rint(image), 0, 65_535).astype(np.uint16)


def test_the_profile_of_a_gaussian_is_a_gaussian(tmp_path: Path) -> None:
    seen = close_up(gauss((81.3, 60.6, 8_000)), tmp_path / "star.jpg", SETTINGS, None, 0)
    assert seen.star is not None
    assert (seen.star.x, seen.star.y) == pytest.approx((81.3, 60.6), abs=0.2)
    assert seen.star.hfr == pytest.approx(1.177 * SIGMA, rel=0.05)
    assert seen.star.fwhm == pytest.approx(2.355 * SIGMA, rel=0.05)
    assert seen.star.peak == pytest.approx(8_000 + SKY, rel=0.05)
    for radius, light in seen.profile:
        # A ring's mean over whole pixels: not the value at its middle, but near it.
        assert light == pytest.approx(8_000 * np.exp(-(radius**2) / (2 * SIGMA**2)), abs=500)
    with Image.open(tmp_path / "star.jpg") as picture:
        assert picture.size == (SIDE, SIDE)
        middle = np.asarray(picture)[SIDE // 2 - 8 : SIDE // 2 + 8, SIDE // 2 - 8 : SIDE // 2 + 8]
        assert middle.min() > 200
        assert np.asarray(picture)[:20, :20].max() < 150


def test_the_same_star_is_followed_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "star.jpg"
    first = gauss((60, 60, 9_000), (140, 100, 4_000))
    best = close_up(first, path, SETTINGS, None, 0).star
    other = close_up(first, path, SETTINGS, None, 1).star
    assert best is not None
    assert other is not None
    assert (round(best.x), round(other.x)) == (60, 140)
    drifted = gauss((72, 68, 9_000), (152, 108, 4_000))
    followed = close_up(drifted, path, SETTINGS, (other.x, other.y), 0).star
    assert followed is not None
    assert round(followed.x) == 152


def test_a_saturated_star_is_no_measure(tmp_path: Path) -> None:
    seen = close_up(
        gauss((60, 60, 300_000), (140, 100, 4_000)), tmp_path / "star.jpg", replace(SETTINGS), None, 0
    )
    assert seen.star is not None
    assert round(seen.star.x) == 140


def test_near_the_edge_and_without_any_star(tmp_path: Path) -> None:
    corner = close_up(gauss((12, 12, 9_000)), tmp_path / "star.jpg", SETTINGS, None, 0)
    assert corner.star is not None
    assert len(corner.profile) > 10
    nothing = close_up(gauss(), tmp_path / "none.jpg", SETTINGS, None, 0)
    assert (nothing.star, nothing.profile) == (None, ())
    assert not (tmp_path / "none.jpg").exists()


def test_a_picture_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageFailed):
        close_up(gauss((60, 60, 9_000)), tmp_path / "file" / "star.jpg", SETTINGS, None, 0)

from pathlib import Path

import pytest

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.engine import EngineSolver
from appliance.solve.fits_text import read_header
from appliance.solve.indexes import Index, indexes_in, useful
from appliance.solve.solution import Hint

SMALL = Index(Path("small"), 22, 30)
MIDDLE = Index(Path("middle"), 85, 120)
LARGE = Index(Path("large"), 1400, 2000)


def test_only_patterns_that_fit_the_frame() -> None:
    assert useful([SMALL, MIDDLE, LARGE], 1280, 1024, (1.9, 2.1)) == [SMALL]
    assert useful([SMALL, MIDDLE, LARGE], 1280, 1024, (1.9, 6.0)) == [SMALL, MIDDLE]
    assert useful([SMALL, MIDDLE, LARGE], 1280, 1024, (0.1, 0.2)) == []


def test_a_file_that_is_no_index_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.fits").write_bytes(b"not FITS at all")
    assert indexes_in((tmp_path, tmp_path / "nowhere")) == ()
    assert "index files" in (EngineSolver(folders=(tmp_path,), program="true").missing() or "")
    assert EngineSolver(program="no-such-program").missing() == "no-such-program is not installed"


async def test_a_field_too_small_for_every_index_says_so(random_field: StarField, tmp_path: Path) -> None:
    with pytest.raises(SolveFailed, match="No installed index fits") as failed:
        await EngineSolver(folders=(tmp_path,)).solve(random_field, Hint(scale_arcsec=0.1))
    assert "index files" in failed.value.advice


def test_header_values_have_types(tmp_path: Path) -> None:
    cards = [
        "SIMPLE  =                    T / yes",
        "NAME    = 'O''x    '",
        "X       = 1.5D2 / degrees",
        "END",
    ]
    path = tmp_path / "x.fits"
    path.write_bytes("".join(card.ljust(80) for card in cards).ljust(2880).encode())
    assert read_header(path) == {"SIMPLE": True, "NAME": "O", "X": 150.0}
    path.write_bytes(b" " * 2880)
    with pytest.raises(ValueError, match="not a FITS header"):
        read_header(path)

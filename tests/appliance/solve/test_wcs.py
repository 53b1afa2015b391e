import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from appliance.sky.coordinates import separation_arcsec
from appliance.solve.wcs import Tan, solution_of, tan_of
from hardware.devices import J2000

CD = ((-5e-4, 1e-4), (1e-4, 5.2e-4))


@pytest.mark.parametrize("dec", [0.0, 41.0, -89.0, 89.9])
def test_pixels_and_sky_agree_with_astropy(dec: float) -> None:
    tan = Tan((100.5, 50.5), J2000(359.95, dec), CD)
    header = fits.Header({
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRPIX1": 100.5, "CRPIX2": 50.5,
        "CRVAL1": 359.95, "CRVAL2": dec, "CD1_1": CD[0][0], "CD1_2": CD[0][1], "CD2_1": CD[1][0],
        "CD2_2": CD[1][1],
    })  # fmt: skip
    assert tan_of(dict(header)) == tan
    x, y = np.array([1.0, 500.0, 1200.0]), np.array([900.0, 3.0, 700.0])
    expected = SkyCoord(*WCS(header).all_pix2world(x, y, 1), unit="deg")
    found = SkyCoord(*tan.sky(x, y), unit="deg")
    assert (expected.separation(found) < 1e-4 * u.arcsec).all()
    assert np.allclose(tan.pixels(*tan.sky(x, y)), (x, y), atol=1e-6)


def test_what_is_behind_has_no_pixel() -> None:
    assert np.isnan(Tan((1.0, 1.0), J2000(0.0, 0.0), CD).pixels([180.0], [0.0])).all()


@pytest.mark.parametrize(
    ("cd", "rotation", "mirrored"),
    [
        (((-1e-3, 0.0), (0.0, 1e-3)), 0.0, False),  # north up, east to the left
        (((1e-3, 0.0), (0.0, 1e-3)), 0.0, True),
        (((0.0, 1e-3), (1e-3, 0.0)), 90.0, False),  # +y points east
        (((1e-3, 0.0), (0.0, -1e-3)), 180.0, False),
    ],
)
def test_rotation_and_parity(cd: tuple[tuple[float, float], ...], rotation: float, mirrored: bool) -> None:
    tan = Tan((50.5, 50.5), J2000(10.0, 20.0), (cd[0], cd[1]))
    solution = solution_of(tan, 100, 100, matched=9, solver="x", seconds=0.1)
    assert solution.rotation_deg == pytest.approx(rotation, abs=1e-3)
    assert solution.mirrored is mirrored
    assert solution.scale_arcsec == pytest.approx(3.6)


def test_the_centre_is_the_middle_of_the_frame() -> None:
    tan = Tan((1.0, 1.0), J2000(10.0, 0.0), ((-1e-3, 0.0), (0.0, 1e-3)))
    solution = solution_of(tan, 201, 101, matched=9, solver="x", seconds=0.1)
    assert separation_arcsec(solution.centre, J2000(9.9, 0.05)) < 0.01

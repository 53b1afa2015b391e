import warnings

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BadInput
from appliance.sky.coordinates import (
    airmass,
    alt_az,
    format_dec,
    format_position,
    format_ra,
    from_alt_az,
    from_vector,
    hour_angle_deg,
    observe,
    offset_by,
    parse_position,
    position_angle_deg,
    separation_arcsec,
    separation_deg,
    sidereal_hours,
    unit_vector,
)
from hardware.devices import J2000, Site
from hardware.jnow import jnow

SITE = Site(48.1, 11.6, 520.0)
MOMENT = 1795211000.0  # 2026-11-20T21:43:20Z
positions = st.builds(J2000, st.floats(0, 359.999), st.floats(-89.9, 89.9))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iers.conf, "auto_download", False)
    monkeypatch.setattr(iers.conf, "auto_max_age", None)


@pytest.mark.parametrize("position", [J2000(10.7, 41.3), J2000(0.0, 89.0), J2000(83.8, -5.4)])
@pytest.mark.parametrize("refraction", [False, True])
def test_alt_az_agrees_with_astropy(position: J2000, refraction: bool) -> None:
    place = EarthLocation.from_geodetic(SITE.longitude_deg, SITE.latitude_deg, SITE.elevation_m)
    hpa = 1013.25 * np.exp(-520 / 8434) if refraction else 0.0
    frame = AltAz(
        obstime=Time(MOMENT, format="unix"), location=place, pressure=hpa * u.hPa,
        temperature=10 * u.deg_C, relative_humidity=0.5, obswl=0.55 * u.um,
    )  # fmt: skip
    theirs = SkyCoord(position.ra_deg, position.dec_deg, unit="deg").transform_to(frame)
    altitude, azimuth = alt_az(position, SITE, MOMENT, refraction=refraction)
    # UT1 - UTC, which we leave out, is below 0.9 s: 14".
    assert SkyCoord(azimuth, altitude, unit="deg").separation(SkyCoord(theirs.az, theirs.alt)).arcsec < 3


def test_hour_angle_grows_by_the_sidereal_rate_and_is_zero_on_the_meridian() -> None:
    target = J2000(10.7, 41.3)
    now, later = (hour_angle_deg(target, SITE, MOMENT + t) for t in (0.0, 3600.0))
    assert later - now == pytest.approx(15.041, abs=1e-3)
    assert alt_az(target, SITE, MOMENT - now / 15.041 * 3600)[1] == pytest.approx(180.0, abs=0.01)


def test_many_moments_at_once_are_as_one_by_one() -> None:
    moments = MOMENT + np.arange(-86400.0, 86400.0, 7200.0)
    together = observe(J2000(10.7, 41.3), SITE, moments)
    single = np.array([observe(J2000(10.7, 41.3), SITE, moment) for moment in moments]).T
    for (altitude, azimuth, _), (alone, azimuth_alone, _) in zip(np.array(together).T, single.T, strict=True):
        apart = separation_arcsec(J2000(azimuth, altitude), J2000(azimuth_alone, alone))
        assert apart < 1.0


def test_far_future_years_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alt_az(J2000(10.0, 10.0), SITE, MOMENT + 20 * 31557600)


@given(positions, st.floats(0, 359.9), st.floats(1e-4, 170))
def test_offset_and_back(origin: J2000, angle: float, distance: float) -> None:
    there = offset_by(origin, angle, distance)
    assert separation_deg(origin, there) == pytest.approx(distance, abs=1e-9)
    turned = (position_angle_deg(origin, there) - angle + 180) % 360 - 180
    assert turned == pytest.approx(0, abs=1e-4)


@given(positions)
def test_vectors_and_back(position: J2000) -> None:
    assert separation_arcsec(from_vector(3 * unit_vector(position)), position) < 1e-6


def test_airmass() -> None:
    assert airmass(90.0) == pytest.approx(1.0, abs=1e-3)
    assert airmass(30.0) == pytest.approx(1.9935, abs=3e-3)
    assert airmass(0.0) == pytest.approx(31.7, abs=0.2)
    assert airmass(-0.1) is None


def test_formats_never_show_sixty() -> None:
    assert format_ra(359.99999) == "00h00m00.0s"
    assert format_ra(83.822083) == "05h35m17.3s"
    assert format_ra(83.822083, ":", 2) == "05:35:17.30"
    assert format_dec(-5.391111) == "-05d23m28s"
    assert format_dec(-0.9999999) == "-01d00m00s"
    assert format_dec(-0.00001) == "+00d00m00s"


@given(positions)
def test_what_we_write_we_read(position: J2000) -> None:
    again = parse_position(format_position(position))
    assert again is not None
    assert separation_arcsec(again, position) < 1.0


@pytest.mark.parametrize(
    ("text", "ra", "dec"),
    [
        ("10h 08m +12d", 152.0, 12.0),
        ("10:08:22.3 -11:58:02", 152.092917, -11.967222),
        ("10 08 22, +11 58 02", 152.091667, 11.967222),
        ("10h08m22s +11°58'02\"", 152.091667, 11.967222),
        ("10h08m22s 11d58m02s", 152.091667, 11.967222),
        ("152.09 11.97", 152.09, 11.97),
        ("152.09, −11.97", 152.09, -11.97),
        ("0h0m0s -0d30m", 0.0, -0.5),
    ],
)
def test_coordinates_as_people_type_them(text: str, ra: float, dec: float) -> None:
    position = parse_position(text)
    assert position is not None
    assert [position.ra_deg, position.dec_deg] == pytest.approx([ra, dec], abs=1e-5)


@pytest.mark.parametrize("text", ["", "M 31", "47 Tuc", "10", "h m s", "10h61m +10d", "1 2 3", "30 Dor"])
def test_what_is_not_coordinates_is_left_to_the_names(text: str) -> None:
    assert parse_position(text) is None


@pytest.mark.parametrize("text", ["25h +10d", "361.0 +10.0", "10h -91d"])
def test_off_the_sphere_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"target\.0: .*not on the sky"):
        parse_position(text, "target.0")


@pytest.mark.parametrize("refraction", [False, True])
@pytest.mark.parametrize(("altitude", "azimuth"), [(35.0, 45.0), (80.0, 300.0), (12.0, 180.0), (60.0, 359.9)])
def test_altitude_and_azimuth_lead_back(altitude: float, azimuth: float, refraction: bool) -> None:
    site, now = Site(48.1, 11.6, 520.0), 1_797_782_400.0
    there = from_alt_az(altitude, azimuth, site, now, refraction=refraction)
    assert alt_az(there, site, now, refraction=refraction) == pytest.approx((altitude, azimuth), abs=2e-5)


def test_sidereal_time_is_the_right_ascension_on_the_meridian() -> None:
    site, now = Site(48.1, 11.6, 520.0), 1_797_782_400.0
    hours = sidereal_hours(site, now)
    south = from_alt_az(50.0, 180.0, site, now)
    assert jnow(south, now)[0] == pytest.approx(hours, abs=2e-5)
    assert sidereal_hours(site, now + 86164.0905) == pytest.approx(hours, abs=1e-5)

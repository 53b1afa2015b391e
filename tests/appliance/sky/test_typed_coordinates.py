"""Coordinates in every form that people type, and words for what cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BadInput
from appliance.sky.coordinates import format_dec, format_ra, separation_arcsec
from appliance.sky.typed import read_coordinates
from hardware.devices import J2000
from hardware.jnow import jnow

NOW = 1_795_204_800.0
ORION = J2000(83.8208333, -5.3911111)


@pytest.mark.parametrize(
    "text",
    [
        "05h35m17s -05d23m28s", "5 35 17 -5 23 28", "5:35:17 -5:23:28", "RA 5h35m17s Dec -5°23'28\"",
        "053517-052328", "5h35m17s−05°23′28″", "  5h 35m 17s ,  -5° 23' 28\" ",
        "α = 5h35m17s, δ = -5°23'28''",
        "83.820833 -5.391111", "83.820833, -5.391111", "83,820833 -5,391111", "05:35:17 -05:23:28 (J2000)",
        "5.588055h -5.391111", "5h35.2833m -5°23.4667'", "ra: 5:35:17; dec: -5:23:28",
        "83.820833° -5.391111°",
    ],
)  # fmt: skip
def test_forms_of_one_place(text: str) -> None:
    assert separation_arcsec(read_coordinates(text), ORION) < 1.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing was typed"), ("12h", "one number"), ("hello", "one number"),
        ("10 61 22 +11 58 02", "61 minutes"), ("10 08 75 +11 58 02", "75 seconds"),
        ("25 00 00 +10 00 00", "0 to 24 h"), ("10 00 00 +91 00 00", "-90 to 90"), ("400 10", "0 to 24 h"),
        ("10x08 +11", "'x'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as told:
        read_coordinates(text)
    assert told.value.field == "coordinates"
    assert told.value.advice


places = st.builds(J2000, st.floats(0, 359.99), st.floats(-89.9, 89.9))


@given(places, st.sampled_from(["hms", ":"]), st.sampled_from([" ", ", ", "   "]))
def test_what_is_written_is_read(place: J2000, mark: str, between: str) -> None:
    dec_mark = "dms" if mark == "hms" else mark
    text = format_ra(place.ra_deg, mark, 2) + between + format_dec(place.dec_deg, dec_mark, 1)
    assert separation_arcsec(read_coordinates(text), place) < 0.2


@given(places)
def test_plain_degrees_are_read(place: J2000) -> None:
    text = f"{place.ra_deg:.6f} {place.dec_deg:+.6f}"
    assert separation_arcsec(read_coordinates(text), place) < 0.01


@given(places)
def test_an_apparent_place_is_the_same_direction(place: J2000) -> None:
    hours, dec = jnow(place, NOW)
    read = read_coordinates(f"{hours * 15 % 360:.7f} {dec:+.7f}", NOW)
    assert separation_arcsec(read, place) < 0.01


@given(st.text("0123456789 :.,+-hmd°'\"raRADEC", max_size=40))
def test_anything_else_is_refused_in_words(text: str) -> None:
    try:
        place = read_coordinates(text)
    except BadInput:
        return
    assert 0 <= place.ra_deg < 360
    assert -90 <= place.dec_deg <= 90

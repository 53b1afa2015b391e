"""Moments as people write them."""

import pytest

from appliance.plan.moments import Moment, parse_moment

HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21:30", Moment("clock", 21.5 * HOUR)),
        ("21:30:15", Moment("clock", 21.5 * HOUR + 15)),
        ("21:30 UTC", Moment("clock", 21.5 * HOUR)),
        ("21:30Z", Moment("clock", 21.5 * HOUR)),
        ("21:30+01:00", Moment("clock", 20.5 * HOUR)),
        ("00:30+01:00", Moment("clock", 23.5 * HOUR)),
        ("21:30-05:00", Moment("clock", 2.5 * HOUR)),
        ("dusk", Moment("dusk", 0.0)),
        ("dusk+00:30", Moment("dusk", HOUR / 2)),
        ("dawn-01:15", Moment("dawn", -1.25 * HOUR)),
        ("meridian-02:00", Moment("meridian", -2 * HOUR)),
        ("rise", Moment("rise", 0.0)),
        ("set-00:10", Moment("set", -600.0)),
    ],
)
def test_what_fits(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize("text", ["", "25:00", "21:75", "noon", "dusk+1", "dusk+00:75", "meridian 2h"])
def test_what_does_not_fit_says_what_does(text: str) -> None:
    with pytest.raises(ValueError, match=r"21:30\+01:00"):
        parse_moment(text)

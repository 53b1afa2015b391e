"""Readings by name and unit, and news of them at the moment they come."""

import asyncio
from collections.abc import Mapping

import pytest

from hardware.devices import Conditions
from hardware.errors import DeviceError, DeviceLost
from hardware.indi.link import Kind, Listener, Property, State, Value
from hardware.indi.properties import Remote, Session
from hardware.indi.weather import IndiWeather

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
READINGS = {
    "WEATHER_TEMPERATURE": ("Temperature (C)", 8.0),
    "WEATHER_HUMIDITY": ("Humidity (%)", 70.0),
    "WEATHER_WIND_SPEED": ("Wind (kph)", 18.0),
    "WEATHER_WIND_GUST": ("Gust (m/s)", 9.0),
    "WEATHER_RAIN_HOUR": ("Precip (mm)", 0.4),
    "WEATHER_CLOUD_COVER": ("Clouds (%)", 35.0),
    "WEATHER_SQM": ("SQM (mpsas)", 20.5),
}


class Deaf:
    """A link that nothing is sent over."""

    async def connect(self, listener: Listener) -> None: ...

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None: ...

    async def want_pictures(self, device: str, name: str) -> None: ...

    async def ping(self, within: float) -> None: ...

    async def close(self) -> None: ...


def readings(given: Mapping[str, tuple[str, float]], state: State = State.OK) -> Property:
    labels = {name: label for name, (label, _) in given.items()}
    values = {name: value for name, (_, value) in given.items()}
    return Property("Station", "WEATHER_PARAMETERS", Kind.NUMBER, state, values, labels=labels)


def verdict(state: State) -> Property:
    return Property("Station", "WEATHER_STATUS", Kind.LIGHT, state, {})


def station(given: Mapping[str, tuple[str, float]] = READINGS) -> tuple[Session, IndiWeather]:
    session = Session()
    session.defined(readings(given))
    session.defined(verdict(State.OK))
    return session, IndiWeather(Remote(session, Deaf(), "Station"))


async def test_every_reading_in_our_units() -> None:
    _, weather = station()
    assert await weather.conditions() == Conditions(
        celsius=8.0, humidity_percent=70.0, wind_m_s=5.0, rain_mm_h=0.4, gust_m_s=9.0, cloud_percent=35.0,
        sky_quality=20.5,
    )  # fmt: skip


async def test_an_infrared_temperature_is_no_cover_of_clouds() -> None:
    _, weather = station({"WEATHER_CLOUD": ("Cloud (corrected infrared sky temperature °C)", -12.0)})
    assert await weather.conditions() == Conditions()
    _, weather = station({"WEATHER_CLOUD": ("Cloud Cover (%)", 60.0)})
    assert await weather.conditions() == Conditions(cloud_percent=60.0)


@pytest.mark.parametrize("news", [verdict(State.ALERT), readings(READINGS, State.BUSY)])
async def test_a_new_reading_and_a_new_verdict_are_told_at_that_moment(news: Property) -> None:
    session, weather = station()
    changed = asyncio.create_task(weather.changed())
    await asyncio.sleep(5.0)
    session.updated(Property("Station", "WEATHER_UPDATE", Kind.NUMBER, State.OK, {"PERIOD": 60.0}))
    session.said("Station", "2026-11-20T21:58:15: hello")
    await asyncio.sleep(1.0)
    assert not changed.done()
    session.updated(news)
    await asyncio.wait({changed}, timeout=0.001)
    assert changed.done()


async def test_a_station_that_goes_is_news_too() -> None:
    session, weather = station()
    changed = asyncio.create_task(weather.changed())
    await asyncio.sleep(1.0)
    session.lost("the server has ended")
    await changed
    with pytest.raises(DeviceLost):
        await weather.safe()


async def test_what_could_not_be_read_is_no_reading() -> None:
    session, weather = station()
    session.updated(readings(READINGS, State.ALERT))
    with pytest.raises(DeviceError, match="could not read its sensors"):
        await weather.conditions()


@pytest.mark.parametrize(
    ("update", "age", "advice"),
    [
        ({"PERIOD": 60.0}, 180.0, "cable"),
        ({"PERIOD": 0.0}, 300.0, "WEATHER_UPDATE.PERIOD"),
        (None, 300.0, "WEATHER_UPDATE.PERIOD"),
    ],
)
async def test_a_station_that_falls_silent_is_found_with_and_without_a_period(
    update: dict[str, float] | None, age: float, advice: str
) -> None:
    session, weather = station()
    if update is not None:
        session.defined(Property("Station", "WEATHER_UPDATE", Kind.NUMBER, State.OK, dict(update)))
    await asyncio.sleep(age - 1)
    await weather.conditions()
    assert await weather.safe()
    await asyncio.sleep(2)
    with pytest.raises(DeviceError, match=f"its last reading is {age + 1:.0f} s old") as old:
        await weather.conditions()
    assert advice in old.value.advice
    with pytest.raises(DeviceError, match="old"):
        await weather.safe()

"""When it is not safe, and what follows; when it is no use going on, and how long to wait then."""

from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.section import Section


class LimitsSection(Section):
    """What the weather station may measure; None does not limit it.

    What is beyond a limit is good again only when it is `hysteresis_percent` better than that. It counts
    once it has lasted `unsafe_after_seconds`, rain `rain_after_seconds`; all must then be well for
    `clear_minutes`.
    """

    max_rain_mm_h: float | None = Field(None, ge=0)
    max_wind_m_s: float | None = Field(None, gt=0)
    max_gust_m_s: float | None = Field(None, gt=0)
    max_humidity_percent: float | None = Field(None, gt=0, le=100)
    max_cloud_percent: float | None = Field(None, ge=0, le=100)
    min_sky_quality: float | None = Field(None, gt=0, le=25)
    hysteresis_percent: float = Field(15.0, ge=0, le=50)
    rain_after_seconds: float = Field(0.0, ge=0, le=600)
    unsafe_after_seconds: float = Field(0.0, ge=0, le=600)
    clear_minutes: float = Field(10.0, ge=0)

    @property
    def limited(self) -> bool:
        """Does it limit anything that a station measures?"""
        limits = (
            self.max_rain_mm_h, self.max_wind_m_s, self.max_gust_m_s, self.max_humidity_percent,
            self.max_cloud_percent, self.min_sky_quality,
        )  # fmt: skip
        return any(limit is not None for limit in limits)


class SafetySection(LimitsSection):
    """When it is not safe, and how long what follows may take.

    A source is asked every `poll_seconds`, and at once when it tells that something has changed; after
    `stale_seconds` of silence it counts as unsafe. A roof that is open while the Sun's centre is above
    `max_sun_altitude_deg` (without refraction) is not safe either.
    """

    max_rain_mm_h: float | None = Field(0.0, ge=0)
    max_wind_m_s: float | None = Field(12.0, gt=0)
    min_battery_percent: float = Field(30.0, ge=0, le=100)
    unmeasured_battery_minutes: float = Field(5.0, ge=0)
    # A plan that ends at sunrise (-0.833) has some minutes to close by itself before that.
    max_sun_altitude_deg: float = Field(0.0, ge=-18, le=90)
    on_undervoltage: Literal["unsafe", "pause", "ignore"] = "unsafe"
    on_throttling: Literal["unsafe", "pause", "ignore"] = "ignore"
    max_board_celsius: float = Field(90.0, gt=0)
    roof_within_seconds: float = Field(300.0, ge=10, le=3600)
    poll_seconds: float = Field(5.0, gt=0, le=30)
    stale_seconds: float = Field(30.0, ge=5, le=600)

    @model_validator(mode="after")
    def _not_stale_between_two_polls(self) -> "SafetySection":
        if self.stale_seconds < 2 * self.poll_seconds:
            raise ValueError("stale_seconds must be at least twice poll_seconds")
        return self


class ConditionsSection(LimitsSection):
    """When it is no use going on: the night waits with an open roof, the mount standing still."""

    min_free_gb: float = Field(0.5, ge=0)
    unsafe_after_seconds: float = Field(60.0, ge=0, le=600)

"""What is done, and when, for a device that does not answer."""

from typing import Literal

from pydantic import Field

from appliance.profile.section import Section


class RecoverySection(Section):
    """The recovery ladder: each rung is taken so many seconds after the one before, the first after the loss.

    A device is opened again every `retry_seconds` all the while. Once all has been tried, or when the device
    is lost again sooner than `again_seconds` after it came back, the ladder does not begin anew but goes on.
    """

    retry_seconds: float = Field(2.0, ge=0.5, le=60)
    reconnect_after_seconds: float = Field(5.0, ge=0, le=3600)
    driver_after_seconds: float = Field(15.0, ge=0, le=3600)
    power_after_seconds: float = Field(30.0, ge=0, le=3600)
    server_after_seconds: float = Field(60.0, ge=0, le=3600)
    power_off_seconds: float = Field(5.0, ge=1, le=120)
    power_on_seconds: float = Field(10.0, ge=0, le=300)
    again_seconds: float = Field(1800.0, ge=60)
    give_up_seconds: float = Field(180.0, ge=10)
    given_up: Literal["wait", "park", "close"] = "park"

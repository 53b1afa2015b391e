"""The guardian: when Nightbox counts as dead, and what follows."""

from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.section import Section


class GuardianSection(Section):
    """Without a sign of life for `silence_seconds` the guardian parks and closes; it has `alarm_seconds`.

    `buzzer_pin` may be the panel's buzzer, and no other device's; `buzzer_active` "": as that is wired, else
    high. `alarm_command` gets the reason as its last word. `indi_watchdog` has INDI's own watchdog stand
    behind.
    """

    silence_seconds: float = Field(20.0, ge=5, le=600)
    alarm_seconds: float = Field(300.0, ge=10, le=3600)
    buzzer_pin: str = ""
    buzzer_active: Literal["", "high", "low"] = ""
    alarm_command: tuple[str, ...] = ()
    indi_watchdog: bool = False

    @model_validator(mode="after")
    def _command_has_a_name(self) -> "GuardianSection":
        if self.alarm_command and not self.alarm_command[0].startswith("/"):
            raise ValueError("alarm_command must begin with the whole path of a program")
        return self

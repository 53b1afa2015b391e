"""What can go wrong below: the device, not the plan.

NightboxError            every error a person may see: stable code, one sentence, advice
└─ DeviceError           the device answered: it could not           device.failed
   ├─ DeviceRefused      it will not do this now (parked, limits)    device.refused
   ├─ DeviceMissing      it was never there                          device.missing
   ├─ DeviceUnsupported  this model cannot do it at all              device.unsupported
   ├─ LimitsContradict   both limit switches of a roof are on        device.roof_limits
   ├─ DeviceStuck        it began, and never came to an end          device.stuck
   └─ DeviceLost         it stopped answering; the rig reopens it    device.lost
"""

from typing import ClassVar


class NightboxError(Exception):
    """An error for a person with cold hands: `code` for programs, the sentence, and `advice`."""

    code: ClassVar[str] = "nightbox"
    default_advice: ClassVar[str] = "Look at the log for the lines just before this one."

    def __init__(self, sentence: str, *, advice: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice or self.default_advice


class DeviceError(NightboxError):
    """The device tried and failed; its own words are in the sentence when it gave any."""

    code: ClassVar[str] = "device.failed"
    default_advice: ClassVar[str] = "Check the device's cable and power, then try again."

    def __init__(self, device: str, problem: str, *, advice: str | None = None) -> None:
        super().__init__(f"{device}: {problem}", advice=advice)
        self.device = device


class DeviceRefused(DeviceError):
    """The device will not do this in its present state; asking again unchanged is no use."""

    code: ClassVar[str] = "device.refused"
    default_advice: ClassVar[str] = "Change what it objects to (unpark, lower the request), then try again."


class DeviceMissing(DeviceError):
    """No such device was found where the profile says it is."""

    code: ClassVar[str] = "device.missing"
    default_advice: ClassVar[str] = "Check its plug, its power, and its name in the profile."


class DeviceUnsupported(DeviceError):
    """The device exists but this model cannot do what was asked."""

    code: ClassVar[str] = "device.unsupported"
    default_advice: ClassVar[str] = "Take this step out of the plan, or use another device."


class LimitsContradict(DeviceError):
    """A roof seems open and closed at once: where it is cannot be told, and it is not moved."""

    code: ClassVar[str] = "device.roof_limits"
    default_advice: ClassVar[str] = "Look at the roof, then at both limit switches and their wires."


class DeviceStuck(DeviceError):
    """The device took the command and never finished it; once may be chance, twice is not."""

    code: ClassVar[str] = "device.stuck"
    default_advice: ClassVar[str] = "Nightbox tries again, and restarts it if it does the same again."


class DeviceLost(DeviceError):
    """The device or its server stopped answering; this object is stale, open it again."""

    code: ClassVar[str] = "device.lost"
    default_advice: ClassVar[str] = "Nightbox reconnects by itself; check cable and power if it does not."

"""What can go wrong above: the plan, not the device. The tree starts in hardware.errors.

ProcedureFailed      a procedure ended without its result         procedure
├─ FocusFailed       the sweep proved no minimum                  focus.no_minimum
├─ SolveFailed       no solver recognised the stars               solve.failed
├─ CentringFailed    still off target after all attempts          pointing.not_centred
└─ CoolingFailed     the sensor did not reach its temperature     camera.not_cooled
BadInput             a file or request cannot be used             input
├─ BadProfile        profile.toml                                 input.profile
├─ BadPlan           plan.toml                                    input.plan
│  ├─ NeverUp        the target stays too low all night           plan.never_up
│  └─ NoSuchFilter   the wheel does not have this filter          plan.no_such_filter
└─ BadCommand        a command from a surface                     input.command
StorageFailed        a file could not be written                  storage
├─ DiskFull                                                       storage.full
└─ NotWritable                                                    storage.not_writable
"""

from typing import ClassVar

from hardware.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DeviceRefused,
    DeviceUnsupported,
    NightboxError,
)

__all__ = [
    "BadCommand",
    "BadInput",
    "BadPlan",
    "BadProfile",
    "CentringFailed",
    "CoolingFailed",
    "DeviceError",
    "DeviceLost",
    "DeviceMissing",
    "DeviceRefused",
    "DeviceUnsupported",
    "DiskFull",
    "FocusFailed",
    "NeverUp",
    "NightboxError",
    "NoSuchFilter",
    "NotWritable",
    "ProcedureFailed",
    "SolveFailed",
    "StorageFailed",
]


class ProcedureFailed(NightboxError):
    """Base: a procedure ended without its result, and put back what it had disturbed."""

    code: ClassVar[str] = "procedure"


class FocusFailed(ProcedureFailed):
    """The sweep proved no minimum; the focuser is back where it started."""

    code: ClassVar[str] = "focus.no_minimum"
    default_advice: ClassVar[str] = (
        "Check for clouds or dew, bring the stars roughly into focus by hand, or widen focus.step."
    )


class SolveFailed(ProcedureFailed):
    """No solver recognised the stars; the frame is kept."""

    code: ClassVar[str] = "solve.failed"
    default_advice: ClassVar[str] = (
        "Check focus and clouds, focal length and pixel size in the profile, or expose longer."
    )


class CentringFailed(ProcedureFailed):
    """The target is still farther off than allowed after the last attempt."""

    code: ClassVar[str] = "pointing.not_centred"
    default_advice: ClassVar[str] = "Check clutches, balance and the site's place and time, then try again."


class CoolingFailed(ProcedureFailed):
    """The sensor did not reach its temperature in the time allowed."""

    code: ClassVar[str] = "camera.not_cooled"
    default_advice: ClassVar[str] = "Choose a warmer camera.celsius, or check the camera's 12 V supply."


class BadInput(NightboxError):
    """What was given cannot be used: `field` says where, the sentence says why."""

    code: ClassVar[str] = "input"
    default_advice: ClassVar[str] = "Correct the named field and start again; nothing was moved."

    def __init__(self, field: str, problem: str, *, advice: str | None = None) -> None:
        super().__init__(f"{field}: {problem}", advice=advice)
        self.field, self.problem = field, problem


class BadProfile(BadInput):
    """The profile cannot be used."""

    code: ClassVar[str] = "input.profile"


class BadPlan(BadInput):
    """The plan cannot be used."""

    code: ClassVar[str] = "input.plan"


class NeverUp(BadPlan):
    """The target stays below its minimum altitude all night."""

    code: ClassVar[str] = "plan.never_up"
    default_advice: ClassVar[str] = "Choose another target, or lower its min_altitude_deg; nothing was moved."


class NoSuchFilter(BadPlan):
    """The plan names a filter that the wheel does not have."""

    code: ClassVar[str] = "plan.no_such_filter"


class BadCommand(BadInput):
    """A command from a surface cannot be used."""

    code: ClassVar[str] = "input.command"


class StorageFailed(NightboxError):
    """A file could not be written; everything saved before is untouched."""

    code: ClassVar[str] = "storage"


class DiskFull(StorageFailed):
    """There is no room for the next file."""

    code: ClassVar[str] = "storage.full"
    default_advice: ClassVar[str] = "Delete or move old frames, or give another folder, then start again."


class NotWritable(StorageFailed):
    """The folder does not let us write."""

    code: ClassVar[str] = "storage.not_writable"
    default_advice: ClassVar[str] = "Choose another folder, or give this user the right to write there."

"""What can go wrong above: the plan, not the device. The tree starts in hardware.errors.

ProcedureFailed      a procedure ended without its result         procedure
├─ FocusFailed       the sweep proved no minimum                  focus.no_minimum
├─ SolveFailed       no solver recognised the stars               solve.failed
├─ CentringFailed    still off target after all attempts          pointing.not_centred
├─ GuidingFailed     no guide star, or guiding does not settle    guide.failed
├─ FlipFailed        the mount did not turn to the other side     pointing.flip
├─ CoolingFailed     the sensor did not reach its temperature     camera.not_cooled
├─ FlatsFailed       no exposure within the limits fits the light  flats.light
├─ NotDark           light falls on darks or bias                 darks.light
├─ ScriptFailed      a program of the plan failed                 script.failed
├─ StartRefused      a person did not confirm what must be known  startup.refused
└─ ActionFailed      an action of a list was not done             actions.failed
BadInput             a file or request cannot be used             input
├─ BadProfile        profile.toml                                 input.profile
├─ BadPlan           plan.toml                                    input.plan
│  ├─ NeverUp        the target stays too low all night           plan.never_up
│  ├─ NeverDark      the night does not get as dark as asked      plan.never_dark
│  └─ NoSuchFilter   the wheel does not have this filter          plan.no_such_filter
└─ BadCommand        a command from a surface                     input.command
   └─ NameTaken      something of that name is stored already     input.name_taken
ParkedByHand         a DeviceRefused: whoever parked it, it was   mount.parked
                     not the night
Interlocked          a DeviceRefused: the telescope or the roof   safety.interlock
                     would be in danger
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
    DeviceStuck,
    DeviceUnsupported,
    LimitsContradict,
    NightboxError,
)

__all__ = [
    "ActionFailed",
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
    "DeviceStuck",
    "DeviceUnsupported",
    "DiskFull",
    "FlatsFailed",
    "FlipFailed",
    "FocusFailed",
    "GuidingFailed",
    "Interlocked",
    "LimitsContradict",
    "NameTaken",
    "NeverDark",
    "NeverUp",
    "NightboxError",
    "NoSuchFilter",
    "NotDark",
    "NotWritable",
    "ParkedByHand",
    "ProcedureFailed",
    "RotateFailed",
    "ScriptFailed",
    "SolveFailed",
    "StartRefused",
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


class FlipFailed(ProcedureFailed):
    """The mount did not turn to the other side of the pier; it was told to stop tracking."""

    code: ClassVar[str] = "pointing.flip"
    default_advice: ClassVar[str] = (
        "Check the mount's own meridian limits, its time and place; a fork mount needs flip.enabled = false."
    )


class RotateFailed(ProcedureFailed):
    """The camera does not stand at the position angle that the target asks for."""

    code: ClassVar[str] = "pointing.angle"
    default_advice: ClassVar[str] = (
        "Check the rotator's gear, cables and limits; a rig without one keeps its angle."
    )


class GuidingFailed(ProcedureFailed):
    """There is no guiding: no star, no calibration, or a guider that does not settle."""

    code: ClassVar[str] = "guide.failed"
    default_advice: ClassVar[str] = (
        "Look at PHD2: clouds, its focus and exposure, its calibration; see guider.without."
    )


class CoolingFailed(ProcedureFailed):
    """The sensor did not reach its temperature in the time allowed."""

    code: ClassVar[str] = "camera.not_cooled"
    default_advice: ClassVar[str] = "Choose a warmer camera.celsius, or check the camera's 12 V supply."


class FlatsFailed(ProcedureFailed):
    """No exposure within the limits gives flats of the level that is wanted; the light is off again."""

    code: ClassVar[str] = "flats.light"
    default_advice: ClassVar[str] = (
        "Change shortest_seconds, longest_seconds or target_adu, or the panel's brightness."
    )


class NotDark(ProcedureFailed):
    """Light falls on what shall be dark; the frames are not kept."""

    code: ClassVar[str] = "darks.light"
    default_advice: ClassVar[str] = "Cap the telescope or close its cover, and look for light leaks."


class StartRefused(ProcedureFailed):
    """What must be known before a night was not confirmed; nothing was moved."""

    code: ClassVar[str] = "startup.refused"
    default_advice: ClassVar[str] = "Put it right, then press Start again."


class ScriptFailed(ProcedureFailed):
    """A program of the plan could not be run, failed, or took too long."""

    code: ClassVar[str] = "script.failed"
    default_advice: ClassVar[str] = "The log has what it printed; run it by hand and see."


class ActionFailed(ProcedureFailed):
    """An action of one of the profile's lists was not done, or not in its time."""

    code: ClassVar[str] = "actions.failed"
    default_advice: ClassVar[str] = "See why in the log; `nightbox actions` shows the lists and their limits."


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


class NeverDark(BadPlan):
    """It does not get as dark as the plan asks within a day."""

    code: ClassVar[str] = "plan.never_dark"
    default_advice: ClassVar[str] = (
        'Choose a brighter night = "nautical", "civil", "sunset" or "any"; nothing was moved.'
    )


class NoSuchFilter(BadPlan):
    """The plan names a filter that the wheel does not have."""

    code: ClassVar[str] = "plan.no_such_filter"


class BadCommand(BadInput):
    """A command from a surface cannot be used."""

    code: ClassVar[str] = "input.command"


class NameTaken(BadCommand):
    """Something of that name is stored already; the same with `replace` takes its place."""

    code: ClassVar[str] = "input.name_taken"


class ParkedByHand(DeviceRefused):
    """Somebody else parked the mount in the middle of the night: it stays so until Start."""

    code: ClassVar[str] = "mount.parked"
    default_advice: ClassVar[str] = (
        "If it was not rain or wind that parked it, press Start: the night goes on where it stopped."
    )


class Interlocked(DeviceRefused):
    """A rule that protects telescope and roof forbids this now; nothing moved."""

    code: ClassVar[str] = "safety.interlock"


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

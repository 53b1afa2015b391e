"""A recorded run once more, without a telescope: the same frames, by the same method or another."""

from dataclasses import dataclass, field, replace

from appliance.bus import Message, Said
from appliance.errors import FocusFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.package import Package, Taken
from appliance.focus.result import FocusResult
from appliance.focus.settings import FocusSettings
from appliance.imaging.stars import StarField
from appliance.profile import FocusMethod


class NoFrame(FocusFailed):
    """The method asks for a frame that was not taken that night."""

    code = "focus.no_frame"
    default_advice = "Replay with the recorded method and settings, or with one that needs fewer frames."


@dataclass(slots=True)
class Replayed:
    """How it went this time. `strayed`: the farthest a frame was taken from where it was wanted."""

    result: FocusResult | None = None
    failure: str = ""
    strayed: int = 0
    lines: list[str] = field(default_factory=list)


async def replay(package: Package, method: FocusMethod | None = None) -> Replayed:
    """Run the recorded method, or another, on the recorded frames.

    The same positions get their frames in the order they were taken; another position gets the nearest frame
    that is left, within half a step.
    """
    settings = package.settings if method is None else replace(package.settings, method=method)
    focuser, replayed = _Focuser(package, settings), Replayed()

    def heard(message: Message) -> None:
        if isinstance(message, Said):
            replayed.lines.append(message.text)

    try:
        replayed.result = await run_focus(
            focuser, focuser.look, heard, settings, reason=package.reason, filter=package.filter,
            known=package.learned,
        )  # fmt: skip
    except FocusFailed as failure:
        replayed.failure = failure.sentence
    replayed.strayed = focuser.strayed
    return replayed


class _Focuser:
    """Satisfies hardware.devices.Focuser; stands where it is told at once."""

    name, lost = "recorded focuser", False

    def __init__(self, package: Package, settings: FocusSettings) -> None:
        self.travel, self._position, self._celsius = package.travel, package.start, package.celsius
        self._left: list[Taken] = list(package.frames)
        self._reach = max(settings.step // 2, 1)
        self.strayed = 0

    async def position(self) -> int:
        return self._position

    async def celsius(self) -> float | None:
        return self._celsius

    async def move_to(self, position: int) -> None:
        self._position = position

    async def look(self) -> StarField:
        """The recorded frame of this place that was taken first and not shown yet."""
        near = min(self._left, key=lambda taken: abs(taken.position - self._position), default=None)
        if near is None or abs(near.position - self._position) > self._reach:
            raise NoFrame(f"No frame was taken at position {self._position} that night.")
        self._left.remove(near)
        self.strayed = max(self.strayed, abs(near.position - self._position))
        return near.stars

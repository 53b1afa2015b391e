"""Which darks and bias a plan's subs and flats need."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.flats.dark_kind import DarkKind
from appliance.flats.library import Library
from appliance.plan import PanelFlats, Plan, SkyFlats, Target
from appliance.plan.steps import Camera
from appliance.profile import CameraSection


@dataclass(frozen=True, slots=True)
class Need:
    """So many of a kind, of which the library has `have`."""

    kind: DarkKind
    count: int
    have: int = 0

    @property
    def missing(self) -> int:
        return max(0, self.count - self.have)


def needs(plan: Plan, camera: CameraSection, library: Library, count: int, *, bias: bool) -> list[Need]:
    """A dark for every exposure of its lights, and with `bias` one for every setting of lights and flats.

    Steps that name no gain or offset have the profile's; the temperature is the profile's where the plan
    cools.
    """
    celsius = camera.celsius if plan.cool else None
    kinds = dict.fromkeys(_darks(plan, camera, celsius))
    if bias:
        kinds |= dict.fromkeys(_bias(plan, camera, celsius))
    return [Need(kind, count, library.count(kind)) for kind in kinds]


def _darks(plan: Plan, camera: CameraSection, celsius: float | None) -> Iterator[DarkKind]:
    for target in plan.sky:
        for step in target.step:
            if step.frame == "light":
                yield kind_of(step, camera, celsius, step.seconds)


def _bias(plan: Plan, camera: CameraSection, celsius: float | None) -> Iterator[DarkKind]:
    for item in plan.target:
        if isinstance(item, Target):
            for step in item.step:
                if step.frame == "light":
                    yield kind_of(step, camera, celsius)
        elif isinstance(item, SkyFlats | PanelFlats):
            yield kind_of(item, camera, celsius)


def kind_of(
    settings: Camera, camera: CameraSection, celsius: float | None, seconds: float | None = None
) -> DarkKind:
    """The dark of so many seconds, or the bias, that fits such settings."""
    return DarkKind(
        "bias" if seconds is None else "dark", seconds or 0.0, settings.binning,
        camera.gain if settings.gain is None else settings.gain,
        camera.offset if settings.offset is None else settings.offset,
        settings.readout_mode, celsius,
    )  # fmt: skip

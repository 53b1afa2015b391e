"""The flat wizard: which exposure and brightness suit each filter, and the item of a plan that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.errors import FlatsFailed
from appliance.flats.light import Aim, FlatFrames
from appliance.flats.panel import Lamp, find_lamp, panel_off
from hardware.devices import FlatPanel


@dataclass(frozen=True, slots=True)
class Found:
    """For one filter: `lamp` gives `level` ADU; None and `why` when no light fitted."""

    filter: str
    lamp: Lamp | None
    level: float
    why: str = ""

    def line(self) -> str:
        """For a person."""
        name = self.filter or "no filter"
        if self.lamp is None:
            return f"{name}: {self.why}"
        at = "" if self.lamp.brightness is None else f" at brightness {self.lamp.brightness}"
        return f"{name}: {self.lamp.seconds:g} s{at} give {self.level:.0f} ADU"


async def flat_wizard(
    frames: FlatFrames, panel: FlatPanel | None, filters: Sequence[str], aim: Aim,
    lamps: Mapping[str, Lamp], *, fixed: bool = False,
) -> tuple[Found, ...]:  # fmt: skip
    """Find the light for each filter; nothing is kept, and the panel is dark afterwards.

    `lamps` is where to begin in each filter; `fixed` leaves the brightness as it is there.
    """
    found = []
    async with panel_off(panel):
        for name in dict.fromkeys(filters):
            async with frames.through(name):
                try:
                    lamp, exposed = await find_lamp(frames, panel, name, aim, lamps[name], fixed=fixed)
                except FlatsFailed as failure:
                    found.append(Found(name, None, 0.0, failure.sentence))
                else:
                    await frames.drop(exposed)
                    found.append(Found(name, lamp, exposed.level))
    return tuple(found)


def proposal(found: Sequence[Found], aim: Aim, count: int = 15) -> str:
    """TOML for a plan, with the filters that can be taken; "" when there are none.

    The exposures are found again on the night, beginning with these: the panel may have aged by then.
    """
    fit = [(one.filter, one.lamp) for one in found if one.lamp is not None]
    if not fit:
        return ""
    names = ", ".join(f'"{name}"' for name, _ in fit)
    lines = ["[[target]]", 'do = "panel flats"', f"filters = [{names}]", f"count = {count}"]
    lines += [f"target_adu = {aim.adu:g}"]
    levels = {lamp.brightness for _, lamp in fit}
    if len(levels) == 1 and (only := levels.pop()) is not None:
        lines += [f"brightness = {only}"]
    shortest, longest = (pick(lamp.seconds for _, lamp in fit) for pick in (min, max))
    lines += [f"shortest_seconds = {min(aim.shortest, shortest):g}"]
    lines += [f"longest_seconds = {max(aim.longest, longest):g}"]
    return "\n".join(lines) + "\n"

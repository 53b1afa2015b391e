"""The whole plan: what to take, when the night begins and ends, and how the rig is left."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from appliance.plan.items import Item, Mosaic, PanelFlats, SkyFlats, Target
from appliance.plan.moments import NightMoment
from appliance.plan.steps import Template
from appliance.profile.programs import Run
from appliance.profile.section import Section


class Scripts(Section):
    """Programs of the whole sequence: before its first item, after its last one, and when it cannot go on."""

    start: Run | None = None
    end: Run | None = None
    error: Run | None = None


class Plan(Section):
    """Targets in order, how dark it must be, when to focus, and how the night begins and ends.

    A focus trigger that is 0 is off. `begin` and `end` bound the work within the dark hours. The list is
    gone through `repeat` times (0: until the night ends); with `clear_on_repeat` each time from nothing,
    else only what is still missing. Unless `unattended` the box asks before it goes on after an error,
    and goes on by itself after `answer_seconds`.
    """

    version: Literal[1] = 1
    name: str = Field(min_length=1)
    target: tuple[Item, ...] = Field(min_length=1)
    template: dict[str, Template] = Field(default_factory=dict)
    night: Literal["astronomical", "nautical", "civil", "sunset", "any"] = "nautical"
    begin: NightMoment = "dusk"
    end: NightMoment = "dawn"
    repeat: int = Field(1, ge=0, le=1000)
    clear_on_repeat: bool = True
    unattended: bool = True
    answer_seconds: float = Field(300.0, gt=0, le=7200)
    cool: bool = True
    unpark: bool = True
    focus_at_start: bool = True
    focus_on_resume: bool = True
    focus_on_filter_change: bool | Literal["always"] = True
    focus_after_flip: bool = True
    focus_after_centring: bool = False
    focus_every_subs: int = Field(0, ge=0)
    focus_every_minutes: float = Field(0.0, ge=0)
    focus_on_celsius: float = Field(0.0, ge=0)
    focus_on_hfr_percent: float = Field(0.0, ge=0)
    focus_in_twilight: bool = True
    stop_tracking_at_end: bool = True
    park_at_end: bool = True
    close_roof_at_end: bool = True
    warm_at_end: bool = True
    script: Scripts = Scripts()

    @model_validator(mode="after")
    def _has_its_templates(self) -> "Plan":
        for item in self.target:
            name = item.template if isinstance(item, Target | Mosaic) else ""
            if name and name not in self.template:
                known = ", ".join(self.template) or "none"
                raise ValueError(f"there is no template {name!r}; there are: {known}")
        return self

    @property
    def sky(self) -> tuple[Target, ...]:
        """Its targets, in its order; of an expanded plan all that is to be taken of the sky by night."""
        return tuple(item for item in self.target if isinstance(item, Target))

    @property
    def filters(self) -> tuple[str, ...]:
        """Every filter that it names, in its order."""
        every: dict[str, None] = {}
        for item in self.target:
            if isinstance(item, Target | Mosaic):
                every |= dict.fromkeys(step.filter for step in item.step)
            elif isinstance(item, SkyFlats | PanelFlats):
                every |= dict.fromkeys(item.filters)
        return tuple(name for name in every if name)

    def keeping(self, targets: Mapping[int, Target]) -> "Plan | None":
        """With those of its sky targets alone, by their place among them; None when nothing is left."""
        places = iter(range(len(self.sky)))
        items = (item if not isinstance(item, Target) else targets.get(next(places)) for item in self.target)
        left = tuple(item for item in items if item is not None)
        return self.model_copy(update={"target": left}) if left else None

    @property
    def total(self) -> int:
        """Subs of its targets, 0 when there is no end of them."""
        if self.repeat == 0 or any(target.repeat == 0 for target in self.sky):
            return 0
        passes = self.repeat if self.clear_on_repeat else 1
        return passes * sum(one.repeat * sum(step.count for step in one.step) for one in self.sky)

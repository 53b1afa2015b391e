"""What is done, in order, when it becomes unsafe, when the roof is opened or closed, and at the end."""

from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.section import Section

Do = Literal[
    "stop work", "park", "close roof", "open roof", "close cover", "open cover", "warm camera", "switch",
    "prompt", "run", "notify",
]  # fmt: skip
ListName = Literal["unsafe", "roof_close", "roof_open", "end"]
LISTS: tuple[ListName, ...] = ("unsafe", "roof_close", "roof_open", "end")

# The keys that an action must have beyond those that all of them may have; nothing else may be given.
NEEDS: dict[Do, tuple[str, ...]] = {
    "switch": ("output", "level"), "prompt": ("text",), "run": ("command",), "notify": ("text",),
}  # fmt: skip
OWN_KEYS = ("output", "level", "text", "command")


class ActionSection(Section):
    """One action of a list: begun `delay_seconds` after the one before, given up after `within_seconds`.

    None takes a limit that fits the action. `on_failure`: "go on" with the next one, "stop" the list, or
    call a person by an "alarm" and go on. `output` and `level` (0 to 1) are for "switch", `text` for
    "prompt" and "notify", `command` (program and arguments, no shell) for "run".
    """

    do: Do
    delay_seconds: float = Field(0.0, ge=0, le=3600)
    within_seconds: float | None = Field(None, gt=0, le=7200)
    on_failure: Literal["go on", "stop", "alarm"] = "go on"
    output: str = ""
    level: float | None = Field(None, ge=0, le=1)
    text: str = ""
    command: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "ActionSection":
        needs = NEEDS.get(self.do, ())
        for key in OWN_KEYS:
            given = getattr(self, key) not in {"", None, ()}
            if key in needs and not given:
                raise ValueError(f'do = "{self.do}" needs {key}')
            if given and key not in needs:
                raise ValueError(f'do = "{self.do}" has no {key}')
        return self

    @property
    def limit(self) -> float:
        """Seconds that it may take; of an action as `Profile.steps` gives it."""
        assert self.within_seconds is not None
        return self.within_seconds

    @property
    def words(self) -> str:
        """What it does, for a person."""
        match self.do:
            case "switch":
                assert self.level is not None
                how = {0.0: "off", 1.0: "on"}.get(self.level, f"to {100 * self.level:.0f} %")
                return f"switch {self.output} {how}"
            case "prompt":
                return f"ask “{self.text}”"
            case "run":
                return f"run {' '.join(self.command)}"
            case "notify":
                return f"tell “{self.text}”"
            case "warm camera" | "park":
                return {"park": "park the mount"}.get(self.do, "warm the camera")
            case "stop work":
                return "stop exposure, guiding and whatever runs"
            case _:
                return self.do.replace(" ", " the ")


class ActionsSection(Section):
    """The lists of the profile; None takes the usual one."""

    unsafe: tuple[ActionSection, ...] | None = None
    roof_close: tuple[ActionSection, ...] | None = None
    roof_open: tuple[ActionSection, ...] | None = None
    end: tuple[ActionSection, ...] | None = None

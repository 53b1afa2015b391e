"""Programs that a profile or a plan has run."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from appliance.profile.section import Section

OnFailure = Literal["go on", "stop", "ask"]


class Run(Section):
    """A program: an executable, or a Python file. A failing one is treated as `on_failure` says."""

    file: Path
    arguments: tuple[str, ...] = ()
    within_seconds: float = Field(120.0, gt=0, le=86400)
    on_failure: OnFailure = "go on"


class ScriptsSection(Section):
    """Programs before all else of the box, and after all else; a path is seen from the profile."""

    startup: Run | None = None
    shutdown: Run | None = None

    @model_validator(mode="after")
    def _nobody_to_ask(self) -> "ScriptsSection":
        if any(one is not None and one.on_failure == "ask" for one in (self.startup, self.shutdown)):
            raise ValueError('nobody can be asked without the page: write on_failure = "go on" or "stop"')
        return self

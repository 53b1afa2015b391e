"""A focus run as it can be read, sent and run again, as JSON: settings, stars of each frame, outcome."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from appliance.errors import BadInput
from appliance.focus.drift import Drift, Estimate
from appliance.focus.past import Learned, Shape
from appliance.focus.result import FocusResult, Look
from appliance.focus.settings import FocusSettings
from appliance.imaging.atomic import new_file
from appliance.imaging.stars import StarField
from hardware.devices import Focuser

VERSION = 1
MOST_STARS = 150  # of each frame, the brightest
NAME = "run.json"


@dataclass(frozen=True, slots=True)
class Taken:
    """One frame: where the focuser stood, and what was measured."""

    position: int
    stars: StarField


@dataclass(slots=True, kw_only=True)
class Package:
    """One focus run. `start`, `travel` and `celsius` are the focuser's; `outcome` a result's fields,
    `failure` the sentence why there was none. `started` in UTC seconds.
    """

    reason: str
    filter: str
    started: float
    settings: FocusSettings
    learned: Learned
    start: int
    travel: range
    celsius: float | None
    frames: list[Taken] = field(default_factory=list)
    outcome: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    def recording(self, look: Look, focuser: Focuser) -> Look:
        """The look, with every frame noted."""

        async def noted() -> StarField:
            stars = await look()
            self.frames.append(Taken(await focuser.position(), stars))
            return stars

        return noted

    def ended(self, result: FocusResult) -> None:
        """With a focus."""
        self.outcome = {name: value for name, value in asdict(result).items() if name != "points"}
        self.outcome["points"] = [asdict(point) for point in result.points]
        self.outcome["model"] = dict(result.model)


def write(package: Package, folder: Path) -> Path:
    """Write it into a folder, which is made; DiskFull, NotWritable or StorageFailed."""
    content = {
        "version": VERSION, "reason": package.reason, "filter": package.filter, "started": package.started,
        "settings": asdict(package.settings),
        "learned": {
            "shape": _shape_plain(package.learned.shape), "drift": asdict(package.learned.drift),
        },
        "focuser": {
            "start": package.start, "celsius": package.celsius,
            "travel": [package.travel.start, package.travel.stop],
        },
        "frames": [{"position": taken.position, "stars": _plain(taken.stars)} for taken in package.frames],
        "outcome": package.outcome, "failure": package.failure,
    }  # fmt: skip
    path = folder / NAME
    with new_file(path) as file:
        file.write(json.dumps(content).encode())
    return path


def read(path: Path) -> Package:
    """Read a package by its folder or its file; BadInput names what is wrong."""
    file = path / NAME if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise BadInput(str(file), f"is a package of version {content['version']}, not {VERSION}")
        return _package(content)
    except FileNotFoundError as error:
        raise BadInput(str(file), "there is no such file") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(str(file), f"is not a focus run: {error!r}") from error


def _package(content: Mapping[str, Any]) -> Package:
    focuser = content["focuser"]
    return Package(
        reason=content["reason"], filter=content["filter"], started=content["started"],
        settings=FocusSettings(**content["settings"]),
        learned=_learned(content["learned"]),
        start=focuser["start"], travel=range(*focuser["travel"]), celsius=focuser["celsius"],
        frames=[Taken(one["position"], _stars(one["stars"])) for one in content["frames"]],
        outcome=content["outcome"], failure=content["failure"],
    )  # fmt: skip


def _shape_plain(shape: Shape | None) -> dict[str, Any] | None:
    return None if shape is None else {**asdict(shape), "reach": _number(shape.reach)}


def _learned(plain: Mapping[str, Any]) -> Learned:
    shape, drift = plain["shape"], dict(plain["drift"])
    slope = drift.pop("coefficient")
    offsets = {name: Estimate(**one) for name, one in drift.pop("offsets").items()}
    if shape is not None and shape["reach"] is None:
        shape = {**shape, "reach": math.inf}
    return Learned(
        shape=None if shape is None else Shape(**shape),
        drift=Drift(**drift, offsets=offsets, coefficient=None if slope is None else Estimate(**slope)),
    )


def _plain(stars: StarField) -> dict[str, Any]:
    """Arrays as rounded lists; what is not a number as null, for JSON has no word for it."""
    made: dict[str, Any] = {}
    for one in fields(StarField):
        value = getattr(stars, one.name)
        if isinstance(value, np.ndarray):
            made[one.name] = [_number(float(each)) for each in value[:MOST_STARS]]
        else:
            made[one.name] = _number(value) if isinstance(value, float) else value
    return made


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None


def _stars(plain: Mapping[str, Any]) -> StarField:
    known = {one.name for one in fields(StarField)}
    values: dict[str, Any] = {}
    for name, value in plain.items():
        if name not in known:
            continue
        if isinstance(value, list):
            numbers = [np.nan if each is None else each for each in value]
            values[name] = np.array(numbers, np.float32)
        else:
            values[name] = float("nan") if value is None and name != "fwhm" else value
    return StarField(**values)

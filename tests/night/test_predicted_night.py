"""The rehearsal of the small night, from its own plan and profile, against its real run."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.cli.demo import load_demo
from appliance.rehearsal.record import Asked
from appliance.rehearsal.tonight import rehearse
from appliance.surfaces.report import Night
from tests.night.box import rows

pytestmark = [pytest.mark.indi, pytest.mark.solver, pytest.mark.timeout(900)]
SHARE = 0.15
# What takes less than 10 s may be so many seconds off: drivers are polled, and a look more or less counts.
SHORT_SECONDS, SHORT_OFF = 10.0, 3.0


@dataclass(frozen=True)
class Course:
    """How a night went: what began when, in seconds from its start, and how long the bars are."""

    began: tuple[tuple[str, float], ...]
    bars: tuple[tuple[str, float], ...]
    seconds: float
    saved: int

    @property
    def order(self) -> list[str]:
        return [name for name, _ in self.began]

    @property
    def imaging(self) -> list[tuple[str, float]]:
        """From each sub to the next thing that is done."""
        return [(one, later - at) for (one, at), (_, later) in pairwise(self.began) if one.startswith("Sub ")]


def course(started: float, ended: float, spans: list[Any], subs: list[Any], dithers: list[Any]) -> Course:
    """Of spans (name, started, ended, outcome), subs (filter, number, started, state), dithers (moment)."""
    began = [(float(at), str(name)) for name, at, _, _ in spans]
    began += [(float(at), f"Sub {number} in {filter_}") for filter_, number, at, _ in subs]
    began += [(float(at), "Dither") for (at,) in dithers]
    assert {outcome for _, _, _, outcome in spans} == {"done"}
    return Course(
        began=tuple((name, at - started) for at, name in sorted(began, key=lambda one: one[0])),
        bars=tuple((str(name), float(end) - float(at)) for name, at, end, _ in spans),
        seconds=ended - started,
        saved=sum(state == "saved" for *_, state in subs),
    )


@pytest.fixture(scope="module")
def real(night: Path) -> Course:
    ((started, ended),) = rows(night, "SELECT started, ended FROM run")
    return course(
        float(str(started)), float(str(ended)),
        rows(night, "SELECT name, started, ended, outcome FROM span ORDER BY id"),
        rows(night, "SELECT filter, number, started, state FROM sub ORDER BY id"),
        rows(night, "SELECT at FROM said WHERE source = 'dither' ORDER BY id"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def predicted(night: Path) -> Course:
    """Begun at the same moment, with the plan and the profile that the night wrote for itself."""
    demo = load_demo(night)
    assert demo is not None
    ((started,),) = rows(night, "SELECT started FROM run")
    result, record = rehearse(Asked(*demo, float(str(started)), night))
    assert result.good
    played = record.played
    assert played is not None
    return course_of(played)


def course_of(played: Night) -> Course:
    assert played.run.ended is not None
    return course(
        played.run.started, played.run.ended,
        [(span.name, span.started, span.ended, span.outcome) for span in played.spans],
        [(sub.filter, sub.number, sub.started, sub.state.value) for sub in played.subs],
        [(line.at,) for line in played.lines if line.source == "dither"],
    )  # fmt: skip


def wrong(real: list[tuple[str, float]], predicted: list[tuple[str, float]]) -> list[str]:
    """What was not predicted well enough."""
    return [
        f"{name}: {seconds:.1f} s predicted, {took:.1f} s in reality"
        for (name, took), (_, seconds) in zip(real, predicted, strict=True)
        if abs(seconds - took) > max(SHARE * took, SHORT_OFF if took < SHORT_SECONDS else 0.0)
    ]


def test_the_same_events_in_the_same_order(real: Course, predicted: Course) -> None:
    assert predicted.order == real.order
    assert predicted.saved == real.saved == 8
    assert len(real.order) >= 25
    for event in ("Open the roof", "Dither", "Sub 4 in Green", "Park the mount", "Close the roof"):
        assert event in real.order


def test_everything_takes_as_long_as_predicted(real: Course, predicted: Course) -> None:
    assert not wrong(list(real.bars), list(predicted.bars))
    assert not wrong(real.imaging, predicted.imaging)


def test_the_whole_night_takes_as_long_as_predicted(real: Course, predicted: Course) -> None:
    assert predicted.seconds == pytest.approx(real.seconds, rel=SHARE)

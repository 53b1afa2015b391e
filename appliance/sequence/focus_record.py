"""A focus run in the journal, found or not."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from appliance.errors import FocusFailed
from appliance.focus.messages import CurvePoint
from appliance.focus.problems import NoFocus
from appliance.focus.result import FocusResult
from appliance.journal import FocusRun
from appliance.sequence.night import Night


async def remember_focus(
    night: Night, reason: str, filter_: str, began: float, result: FocusResult, celsius: float | None
) -> None:
    """One of this run of a plan; `began` in UTC seconds, `celsius` is the temperature that counts."""
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=result.position, hfr=result.hfr, goodness=result.goodness,
            model=dict(result.model), points=_plain(result.points),
            method=result.method, exposures=result.exposures, celsius=celsius,
        )
    )  # fmt: skip


async def remember_failure(
    night: Night, reason: str, filter_: str, began: float, failure: FocusFailed
) -> None:
    """One that found no focus."""
    await night.journal.add(
        FocusRun(
            run=night.run, reason=reason, filter=filter_, started=began, ended=night.observer.unix(),
            position=None, hfr=None, goodness=None, failure=failure.sentence,
            points=_plain(failure.points) if isinstance(failure, NoFocus) else [],
            method=night.profile.focus.method,
            exposures=failure.exposures if isinstance(failure, NoFocus) else None,
        )
    )  # fmt: skip


def _plain(points: Iterable[CurvePoint]) -> list[dict[str, Any]]:
    return [asdict(point) for point in points]

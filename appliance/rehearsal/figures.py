"""What a storm tells: how many nights held, how many survived each kind of fault, and what each one cost."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from appliance.rehearsal.storm import Result


def table(results: Sequence[Result]) -> list[str]:
    """One line per kind of fault: nights with it, nights in which all held, minutes one costs."""
    costs = cost_minutes(results)
    kinds = sorted({kind for result in results for kind in result.faults})
    lines = [f"{'fault':18} {'nights':>6} {'held':>6} {'cost, min':>12}"]
    for kind in kinds:
        struck = [result for result in results if kind in result.faults]
        held = sum(not result.breaches for result in struck)
        cost = "{:.1f} ± {:.1f}".format(*costs[kind]) if kind in costs else "-"
        lines.append(f"{kind:18} {len(struck):6} {held:6} {cost:>12}")
    return lines


def cost_minutes(results: Sequence[Result]) -> dict[str, tuple[float, float]]:
    """Minutes of exposure lost by one fault of each kind, and their standard error.

    Least squares over all nights with a calm twin. A night's subs fall otherwise after the least delay, so
    that a cost within twice its error is none that is known.
    """
    paired = [result for result in results if result.calm_exposed is not None]
    kinds = sorted({kind for result in paired for kind in result.faults})
    if not kinds or len(paired) < 2 * len(kinds):  # too few to tell them apart
        return {}
    counts = [Counter(result.faults) for result in paired]
    struck = np.array([[count[kind] for kind in kinds] for count in counts], dtype=np.float64)
    lost = np.array([((result.calm_exposed or 0.0) - result.exposed) / 60 for result in paired])
    costs = np.linalg.lstsq(struck, lost, rcond=None)[0]
    spread = np.sum((lost - struck @ costs) ** 2) / (len(paired) - len(kinds))
    errors = np.sqrt(spread * np.diag(np.linalg.pinv(struck.T @ struck)))
    return {kind: (float(one), float(off)) for kind, one, off in zip(kinds, costs, errors, strict=True)}

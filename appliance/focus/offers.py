"""What past runs would have a person set: offered with error bars, never applied by itself."""

from collections.abc import Iterator, Mapping

from appliance.focus.drift import Drift, Estimate

AGREES = 2.0  # sigmas within which the profile's value is as good as the found one


def offers(drift: Drift, steps_per_celsius: float, offsets: Mapping[str, int]) -> list[str]:
    """One sentence for each value that the runs know clearly and the profile does not have."""
    return [*_coefficient(drift.coefficient, steps_per_celsius), *_offsets(drift, offsets)]


def _coefficient(found: Estimate | None, told: float) -> Iterator[str]:
    if found is None or not found.clear or abs(found.value - told) <= AGREES * found.error:
        return
    yield (
        f"By {found.runs} focus runs the focus moves {found.value:+.1f} ± {found.error:.1f} steps per °C;"
        f" to use it, set focus.temperature.steps_per_celsius = {found.value:.1f}."
    )


def _offsets(drift: Drift, told: Mapping[str, int]) -> Iterator[str]:
    base = told.get(drift.reference, 0)
    for name, found in sorted(drift.offsets.items()):
        known = told.get(name)
        as_told = None if known is None else known - base
        if not found.clear or (as_told is not None and abs(found.value - as_told) <= AGREES * found.error):
            continue
        yield (
            f"By {found.runs} focus runs in {name} its focus is {found.value:+.0f} ± {found.error:.0f} steps"
            f" from that in {drift.reference}; to use it, set focus.filters.offsets"
            f" {name} = {base + round(found.value)} (with {drift.reference} = {base})."
        )

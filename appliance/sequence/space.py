"""How much room the subs of a plan take on the disk."""

from appliance.imaging.disk import sub_bytes
from appliance.plan import Plan


def bytes_needed(plan: Plan, width: int, height: int) -> int:
    """Bytes of all subs of the plan, of a sensor of so many pixels, once."""
    return sum(
        step.count * sub_bytes(width // step.binning, height // step.binning)
        for target in plan.sky
        for step in target.step
    )

"""The rig's devices one by one: how each stands, what recovery does for it, and doing that by hand."""

import asyncio
from collections.abc import Set
from typing import Literal

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.lending import MADE_SAFE, reached
from appliance.errors import BadCommand
from appliance.recovery.climb import DOING
from appliance.recovery.ladder import Rung
from appliance.recovery.standing import DeviceIs, Standing
from appliance.safety.interlock import Verdict

JOB = "recover"
SEE_SAFETY = "Wait until it is safe; the safety page says what is not."
TAKE_BACK = "Take it back on the page of leases first."


class Recovery(Arguments):
    """`device` by its kind or name; `how` is a rung of the recovery ladder."""

    device: str
    how: Literal["reconnect", "driver", "power", "server"]


def equipment_commands(box: Box) -> list[Command]:
    """For every surface."""

    async def equipment(_: Arguments) -> dict[str, object]:
        now = asyncio.get_running_loop().time()
        return {"devices": [_told(one, now) for one in box.rig.standing()]}

    async def recover(asked: Recovery) -> str:
        rung, one = Rung(asked.how), _found(box, asked.device)
        others = one.outage.able.get(rung, frozenset())
        _not_in_the_way(box, one, others)
        # One that is away is nobody's: then only what the others are in the middle of counts.
        kinds = _kinds(box, others | {one.name}) if one.is_ is DeviceIs.OPEN else frozenset()
        job = box.jobs.start(JOB, box.rig.recover(one.kind, rung), kinds)
        job.add_done_callback(lambda _: box.wanted.consider())
        await asyncio.wait({job})
        if job.cancelled():
            raise BadCommand(JOB, "it was stopped on its way", advice="The log says who stopped it.")
        job.result()
        return f"{one.name} is connected"

    what = "Connect a device anew, restart its driver, or switch its power off and on."
    return [
        Command("equipment", "How each device stands.", Arguments, equipment, asks=True),
        Command("device_recover", what, Recovery, recover),
    ]


def _found(box: Box, text: str) -> Standing:
    every = box.rig.standing()
    for one in every:
        if text in {one.kind, one.name}:
            return one
    known = ", ".join(one.name for one in every)
    raise BadCommand("device", f"the profile has no {text!r}", advice=f"It has: {known}.")


def _kinds(box: Box, names: Set[str]) -> frozenset[str]:
    return frozenset(one.kind for one in box.rig.standing() if one.name in names)


def _not_in_the_way(box: Box, one: Standing, others: Set[str]) -> None:
    """BadCommand while safety has what would be disturbed, or it is lent; who took it unasked gives way."""
    kinds = _kinds(box, others | {one.name})
    if box.watch.verdict is Verdict.UNSAFE and kinds & MADE_SAFE and one.is_ is DeviceIs.OPEN:
        raise BadCommand("device", "it is not safe, and safety has the telescope", advice=SEE_SAFETY)
    for kind, name in reached(box.profile):
        if kind in kinds and (client := box.leases.lent_to(name)):
            raise BadCommand("device", f"{name} is lent to {client}", advice=TAKE_BACK)


def _told(one: Standing, now: float) -> dict[str, object]:
    """Times in seconds from now, because a person's clock is not the loop's."""
    outage = one.outage
    return {
        "kind": one.kind, "name": one.name, "driver": one.driver, "state": one.is_.value,
        "fed_by": one.fed_by,
        "away_seconds": None if outage.lost is None else round(now - outage.lost),
        "tried": [
            {"how": taken.rung.value, "what": DOING[taken.rung], "seconds_ago": round(now - taken.at)}
            for taken in outage.taken
        ],
        "next": None if outage.due is None else {
            "how": outage.due.rung.value, "what": DOING[outage.due.rung],
            "in_seconds": max(0, round(outage.due.at - now)),
        },
        "able": [
            {"how": rung.value, "what": DOING[rung], "disturbs": sorted(others)}
            for rung, others in sorted(outage.able.items(), key=lambda item: list(Rung).index(item[0]))
        ],
    }  # fmt: skip

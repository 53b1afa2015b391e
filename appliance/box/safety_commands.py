"""Why it is safe or not, and what the interlock would say now: for a person who asks; nothing is done."""

from appliance.api import Arguments, Command
from appliance.box.action_lists import listed
from appliance.box.box import Box
from appliance.errors import DeviceError
from appliance.safety.gatekeeper import Outlook
from appliance.safety.interlock import ALWAYS, Refused
from appliance.safety.interlock import Command as Asked
from appliance.safety.messages import GuardianState
from appliance.wire import plain

WORDS = {
    Asked.OPEN_ROOF: "open the roof", Asked.CLOSE_ROOF: "close the roof", Asked.STOP_ROOF: "stop the roof",
    Asked.UNPARK: "unpark the mount", Asked.SLEW: "slew", Asked.TRACK: "track",
    Asked.STOP_TRACKING: "stop tracking", Asked.PARK: "park the mount", Asked.OPEN_COVER: "open the cover",
    Asked.CLOSE_COVER: "close the cover",
}  # fmt: skip
OF_ROOF = {Asked.OPEN_ROOF, Asked.CLOSE_ROOF, Asked.STOP_ROOF}
OF_COVER = {Asked.OPEN_COVER, Asked.CLOSE_COVER}


def safety_commands(box: Box) -> list[Command]:
    """For every surface."""

    async def sources(_: Arguments) -> dict[str, object]:
        state, conditions = box.watch.state, box.watch.conditions.state
        return {
            "verdict": box.watch.verdict.value, "reasons": list(state.reasons), "since": state.since,
            "conditions": {"good": conditions.good, "reasons": list(conditions.reasons)},
            "watching": box.watch.alive, "sources": [plain(one) for one in box.watch.told()],
            "guardian": _guardian(box),
        }  # fmt: skip

    async def interlock(_: Arguments) -> dict[str, object]:
        try:
            outlook = await box.interlock.outlook()
        except TimeoutError as silent:
            raise DeviceError("interlock", "roof, mount or park sensor do not answer") from silent
        return {"situation": _situation(outlook), "answers": _answers(box, outlook)}

    async def lists(_: Arguments) -> dict[str, object]:
        return {"lists": [plain(one) for one in listed(box.profile)]}

    return [
        Command("safety_sources", "What each safety source says, and why.", Arguments, sources, asks=True),
        Command("safety_interlock", "What the interlock would allow now.", Arguments, interlock, asks=True),
        Command("safety_actions", "What will be done when it becomes unsafe.", Arguments, lists, asks=True),
    ]


def _guardian(box: Box) -> object:
    return next((plain(one) for one in box.bus.states() if isinstance(one, GuardianState)), None)


def _situation(outlook: Outlook) -> dict[str, object]:
    now = outlook.situation
    return {
        "roof": "moving" if now.roof_moves else now.roof.value, "park_sensor": now.switch.value,
        "mount": now.mount.value, "verdict": now.verdict.value, "daylight": now.daylight,
        "daylight_asked": now.daylight_asked, "battery_low": now.battery_low,
        "stopped_by_hand": now.stopped_by_hand, "clears_telescope": now.clears_telescope,
    }  # fmt: skip


def _answers(box: Box, outlook: Outlook) -> list[dict[str, object]]:
    """Of what there is to command on this rig."""
    missing = (set() if box.profile.roof else OF_ROOF) | (set() if box.profile.cover else OF_COVER)
    found: list[dict[str, object]] = []
    for command, answer in outlook.answers.items():
        if command not in missing:
            refused = answer if isinstance(answer, Refused) else Refused("", "")
            found.append({
                "command": command.name.lower(), "what": WORDS[command],
                "allowed": not isinstance(answer, Refused), "always": command in ALWAYS,
                "reason": refused.reason, "advice": refused.advice,
            })  # fmt: skip
    return found

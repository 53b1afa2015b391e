"""The autoguider: the profile's, through the box's commands."""

from collections.abc import Awaitable
from typing import Any

from appliance.sequence.guide_watch import AWAY, GuidingNow
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import command, value
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import OK, Unfit, failed, number, within

NONE = "there is no autoguider"
KIND = "guider"
IDLE = {AWAY, "stopped"}
GUIDES = {"guiding", "settling"}


def guider_methods(desk: Desk) -> list[Method]:
    """Connected, running, guiding; start, stop, pause, dither. All of it answers when it has settled."""

    def do(name: str, **more: object) -> Awaitable[dict[str, str]]:
        return _do(desk, name, **more)

    async def shutdown() -> Any:
        return OK if desk.profile.guider is None else failed("the box keeps its devices")

    return [
        value("Autoguider_connected", lambda: desk.connected(KIND)),
        value("Autoguider_running", lambda: doing(desk) not in IDLE),
        value("Autoguider_guiding", lambda: doing(desk) in GUIDES),
        command("Autoguider_connect", lambda: do("connect", kind=KIND)),
        command("Autoguider_shutdown", shutdown),
        command("Autoguider_calibrate", lambda: do("guide_start", recalibrate=True, **settling(desk))),
        command("Autoguider_startguiding", lambda: do("guide_start", **settling(desk))),
        command("Autoguider_stopguiding", lambda: do("guide_stop")),
        command("Autoguider_pause", lambda: do("guide_pause")),
        command("Autoguider_unpause", lambda: do("guide_resume")),
        command("Autoguider_dither", lambda: do("guide_dither", **settling(desk))),
        _tolerance(desk),
    ]


def doing(desk: Desk) -> str:
    """The guider's own word, as it was looked up a few seconds ago."""
    now = desk.state(GuidingNow)
    return AWAY if now is None or not desk.connected(KIND) else now.doing


def settling(desk: Desk) -> dict[str, float]:
    """As a script has set it; empty: as the profile says."""
    told = desk.settings.settling
    return dict(zip(("settle_pixels", "settle_seconds", "settle_timeout"), told, strict=False))


async def _do(desk: Desk, name: str, **more: object) -> dict[str, str]:
    return failed(NONE) if desk.profile.guider is None else await desk.do(name, **more)


def _tolerance(desk: Desk) -> Method:
    async def keep(pixel: float, least: float, most: float) -> Any:
        if desk.profile.guider is None:
            return failed(NONE)
        if pixel <= 0 or most <= 0:
            raise Unfit("out of range")
        told = within(pixel, 0, 50), within(least, 0, 300), within(most, 0, 600)
        desk.settings.settling = told
        return OK

    return command(
        "Autoguider_setsettletolerance", keep, ("pixel", number), ("mintime", number), ("maxtime", number)
    )

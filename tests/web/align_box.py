"""A box for the Align screen: real questions about the sky on a fixed evening, a mount that only notes."""

import time
from dataclasses import replace
from typing import Any

from appliance.api import Api, Arguments, Command
from appliance.box.align_commands import Angle, Look, Press, Pressed, Where
from appliance.box.devices.mount import Place, Tracking
from appliance.box.devices.optics import Angle as Mechanical
from appliance.box.framing_commands import Framing
from appliance.box.sky_commands import Sky, sky_commands
from appliance.bus import State
from appliance.byhand.messages import PadState, PointingFound
from appliance.errors import BadCommand
from appliance.observer import Observer
from appliance.rig import Held, RigState
from appliance.sequence.vitals import MountState, RotatorState
from appliance.sky.horizon import Horizon
from hardware.devices import PierSide, Site
from hardware.worker import Worker
from tests.web.fake_box import Box

SITE = Site(48.1, 11.6, 520.0)
EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC
MOUNT = MountState(
    source="mount", ra_deg=22.1, dec_deg=30.4, alt_deg=66.0, az_deg=143.0, tracking=True, parked=False,
    pier_side=PierSide.WEST,
)  # fmt: skip
FOUND = PointingFound(
    source="align", at=EVENING, ra_deg=22.31, dec_deg=30.35, alt_deg=66.2, az_deg=143.4, rotation_deg=12.4,
    mirrored=False, scale_arcsec=2.91, width_px=6248, height_px=4176, off_arcsec=678.0,
    off_east_arcsec=652.0, off_north_arcsec=-180.0, matched=48, solver="built-in",
)  # fmt: skip
RIG = RigState(source="rig", devices=(Held("camera", "Camera", True), Held("mount", "Mount", True)))
FIELD = {"width_px": 6248, "height_px": 4176, "scale_arcsec": 0.97, "width_deg": 1.68, "height_deg": 1.12}


class AlignBox(Box):
    """`asked` are the commands with their arguments; `facts` what the rig can do; `over` ends every press."""

    more = ()

    def __init__(self, **facts: Any) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.worker = Worker("sky")
        self.refuse = ""
        self.facts = {
            "telescope": "Refractor", "focal_length_mm": 800.0, "field": FIELD, "mount": True,
            "rates": ["Guide", "Centre", "Find", "Max"], "rotator": True, "latitude_deg": 48.1,
            "longitude_deg": 11.6, "now": EVENING, **facts,
        }  # fmt: skip
        super().__init__()
        self.publish(RIG, MOUNT, RotatorState(source="rotator", angle_deg=102.3))

    async def _api(self) -> Api:
        api = await super()._api()
        observer = Observer(SITE, EVENING)
        for command in sky_commands(Sky(observer, Horizon(), self.worker)):
            api.register(command)
        answers: dict[str, tuple[type[Arguments], Any]] = {
            "where_am_i": (Look, FOUND), "solve_sync": (Look, replace(FOUND, synced=True)),
            "solve_centre": (Where, replace(FOUND, centred=True, off_arcsec=11.0)),
            "slew": (Place, "there"), "unpark": (Arguments, "unparked"), "track": (Tracking, "tracking"),
            "pad": (Pressed, "moving"), "pad_stop": (Press, "stopped"), "rotate": (Angle, {"turns": 2}),
            "rotator": (Mechanical, 90.0), "park": (Arguments, "parked"),
            "framing_add": (Framing, {"name": "M 31", "subs": 42, "position_angle_kept": True}),
            "align_facts": (Arguments, self.facts),
        }  # fmt: skip
        for name, (arguments, answer) in answers.items():
            api.register(Command(name, f"{name}.", arguments, self._noting(name, answer)))
        return api

    def _noting(self, name: str, answer: Any) -> Any:
        async def run(asked: Arguments) -> Any:
            self.asked.append((name, asked.model_dump(mode="json")))
            if self.refuse and name in {"pad", "slew"}:
                raise BadCommand("slew pad", self.refuse)
            self._show(name, asked)
            if isinstance(answer, State):
                self.bus.publish(answer)
                return None
            return answer

        return run

    def _show(self, name: str, asked: Any) -> None:
        if name == "pad":
            self.bus.publish(PadState(source="slew pad", direction=asked.direction.value, rate="Centre"))
        if name == "pad_stop":
            self.bus.publish(PadState(source="slew pad"))

    def given(self, name: str) -> list[dict[str, Any]]:
        """The arguments of every such command so far."""
        return [arguments for one, arguments in list(self.asked) if one == name]

    def until(self, name: str, count: int = 1, within: float = 20.0) -> list[dict[str, Any]]:
        """Wait for so many of them."""
        ends = time.monotonic() + within
        while len(found := self.given(name)) < count:
            assert time.monotonic() < ends, f"{name}: {len(found)} of {count}"
            time.sleep(0.02)
        return found

    def close(self) -> None:
        super().close()
        self.worker.close()

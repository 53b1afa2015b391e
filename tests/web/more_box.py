"""A box with the real commands of More: its files, settings, logs, over a journal of its own."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from appliance.box.box import Box as RealBox
from appliance.box.errands import errands
from appliance.bus import Message, Said
from appliance.jobs import Jobs
from appliance.journal import Journal, Line, Run, Sub, SubState
from appliance.plan import Plan
from tests.web.fake_box import Box, star_field

AT = 1_795_204_800.0  # 2026-11-20 20:00 UTC
SITE = {"latitude_deg": 48.1, "longitude_deg": 11.6}
NIGHT = "2026-11-20"
PLAN = Plan.model_validate(
    {"name": "M 33", "target": [{"name": "M33", "step": [{"filter": "L", "seconds": 60, "count": 9}]}]}
)
PROFILE = """# My rig.
name = "Garden"
[site]
latitude_deg = 48.1
longitude_deg = 11.6
[telescope]
name = "Refractor"
focal_length_mm = 420.0
aperture_mm = 70.0
[camera]
name = "Camera"
driver = "simulator"
celsius = -10.0
setup = { width = 640 }
[mount]
driver = "simulator"
name = "Mount"
[focuser]
driver = "simulator"
name = "Focuser"
[focus]
step = 120
"""
SAID = (
    ("info", "Saved sub 1 of 9 in L: HFR 2.06 px, 566 stars.", "", ""),
    ("warning", "Clouds: waiting.", "conditions.bad", "It goes on by itself."),
    ("error", "The mount is lost.", "device.lost", "Check its cable."),
    ("info", "<b>Not bold</b>", "", ""),
)


class MoreBox(Box):
    """`runs`: the night to which its subs belong is running."""

    def __init__(self, folder: Path, *, runs: bool = False, profile: bool = True) -> None:
        self.folder, self.runs = folder, runs
        self.profile_file = folder / "profile.toml" if profile else None
        if self.profile_file:
            self.profile_file.write_text(PROFILE, encoding="utf-8")
        self.images = folder / "images"
        super().__init__()
        self.run(self._furnish)

    def file(self, name: str, data: bytes) -> Path:
        path = self.images / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    async def _furnish(self) -> None:
        self.journal = await Journal.open(self.folder / "journal.sqlite")
        (self.folder / "nightbox.log").write_text("20:00:00   Connect the rig …\n", encoding="utf-8")
        run = await self.journal.add(Run(plan="M 33", plan_key="k", started=AT))
        for number in range(1, 4):
            await self._sub(run, number)
        for number, (level, text, code, advice) in enumerate(SAID):
            at = AT + 60 * number
            line = Line(run=run, at=at, level=level, source="box", text=text, code=code, advice=advice)
            await self.journal.add(line)
        self.jobs = Jobs(self.bus.publish)
        self._context = errands(cast(RealBox, self._inner(run)), self.profile_file)
        for command in self._context.__enter__():
            self.api.register(command)

    async def _sub(self, run: int, number: int) -> None:
        name = f"{NIGHT}/M_33/L/M_33_L_60s_{number:04}.fits"
        self.file(name, bytes([number]) * 30_000)
        flaws = "few stars" if number == 3 else ""
        picture = self.folder / "thumbnails" / f"{name}.jpg"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(star_field(320, 213, number))
        await self.journal.add(
            Sub(
                run=run, step_key="s", number=number, target="M 33", filter="L", seconds=60.0, file=name,
                state=SubState.SAVED, hfr=2.0 + number / 10, stars=500 + number, flaws=flaws,
            )
        )  # fmt: skip

    def _inner(self, run: int) -> Any:
        async def program(*_: object) -> Any:
            raise OSError(2, "no programs here")

        def say(text: str, *_: object) -> None:
            self.bus.publish(Said(source="box", text=text))

        site = SimpleNamespace(**SITE, elevation_m=0.0)
        return SimpleNamespace(
            folder=self.folder, images=self.images, journal=self.journal, jobs=self.jobs, bus=self.bus,
            journal_path=self.folder / "journal.sqlite", observer=SimpleNamespace(site=site), say=say,
            night=SimpleNamespace(run=run) if self.runs else None, written=PLAN, run_program=program,
        )  # fmt: skip

    async def _clear(self) -> None:
        await self.jobs.stop_all()
        self._context.__exit__(None, None, None)
        await self.journal.close()

    def close(self) -> None:
        self.run(self._clear)
        super().close()

    def tell(self, *messages: Message) -> None:
        """Publish, and return when it is on its way."""
        self.publish(*messages)
        self.run(asyncio.sleep, 0)

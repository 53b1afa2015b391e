"""A focus run recorded on the fake rig, for those who read packages."""

import asyncio
from pathlib import Path

from appliance.focus.autofocus import run_focus
from appliance.focus.package import Package, write
from appliance.focus.past import Learned, Shape
from appliance.focus.settings import FocusSettings
from appliance.profile import FocusMethod
from tests.appliance.focus.fake_focus import FakeFocuser, FakeSky, hyperbola_law

LEARNED = Learned(shape=Shape(kind="hyperbola", rise=4e-6, rise_error=0.03, hfr=2.0, runs=5))


def record(folder: Path, method: FocusMethod) -> Path:
    """Run it at once, whatever clock there is, and return the package's folder."""

    async def work() -> None:
        focuser = FakeFocuser(20_700)
        focuser.steps_per_second = 10**9
        sky = FakeSky(focuser, hyperbola_law(20_000, 2.0, 1000), noise=0.01, seconds=0.0)
        settings = FocusSettings(step=500, method=method, overshoot=300)
        package = Package(
            reason="test", filter="L", started=1.8e9, settings=settings, learned=LEARNED, start=20_700,
            travel=focuser.travel, celsius=None,
        )  # fmt: skip
        look = package.recording(sky.look, focuser)
        package.ended(await run_focus(
            focuser, look, lambda _: None, settings, reason="test", filter="L", known=LEARNED
        ))  # fmt: skip
        write(package, folder)

    asyncio.run(work())
    return folder

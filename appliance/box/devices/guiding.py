"""The guider by hand: start, stop, pause, go on, dither; for rigs that have one."""

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.work import GUIDER, MOUNT, STARTED, Work, there
from appliance.profile import GuiderSection
from hardware.devices import Guider, Settle

GUIDING = "guiding"


class Settling(Arguments):
    """When it counts as settled; None: as the profile says. `wait` False: answer when it has begun."""

    settle_pixels: float | None = Field(None, gt=0, le=50)
    settle_seconds: float | None = Field(None, ge=0, le=300)
    settle_timeout: float | None = Field(None, gt=0, le=600)
    wait: bool = True

    def settle(self, section: GuiderSection) -> Settle:
        """As the guider wants it."""
        known = section.settle()
        return Settle(
            known.pixels if self.settle_pixels is None else self.settle_pixels,
            known.seconds if self.settle_seconds is None else self.settle_seconds,
            known.within if self.settle_timeout is None else self.settle_timeout,
        )


class Starting(Settling):
    """`recalibrate`: forget the calibration first."""

    recalibrate: bool = False


class Dithering(Settling):
    """Pixels of the guide camera; None: as the profile says."""

    pixels: float | None = Field(None, gt=0, le=100)


def guiding_commands(work: Work) -> list[Command]:
    """None for a rig without a guider. What guides goes on until it is stopped, or the mount moves."""
    section = work.hand.night.profile.guider
    return [] if section is None else _commands(work, section)


def _commands(work: Work, section: GuiderSection) -> list[Command]:
    def guider() -> Guider:
        return there(work.hand.night.rig.guider, "guider")

    async def start(asked: Starting) -> str:
        work.not_unsafe(GUIDING)

        async def guide() -> None:
            if asked.recalibrate:
                await guider().stop()  # it forgets nothing while it guides by it
                await guider().forget_calibration()
            await guider().start(asked.settle(section))
            work.hand.say("It guides.")

        # The mount is its own meanwhile: a slew in the middle of a calibration would spoil it.
        await work.run(GUIDING, {GUIDER, MOUNT}, guide, wait=asked.wait)
        return "guiding" if asked.wait else STARTED

    async def stop(_: Arguments) -> str:
        await work.jobs.stop(GUIDING)
        await work.run(GUIDING, {GUIDER}, lambda: guider().stop())
        work.hand.say("Guiding is stopped.")
        return "stopped"

    async def pause(_: Arguments) -> str:
        await work.run(GUIDING, {GUIDER}, lambda: guider().pause())
        return "paused"

    async def resume(_: Arguments) -> str:
        work.not_unsafe(GUIDING)
        await work.run(GUIDING, {GUIDER, MOUNT}, lambda: guider().resume())
        return "guiding"

    async def dither(asked: Dithering) -> str:
        work.not_unsafe(GUIDING)
        pixels = section.dither_px if asked.pixels is None else asked.pixels
        settle = asked.settle(section)
        await work.run(
            GUIDING, {GUIDER, MOUNT}, lambda: guider().dither(pixels, section.dither_ra_only, settle),
            wait=asked.wait,
        )  # fmt: skip
        return "dithered" if asked.wait else STARTED

    return [
        Command("guide_start", "Choose a star, calibrate if need be, and guide.", Starting, start),
        Command("guide_stop", "Stop guiding.", Arguments, stop),
        Command("guide_pause", "Send no guide pulses for a while.", Arguments, pause),
        Command("guide_resume", "Guide on after a pause.", Arguments, resume),
        Command("guide_dither", "Move the guide star a little, and settle.", Dithering, dither),
    ]

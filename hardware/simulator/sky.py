"""The one truth behind all simulated devices: what is moved is moved here, what is seen is seen here."""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache

from hardware.devices import BoardHealth, PierSide
from hardware.simulator import atmosphere, heavens
from hardware.simulator.atmosphere import Air
from hardware.simulator.axes import Axes
from hardware.simulator.axis import Axis, loop_now
from hardware.simulator.buttons import Buttons
from hardware.simulator.chip import Chip
from hardware.simulator.faults import Cure, FaultKind, Faults
from hardware.simulator.filters import Filter, filters_of, names_of
from hardware.simulator.guide_star import GuideBench, GuideStar
from hardware.simulator.heavens import View
from hardware.simulator.psf import Psf, psf_of
from hardware.simulator.shutter import Shutter
from hardware.simulator.true_time import TrueTime
from hardware.simulator.world import WheelModel, World

# UTC, seconds since 1970, at a moment of the loop's clock; None is now
Utc = Callable[[float | None], float]
NO_FAULTS = Faults()


class Sky:
    """Mutable: the state of one simulated rig under its sky.

    `world` says what it is made of, `faults` what goes wrong tonight, `cures` what was done against what is
    stuck; devices move the axes; the camera
    looks at what comes of it. All that is physical is here, and holds no task and no device: who commanded a
    motion may be gone, it goes on (see `survivor`). `utc` is the true time, whatever the box believes.

    Of the front panel: `light` is red, green, blue from 0 to 1, `buzzer` a frequency (0: silent).
    """

    def __init__(self, world: World, utc: Utc, faults: Faults = NO_FAULTS) -> None:
        self.world, self.utc, self.faults = world, TrueTime.of(utc), faults
        self.chip = Chip(world.camera.gain, world.camera.offset)
        self.axes = Axes(world.mount, world.seed, world.site, self.utc, faults)
        self.guide_star = GuideStar(world, faults, self.utc)
        self.axes.guided.star = self.guide_star
        self.guide = GuideBench()
        self.drawtube = Drawtube(world.focuser.start, world.focuser.backlash)
        self.wheel = Axis(world.wheel.start)
        self.rotator = Axis(world.rotator.start_deg)
        self.roof, self.cover = Shutter(world.roof.start), Shutter(world.cover.start)
        self.panel_level = 0
        self.outputs: dict[str, float] = {}
        self.buttons, self.light, self.buzzer = Buttons(), (0.0, 0.0, 0.0), 0.0
        self.display: tuple[str, ...] = ()
        self.board = BoardHealth()
        self.cures: list[Cure] = []

    def survivor(self, utc: Utc) -> "Sky":
        """What is left when the controller is killed: the same rig at the same moment, on another clock.

        It shares nothing that changes with this one, whose devices and coroutines may linger on. The new
        loop's time must go on where the old one's stopped.
        """
        shared = (self.world, self.faults)
        memo = {id(self.utc): TrueTime.of(utc), **{id(one): one for one in shared}}
        return deepcopy(self, memo)

    def adopt(self, world: World) -> None:
        """Take changed parameters over; a part whose parameters changed starts afresh."""
        fresh, old = Sky(world, self.utc, self.faults), self.world
        if world.camera != old.camera:
            self.chip = replace(fresh.chip, frames=self.chip.frames)
        if world.mount != old.mount:
            self.axes = fresh.axes
            self.axes.guided.star = self.guide_star
        if world.focuser != old.focuser:
            self.drawtube = fresh.drawtube
        if world.wheel != old.wheel:
            self.wheel = fresh.wheel
        if world.rotator != old.rotator:
            self.rotator = fresh.rotator
        if world.roof != old.roof:
            self.roof = fresh.roof
        if world.cover != old.cover:
            self.cover = fresh.cover
        self.world = self.guide_star.world = world

    @property
    def air(self) -> Air:
        """The weather now."""
        return atmosphere.air(self.world, self.faults, self.utc(None))

    @property
    def celsius(self) -> float:
        """Air temperature now."""
        return atmosphere.celsius(self.world, self.utc(None))

    @property
    def chip_celsius(self) -> float:
        """Sensor temperature now."""
        return self.chip.celsius(self.world.camera, self.celsius, asyncio.get_running_loop().time())

    @property
    def filter(self) -> Filter:
        """The filter nearest to the light path."""
        filters = _filters(self.world.wheel)
        return filters[round(self.wheel.now()) % len(filters)]

    @property
    def filter_names(self) -> tuple[str, ...]:
        """The wheel's filters, slot by slot."""
        return names_of(self.world.wheel)

    @property
    def best_focus(self) -> float:
        """Where the drawtube would give the sharpest stars now, in steps."""
        focuser = self.world.focuser
        return focuser.best + self.filter.focus_offset + focuser.steps_per_celsius * (self.celsius - 10)

    @property
    def defocus(self) -> float:
        """Steps the tube is away from the best position (outward positive), with all it has slipped."""
        slipped = self.faults.begun(FaultKind.FOCUSER_SLIP, self.utc(None))
        return self.drawtube.place() + slipped - self.best_focus

    @property
    def hfr_px(self) -> float:
        """Half-flux radius of a star in the middle of the frame now, in unbinned pixels."""
        return self.psf().middle

    def psf(self, moment: float | None = None) -> Psf:
        """What a star looks like, in unbinned pixels: focus as it is now, seeing at a moment (loop time).

        Seeing grows with the air mass to the power 0.6 (Kolmogorov turbulence).
        """
        seeing = atmosphere.seeing_arcsec(self.world, self.utc(moment))
        view = self.view(moment)
        if view:
            seeing *= view.airmass**0.6
        return psf_of(self.world.camera, self.world.focuser, self.defocus, seeing)

    def view(self, moment: float | None = None) -> View | None:
        """How the sky is where the telescope points; None where the world has no heavens."""
        world = self.world
        if not world.heavens:
            return None
        return heavens.view(world.site, self.utc(moment), self.axes.truth(), world.camera.sky_mag)

    @property
    def zenith_mag(self) -> float:
        """How dark the sky is overhead now, magnitudes per square arcsecond."""
        world, dark = self.world, self.world.camera.sky_mag
        return heavens.zenith_mag(world.site, self.utc(None), dark) if world.heavens else dark

    @property
    def sun_altitude_deg(self) -> float:
        """How high the Sun stands over the site now, without refraction."""
        return heavens.sun_altitude_deg(self.world.site, self.utc(None))

    @property
    def lamp_e_s(self) -> float:
        """The panel's light, electrons per pixel and second through L; none unless the cover is closed."""
        return self.panel * self.world.panel.full_e_s

    @property
    def imagined_e_s(self) -> float:
        """The same of a panel that a world without heavens thinks up for flat frames."""
        world = self.world
        return 0.0 if world.heavens or self.cover.closed else world.flat * world.camera.flat_e_s

    @property
    def rotation_deg(self) -> float:
        """Position angle of the frame's +y; a German mount turns the camera round on the other side."""
        turned = 180.0 if self.axes.pier_side is PierSide.EAST else 0.0
        by_rotator = self.rotator.now() * (1 if self.world.rotator.turns == "east" else -1)
        return (self.world.camera.angle_deg + by_rotator + turned) % 360

    @property
    def visible(self) -> bool:
        """Does the sky's light reach the telescope?"""
        return self.roof.open and self.cover.open

    @property
    def panel(self) -> float:
        """Light of the flat panel that falls into the telescope, 0 to 1: none unless the cover is closed."""
        return self.panel_level / self.world.panel.brightest if self.cover.closed else 0.0

    @property
    def raining(self) -> bool:
        """Does it rain?"""
        return atmosphere.rain_mm_h(self.world, self.faults, self.utc(None)) > 0

    @property
    def exposing(self) -> bool:
        """Is the camera taking in light?"""
        began, ends = self.chip.exposing
        return began <= loop_now() < ends

    @property
    def at_park(self) -> bool:
        """Does the tube rest at the park position, whatever the mount believes?"""
        return self.axes.at_home(self.world.park_sensor.tolerance_deg)

    @property
    def past_limit_deg(self) -> float:
        """How far the tube is past the mount's own limit, degrees of hour angle; `axes.past_meridian_deg`."""
        return self.axes.past_limit_deg

    @property
    def roof_collides(self) -> bool:
        """Is the roof where it hits the telescope: not fully open, the tube not at park, and too low?"""
        return not (self.world.roof.clears_telescope or self.roof.open or self.at_park)


@lru_cache(maxsize=4)
def _filters(wheel: WheelModel) -> tuple[Filter, ...]:
    return filters_of(wheel, "wheel")


class Drawtube:
    """The focuser's knob and the tube it drags along with some play."""

    def __init__(self, start: int, backlash: int) -> None:
        self.knob = Axis(start)
        self._tube, self._play = float(start), backlash

    def place(self) -> float:
        """Where the tube is: at the knob after turning inward, `backlash` short of it after outward."""
        knob = self.knob.now()
        self._tube = min(max(self._tube, knob - self._play), knob)
        return self._tube

    async def move(self, name: str, position: int, steps_per_second: float) -> None:
        """Turn the knob to a position; however far it comes, the tube is dragged along."""
        self.place()  # one turning goes one way, so that its ends say where the tube was dragged
        await self.knob.go(name, position, steps_per_second)

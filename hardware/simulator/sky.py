"""The one truth behind all simulated devices: what is moved is moved here, what is seen is seen here."""

from collections.abc import Callable
from math import cos, hypot, pi

from hardware.devices import PierSide
from hardware.simulator.axes import Axes
from hardware.simulator.axis import Axis
from hardware.simulator.world import FILTERS, OTHER_FILTER, Filter, World

# UTC, seconds since 1970, at a moment of the loop's clock; None is now
Utc = Callable[[float | None], float]


class Sky:
    """Mutable: the state of one simulated rig under its sky.

    `world` says what it is made of; devices move the axes; the camera looks at what comes of it.
    """

    def __init__(self, world: World, utc: Utc) -> None:
        self.world, self.utc = world, utc
        self.axes = Axes(world.mount, world.seed, world.site.latitude_deg)
        self.drawtube = Drawtube(world.focuser.start, world.focuser.backlash)
        self.wheel = Axis(world.wheel.start)
        self.rotator = Axis(world.rotator.start_deg)
        self.roof = Axis(1.0 if world.roof.open else 0.0)

    def adopt(self, world: World) -> None:
        """Take changed parameters over; a part whose parameters changed starts afresh."""
        fresh, old = Sky(world, self.utc), self.world
        if world.mount != old.mount:
            self.axes = fresh.axes
        if world.focuser != old.focuser:
            self.drawtube = fresh.drawtube
        if world.wheel != old.wheel:
            self.wheel = fresh.wheel
        if world.rotator != old.rotator:
            self.rotator = fresh.rotator
        if world.roof != old.roof:
            self.roof = fresh.roof
        self.world = world

    @property
    def celsius(self) -> float:
        """Air temperature now: a daily wave, warmest at 15 h local solar time."""
        weather = self.world.weather
        hour = self.utc(None) / 3600 + self.world.site.longitude_deg / 15
        return weather.mean_celsius + weather.swing_celsius * cos((hour - 15) * pi / 12)

    @property
    def filter(self) -> Filter:
        """The filter nearest to the light path."""
        names = self.filter_names
        return FILTERS.get(names[round(self.wheel.now()) % len(names)], OTHER_FILTER)

    @property
    def filter_names(self) -> tuple[str, ...]:
        """The wheel's filters, slot by slot."""
        return tuple(name.strip() for name in self.world.wheel.filters.split(","))

    @property
    def best_focus(self) -> float:
        """Where the drawtube would give the sharpest stars now, in steps."""
        focuser = self.world.focuser
        return focuser.best + self.filter.focus_offset + focuser.steps_per_celsius * (self.celsius - 10)

    @property
    def defocus(self) -> float:
        """Steps the drawtube is away from the best position (outward positive)."""
        return self.drawtube.place() - self.best_focus

    @property
    def hfr_px(self) -> float:
        """Half-flux radius of a star in unbinned pixels: a hyperbola in the focuser's position."""
        focuser = self.world.focuser
        return focuser.best_hfr_px * hypot(1.0, self.defocus / focuser.half_width)

    @property
    def rotation_deg(self) -> float:
        """Position angle of the frame's +y; a German mount turns the camera round on the other side."""
        turned = 180.0 if self.axes.pier_side is PierSide.EAST else 0.0
        return (self.world.camera.angle_deg + self.rotator.now() + turned) % 360

    @property
    def visible(self) -> bool:
        """Does light reach the telescope?"""
        return self.roof.now() >= 1.0


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
        """Turn the knob to a position; whatever ends the turning, the tube is left where it was dragged."""
        self.place()
        try:
            await self.knob.go(name, position, steps_per_second)
        finally:
            self.place()

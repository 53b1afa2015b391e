"""What the simulated rig is made of: parameters only, nothing that changes.

The defaults are the demo rig: a 72 mm f/5 refractor with a small cooled mono camera on a German mount,
2.98" per pixel and 1.06 by 0.85 degrees of sky. Every field of a device's model can be set from a profile
(`setup = {steps_per_second = 200}`).
"""

from dataclasses import dataclass, field
from typing import TypeVar

from hardware.devices import Site

N = TypeVar("N", int, float)


def positive(default: N) -> N:
    """A number that must stay above zero."""
    value: N = field(default=default, metadata={"positive": True})
    return value


@dataclass(frozen=True, slots=True)
class CameraModel:
    """Telescope, sensor and cooler as one optical train.

    `angle_deg` is the position angle of the frame's +y with rotator at 0 and pier side WEST.
    `gain` is in 0.1 dB: electrons per ADU are 3.2 at 0 and 1.0 at 100. Dark current and hot pixels are
    per second at 0 °C and double every 6 °C. `sky_mag` is in magnitudes per square arcsecond.
    `arm_seconds` pass before the exposure begins, `readout_seconds` after it.
    """

    focal_length_mm: float = positive(360.0)
    aperture_mm: float = positive(72.0)
    angle_deg: float = 15.0
    width: int = positive(1280)
    height: int = positive(1024)
    pixel_um: float = positive(5.2)
    gain: int = 100
    offset: int = 200
    read_noise_e: float = 2.5
    dark_e_s: float = 0.02
    hot_pixels: int = 200
    sky_mag: float = 20.5
    flat_e_s: float = 8000.0
    arm_seconds: float = 0.02
    readout_seconds: float = 0.4
    cooler: bool = True
    cooler_lag_seconds: float = positive(15.0)
    cooler_reach_celsius: float = positive(35.0)
    faint_stars: bool = True


@dataclass(frozen=True, slots=True)
class MountModel:
    """A German mount; the two errors are what its encoders do not know, and what a sync corrects.

    `scatter_arcsec` is the repeatability of a slew, `drift_*` in arcseconds per minute while tracking.
    """

    slew_deg_s: float = positive(3.0)
    settle_seconds: float = 2.0
    ra_error_arcmin: float = 5.0
    dec_error_arcmin: float = -4.0
    scatter_arcsec: float = 4.0
    drift_ra_arcsec_min: float = 0.3
    drift_dec_arcsec_min: float = 0.15
    pulse_arcsec_s: float = positive(7.5)
    horizon_deg: float = 0.0
    parked: bool = True


@dataclass(frozen=True, slots=True)
class FocuserModel:
    """A focuser and the law of the stars it focuses: HFR = best_hfr·sqrt(1 + ((p − best) / half_width)²).

    `best` holds at 10 °C through L; `best_hfr_px` is in unbinned pixels; `backlash` is lost when turning
    outward. `steps_per_celsius` moves the best position (d position / d temperature).
    """

    start: int = 12_000
    best: int = 12_150
    best_hfr_px: float = positive(1.6)
    half_width: float = positive(200.0)
    travel: int = positive(30_000)
    steps_per_second: float = positive(400.0)
    backlash: int = 40
    steps_per_celsius: float = -10.0


@dataclass(frozen=True, slots=True)
class WheelModel:
    """A filter wheel; `filters` are names, parted by commas."""

    filters: str = "L,R,G,B,Ha"
    start: int = 0
    seconds_per_slot: float = positive(1.0)


@dataclass(frozen=True, slots=True)
class RotatorModel:
    """A camera rotator."""

    start_deg: float = 0.0
    deg_s: float = positive(6.0)


@dataclass(frozen=True, slots=True)
class RoofModel:
    """A roll-off roof; under a closed one the camera sees nothing."""

    open: bool = True
    seconds: float = positive(20.0)


@dataclass(frozen=True, slots=True)
class WeatherModel:
    """Air that is warmest at 15 h local solar time; the safety monitor's limits."""

    mean_celsius: float = 9.0
    swing_celsius: float = 5.0
    humidity_percent: float = 60.0
    wind_m_s: float = 1.5
    rain_mm_h: float = 0.0
    safe_wind_m_s: float = 12.0
    safe_humidity_percent: float = 95.0


@dataclass(frozen=True, slots=True)
class GnssModel:
    """A satellite receiver."""

    fix_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter does: share of L's light it passes, and where focus moves (steps)."""

    transmission: float
    focus_offset: int


FILTERS = {
    "L": Filter(1.0, 0),
    "R": Filter(0.33, 30),
    "G": Filter(0.33, 15),
    "B": Filter(0.33, 45),
    "Ha": Filter(0.04, 60),
    "OIII": Filter(0.04, 50),
    "SII": Filter(0.04, 65),
}
OTHER_FILTER = Filter(0.33, 0)


SITE = Site(48.1, 11.6, 520.0)


@dataclass(frozen=True, slots=True)
class World:
    """The whole simulated rig and its place; the same seed gives the same night."""

    site: Site = SITE
    seed: int = 1
    camera: CameraModel = CameraModel()
    mount: MountModel = MountModel()
    focuser: FocuserModel = FocuserModel()
    wheel: WheelModel = WheelModel()
    rotator: RotatorModel = RotatorModel()
    roof: RoofModel = RoofModel()
    weather: WeatherModel = WeatherModel()
    gnss: GnssModel = GnssModel()

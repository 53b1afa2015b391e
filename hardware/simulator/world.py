"""What the simulated rig is made of: parameters only, nothing that changes.

The defaults are the demo rig: a 72 mm f/5 refractor with a small cooled mono camera on a German mount,
2.98" per pixel and 1.06 by 0.85 degrees of sky. Every field of a device's model can be set from a profile
(`setup = {steps_per_second = 200}`).
"""

from dataclasses import dataclass, field
from typing import Literal, TypeVar

from hardware.devices import Site
from hardware.simulator.forecast import WeatherPoint

N = TypeVar("N", int, float)


def positive(default: N) -> N:
    """A number that must stay above zero."""
    value: N = field(default=default, metadata={"positive": True})
    return value


def one_of(default: str, *others: str) -> str:
    """A text that must be one of these."""
    value: str = field(default=default, metadata={"choices": (default, *others)})
    return value


@dataclass(frozen=True, slots=True)
class CameraModel:
    """Telescope, sensor and cooler as one optical train.

    `angle_deg` is the position angle of the frame's +y with rotator at 0 and pier side WEST.
    `gain` is in 0.1 dB: electrons per ADU are 3.2 at 0 and 1.0 at 100. Dark current and hot pixels are
    per second at 0 °C and double every 6 °C. `sky_mag` is in magnitudes per square arcsecond.
    `arm_seconds` pass before the exposure begins, `readout_seconds` after it. A pixel holds
    `full_well_e`; best focus differs by `tilt_steps` of the focuser from the first corner to the last.
    Without a `shutter` the light that falls into the telescope is on darks and bias too. Corners get
    `vignetting` (a share) less of the sky's and the panel's light than the middle.

    With `ramp_celsius_s` above 0 the cooler is no real one but as in INDI's camera simulator: the sensor
    begins at `ramp_start_celsius` whatever the air, goes to its aim at that rate, also above the air, and
    stays there when the cooler goes off.
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
    full_well_e: float = positive(210_000.0)
    tilt_steps: float = 0.0
    ramp_celsius_s: float = 0.0
    ramp_start_celsius: float = 0.0
    shutter: bool = True
    vignetting: float = 0.0


@dataclass(frozen=True, slots=True)
class MountModel:
    """A German mount; the two errors are what its encoders do not know, and what a sync corrects.

    `scatter_arcsec` is the repeatability of a slew, `drift_*` in arcseconds per minute while tracking. The
    polar axis points `polar_az_arcmin` east of the pole and `polar_alt_arcmin` above it; the worm's error
    has the amplitude `pe_arcsec` and comes round in `pe_seconds`. The tube is `cone_arcmin` askew: after a
    flip twice that is to be corrected.

    `at_meridian`: a goto past the meridian "flips"; or the mount "refuses" it, or "stays" on its side
    without a word, until the target is `flip_after_deg` past. A goto to a target that is less than
    `flip_early_deg` before the meridian ends on the far side already. Tracking stops by itself,
    also without a word, `limit_past_meridian_deg` past the meridian on the wrong side. `pier_side`: the mount
    tells the truth ("true"), says what the hour angle suggests wherever the tube is ("lies"), or nothing
    ("silent").

    It parks `park_from_pole_deg` from the pole in declination, counterweight down, looking east; not
    `parked`, it begins the night at the pole. `at_sync` it "corrects" itself, or "ignores" it without a word.
    `sets_side`: it can be told its side of the pier.
    """

    slew_deg_s: float = positive(3.0)
    settle_seconds: float = 2.0
    ra_error_arcmin: float = 5.0
    dec_error_arcmin: float = -4.0
    scatter_arcsec: float = 4.0
    drift_ra_arcsec_min: float = 0.3
    drift_dec_arcsec_min: float = 0.15
    pulse_arcsec_s: float = positive(7.5)
    polar_az_arcmin: float = 0.0
    polar_alt_arcmin: float = 0.0
    cone_arcmin: float = 0.0
    pe_arcsec: float = 0.0
    pe_seconds: float = positive(480.0)
    horizon_deg: float = 0.0
    at_meridian: str = one_of("flips", "refuses", "stays")
    flip_after_deg: float = 5.0
    flip_early_deg: float = 0.0
    limit_past_meridian_deg: float = 15.0
    pier_side: str = one_of("true", "lies", "silent")
    parked: bool = True
    park_from_pole_deg: float = 0.0
    at_sync: str = one_of("corrects", "ignores")
    sets_side: bool = False


@dataclass(frozen=True, slots=True)
class FocuserModel:
    """A focuser and the law of the stars it focuses: HFR = best_hfr·sqrt(1 + ((p − best) / half_width)²).

    `best` holds at 10 °C through L; `best_hfr_px` is in unbinned pixels, of the optics alone: seeing adds
    to it in quadrature, and makes it 1.6 in the demo rig; `backlash` is lost when turning
    outward. `steps_per_celsius` moves the best position (d position / d temperature). With the `law`
    "parabola" HFR = best_hfr·(1 + ((p − best) / half_width)²), as INDI's simulators have it.
    """

    start: int = 12_000
    best: int = 12_150
    best_hfr_px: float = positive(1.55)
    half_width: float = positive(194.0)
    travel: int = positive(30_000)
    steps_per_second: float = positive(400.0)
    backlash: int = 40
    steps_per_celsius: float = -10.0
    law: str = one_of("hyperbola", "parabola")


@dataclass(frozen=True, slots=True)
class WheelModel:
    """A filter wheel; `filters` are names, parted by commas.

    `transmissions` (shares of the light of L) and `focus_offsets` (steps) are numbers in the same order;
    left out, the names tell them.
    """

    filters: str = "L,R,G,B,Ha"
    transmissions: str = ""
    focus_offsets: str = ""
    start: int = 0
    seconds_per_slot: float = positive(1.0)


@dataclass(frozen=True, slots=True)
class RotatorModel:
    """A camera rotator; its angle grows with the position angle (`turns` "east"), or falls ("west")."""

    start_deg: float = 0.0
    turns: str = one_of("east", "west")
    deg_s: float = positive(6.0)


@dataclass(frozen=True, slots=True)
class RoofModel:
    """A roll-off roof; under a closed one the camera sees nothing.

    `clears_telescope`: it passes over the telescope wherever that points. `dome`: it can follow that.
    """

    start: str = one_of("open", "closed")
    seconds: float = positive(20.0)
    clears_telescope: bool = False
    dome: bool = False


@dataclass(frozen=True, slots=True)
class ParkSensorModel:
    """A switch at the park position; each axis may be so far off."""

    tolerance_deg: float = positive(1.0)


@dataclass(frozen=True, slots=True)
class CoverModel:
    """A motorised cover; behind a closed one the camera sees nothing but the panel."""

    start: str = one_of("open", "closed")
    seconds: float = positive(5.0)


@dataclass(frozen=True, slots=True)
class PanelModel:
    """A flat field panel on the inside of the cover, with levels from 0 to `brightest`.

    At the brightest a pixel gets `full_e_s` electrons per second through L.
    """

    brightest: int = positive(255)
    full_e_s: float = positive(200_000.0)


@dataclass(frozen=True, slots=True)
class PowerModel:
    """Mains and a battery that stands in for them: what the rig takes, what the charger gives.

    `percent` is its charge when the night begins.
    """

    watts: float = 40.0
    charge_watts: float = 60.0
    battery_wh: float = positive(240.0)
    percent: float = 100.0


@dataclass(frozen=True, slots=True)
class WeatherModel:
    """Air that is warmest at 15 h local solar time; the safety monitor's limits.

    `wander_celsius` and `seeing_wander` (a share) bound slow changes about the daily course and the mean;
    `cloud_mag` is in magnitudes taken, `seeing_arcsec` the full width at half maximum at the zenith. Gusts
    are `gust_factor` times the wind; a station that `measures_darkness` has a sky quality meter.
    """

    mean_celsius: float = 9.0
    swing_celsius: float = 5.0
    wander_celsius: float = 0.4
    humidity_percent: float = 60.0
    wind_m_s: float = 1.5
    gust_factor: float = 1.4
    measures_darkness: bool = False
    rain_mm_h: float = 0.0
    cloud_mag: float = 0.0
    seeing_arcsec: float = positive(2.5)
    seeing_wander: float = 0.2
    safe_wind_m_s: float = 12.0
    safe_humidity_percent: float = 95.0


@dataclass(frozen=True, slots=True)
class GnssModel:
    """A satellite receiver."""

    fix_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class GuiderModel:
    """An autoguider that watches a star with a camera of its own, `arcsec_per_px` coarse.

    It guides to `rms_px`; clouds of `lost_mag` magnitudes take its star. `calibrate_seconds` are for a
    calibration, which holds on one side of the pier and, turned round, on the other.
    """

    arcsec_per_px: float = positive(3.0)
    rms_px: float = positive(0.25)
    lost_mag: float = positive(3.0)
    find_seconds: float = positive(5.0)
    calibrate_seconds: float = positive(60.0)


SITE = Site(48.1, 11.6, 520.0)


@dataclass(frozen=True, slots=True)
class World:
    """The whole simulated rig and its place; the same seed gives the same night.

    `heavens`: Sun, Moon and the height above the horizon count; without them every hour and direction has
    the dark zenith's sky, as a rig needs that is tried at noon. `flat` (0 to 1) is the light that flat
    frames get in a world without heavens, as of a panel that nobody has to switch on (`flat_e_s`).
    `forecast` (in order of time) stands before `weather`. Fidelity "fast" gives sketches (sketch.py) in
    place of pixels.
    """

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
    park_sensor: ParkSensorModel = ParkSensorModel()
    cover: CoverModel = CoverModel()
    panel: PanelModel = PanelModel()
    power: PowerModel = PowerModel()
    guider: GuiderModel = GuiderModel()
    fidelity: Literal["pixels", "fast"] = "pixels"
    heavens: bool = False
    flat: float = 1.0
    forecast: tuple[WeatherPoint, ...] = ()

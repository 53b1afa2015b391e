"""One small frame with stars for all tests of imaging, and what is known of it."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.imaging.facts import SubFacts, Wcs
from appliance.imaging.measure import StarSettings, measure
from benchmarks.synthetic import Scene, render
from hardware.devices import J2000, FrameKind, PierSide, Sensor, Site


@pytest.fixture(scope="session")
def pixels() -> NDArray[np.uint16]:
    return render(Scene(width=640, height=480, stars=40, hot_pixels=50))[0]


@pytest.fixture(scope="session")
def facts(pixels: NDArray[np.uint16]) -> SubFacts:
    started = datetime(2026, 1, 31, 22, 59, 58, 500_000, tzinfo=UTC)
    return SubFacts(
        kind=FrameKind.LIGHT,
        seconds=120,
        started=started,
        ended=started + timedelta(seconds=120),
        zone=timezone(timedelta(hours=1)),
        target="NGC 7000 – «Nord»",
        filter="Hα",
        gain=100,
        offset=30,
        electrons_per_adu=0.25,
        readout_mode="High gain",
        sensor=Sensor(640, 480, 3.76, bayer="RGGB"),
        frame_x=1,
        celsius=-10.1,
        set_celsius=-10.0,
        camera="Camera",
        telescope="Refractor",
        observer="Ana O'Neil",
        software="Nightbox 0.1.0",
        focal_length_mm=500.0,
        aperture_mm=80.0,
        site=Site(48.1, 11.6, 520),
        pointing=J2000(314.6999, -0.0001),
        pier_side=PierSide.WEST,
        altitude_deg=61.2,
        azimuth_deg=102.3,
        airmass=1.14,
        focus_position=36700,
        focus_celsius=3.4,
        rotator_deg=12.5,
        guide_arcsec=0.62,
        stars=measure(pixels, StarSettings()),
        wcs=Wcs((320.5, 240.5), J2000(314.7, -0.0001), ((-4e-4, 1e-5), (1e-5, 4.1e-4))),
    )

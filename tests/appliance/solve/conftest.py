from collections.abc import Callable

import numpy as np
import pytest

from appliance.imaging.stars import StarField
from tests.appliance.solve.skies import HEIGHT, SCENES, WIDTH, Scene, field_of, make_scene


@pytest.fixture(params=SCENES, scope="session")
def scene(request: pytest.FixtureRequest) -> Scene:
    return make_scene(*SCENES[request.param])


@pytest.fixture
def random_field() -> StarField:
    """Points that are no sky at all."""
    random = np.random.default_rng(7)
    return field_of(random.uniform(0, WIDTH, 30), random.uniform(0, HEIGHT, 30), random.uniform(1, 2, 30))


@pytest.fixture
def few_stars() -> Callable[[int], StarField]:
    def make(count: int) -> StarField:
        places = np.arange(count, dtype=np.float64)
        return field_of(100 * places, 50 * places, places + 1)

    return make

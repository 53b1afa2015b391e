"""One attempt at making the rig safe, over every state that mount, sensor and roof can be in."""

import itertools
from dataclasses import dataclass, field

import pytest

from appliance.guardian.problems import Silent, Trouble
from appliance.guardian.rig import Rig, StillParked
from appliance.guardian.saving import Result, make_safe
from tests.appliance.guardian.still_clock import StillClock


@dataclass
class Scene:
    """A mount that is parked, can park, refuses or is silent; a roof alike; a sensor."""

    mount: str
    roof: str
    sensor: str
    parked: bool = field(init=False)
    closed: bool = field(init=False)
    deeds: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parked, self.closed = self.mount == "parked", self.roof == "closed"


@dataclass
class SceneMount:
    scene: Scene
    name: str = "Mount"

    def parked(self) -> bool:
        if self.scene.mount == "silent":
            raise Silent("Mount does not answer")
        return self.scene.parked

    def park(self, within: float) -> None:
        if self.scene.mount == "refuses":
            raise Trouble("Mount: it could not")
        self.scene.deeds.append("park")
        self.scene.parked = True


@dataclass
class SceneRoof:
    scene: Scene
    name: str = "Roof"

    def closed(self) -> bool:
        if self.scene.roof == "silent":
            raise Silent("Roof does not answer")
        return self.scene.closed

    def close(self, within: float, still_parked: StillParked) -> None:
        self.scene.deeds.append("close")
        assert still_parked()
        self.scene.closed = self.scene.roof != "refuses"

    def stop(self) -> None:
        self.scene.deeds.append("stop")


@dataclass
class SceneSensor:
    scene: Scene

    def parked(self) -> bool:
        if self.scene.sensor == "broken":
            raise Trouble("the line does not answer")
        return self.scene.sensor == "stuck on" or (self.scene.sensor == "true" and self.scene.parked)


MOUNTS = ("parked", "away", "refuses", "silent", "absent")
ROOFS = ("closed", "open", "refuses", "silent", "absent")
SENSORS = ("true", "stuck on", "stuck off", "broken", "absent")
EVERY = list(itertools.product(MOUNTS, ROOFS, SENSORS, (False, True)))


def attempt(mount: str, roof: str, sensor: str, clears: bool) -> tuple[Scene, Result]:
    scene = Scene(mount, roof, sensor)
    rig = Rig(
        SceneMount(scene) if mount != "absent" else None,
        SceneRoof(scene) if roof != "absent" else None,
        SceneSensor(scene) if sensor != "absent" else None,
        clears,
    )
    return scene, make_safe(rig, lambda _: None, StillClock(), 100.0)


def test_in_every_state_the_roof_moves_only_over_a_telescope_seen_parked() -> None:
    assert len(EVERY) == 250
    for mount, roof, sensor, clears in EVERY:
        scene, result = attempt(mount, roof, sensor, clears)
        seen = sensor == "stuck on" or (scene.parked and mount != "silent" and sensor in {"true", "absent"})
        if "close" in scene.deeds and not clears:
            assert seen, (mount, roof, sensor)
            assert scene.deeds.index("close") == len(scene.deeds) - 1
        if not result.danger:
            assert scene.closed or roof == "absent"
            assert scene.parked or mount == "absent"
        if result.danger:
            broken = mount in {"refuses", "silent"} or roof in {"refuses", "silent"}
            blind = sensor in {"stuck off", "broken"} and (mount != "absent" or roof == "open")
            nobody = mount == "absent" and roof == "open" and sensor in {"absent", "true"} and not clears
            assert broken or blind or nobody, (mount, roof, sensor, clears, result)


def test_the_order_and_the_words() -> None:
    assert attempt("away", "open", "absent", clears=False)[0].deeds == ["park", "close"]
    assert attempt("away", "open", "absent", clears=True)[0].deeds == ["close", "park"]
    silent = attempt("silent", "open", "absent", clears=False)[1]
    assert silent.silent
    assert "the mount is not parked: Mount does not answer" in silent.danger
    unseen = attempt("away", "open", "stuck off", clears=False)[1]
    assert "its park sensor does not see it parked" in unseen.danger
    assert "the roof is not closed" in unseen.danger


@pytest.mark.parametrize("mount", ["refuses", "silent"])
def test_the_sensors_word_is_enough_to_close(mount: str) -> None:
    scene, result = attempt(mount, "open", "stuck on", clears=False)
    assert scene.closed
    assert "the mount is not parked" in result.danger

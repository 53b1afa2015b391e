import csv
import subprocess
import sys
import time

import numpy as np
import pytest

from appliance.errors import BadInput
from appliance.sky.catalogue import DATA, Target, find
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000
from hardware.stars.catalogue import stars_within


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("M31", "M 31"), ("m 31", "M 31"), ("Messier 31", "M 31"), ("NGC 224", "M 31"), ("ngc0224", "M 31"),
        ("Andromeda Galaxy", "M 31"), ("the andromeda galaxy", "M 31"), ("M-42", "M 42"), ("M102", "M 101"),
        ("NGC 7000", "NGC 7000"), ("ngc7000", "NGC 7000"), ("C20", "NGC 7000"), ("Caldwell 20", "NGC 7000"),
        ("North America Nebula", "NGC 7000"), ("IC434", "IC 434"), ("Horsehead Nebula", "B 33"),
        ("Barnard 33", "B 33"), ("Flame Nebula", "NGC 2024"), ("pleiades", "M 45"), ("Sh2-155", "C 9"),
        ("47 Tuc", "NGC 104"), ("Thor's Helmet", "NGC 2359"), ("M40", "M 40"), ("IC 11", "NGC 281"),
        ("Vega", "Vega"), ("VEGA", "Vega"), ("alpha Lyrae", "Vega"), ("α Lyr", "Vega"), ("alf Lyr", "Vega"),
        ("Alnath", "Elnath"), ("Gienah", "Gienah Corvi"), ("theta1 Ori", "the1 Ori"),
        ("Rigil Kent", "Rigil Kentaurus"),
    ],
)  # fmt: skip
def test_names_people_type(text: str, name: str) -> None:
    assert find(text).name == name


def test_all_of_messier_and_caldwell() -> None:
    assert len({find(f"M{n}").position for n in range(1, 111)}) == 109  # M 102 is M 101
    missing = [n for n in range(1, 110) if not isinstance(find(f"C {n}"), Target)]
    assert not missing


@pytest.mark.parametrize(
    ("name", "ra", "dec"),
    [  # SIMBAD
        ("M 31", 10.684708, 41.268750),
        ("M 13", 250.423475, 36.461319),
        ("NGC 7293", 337.410708, -20.837333),
        ("Vega", 279.234735, 38.783689),
        ("Polaris", 37.954561, 89.264109),
        ("Acrux", 186.649563, -63.099093),
        ("Arcturus", 213.915300, 19.182409),
        ("Rigil Kentaurus", 219.902066, -60.833975),
    ],
)
def test_positions(name: str, ra: float, dec: float) -> None:
    assert separation_arcsec(find(name).position, J2000(ra, dec)) < 3.0


def test_bright_stars_are_where_tycho_2_has_them() -> None:
    """The star file holds the brightest at epoch 1991: up to 8" of proper motion, and not all of them."""
    rows = list(csv.reader((DATA / "stars.csv").read_text(encoding="utf-8").splitlines()))[1:]
    found = 0
    for _, _, ra, dec, magnitude, _ in rows[:333:3]:
        place = J2000(float(ra), float(dec))
        ras, decs, mags = stars_within(place, 8 / 3600)
        found += bool(len(mags)) and float(np.abs(mags - float(magnitude)).min()) < 1.0
        assert len(ras) == len(decs)
    assert found > 70


def test_an_object_has_what_a_planner_needs() -> None:
    assert find("M31") == Target("M 31", J2000(10.68479, 41.26906), "galaxy", 3.44, 177.83)
    assert find("Vega").kind == "star"
    assert find("Vega").size_arcmin is None
    assert find("B33").magnitude is None


def test_coordinates_are_targets_too() -> None:
    target = find("10h 08m +12d")
    assert (target.position, target.kind) == (J2000(152.0, 12.0), "coordinates")
    assert target.name == "10h08m00.0s +12d00m00s"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("Andromda Galaxi", "M 31"), ("vegga", "Vega"), ("M111", "M 110"), ("Betelgeuze", "Betelgeuse")],
)
def test_a_misspelt_name_is_answered_with_its_neighbours(text: str, suggestion: str) -> None:
    with pytest.raises(BadInput, match=r"target\.2\.name: nothing called") as refused:
        find(text, "target.2.name")
    assert suggestion in refused.value.advice


@pytest.mark.parametrize("text", ["", "   ", "xyzzyplugh", "NGC 9999", "M 0", "?", "🌌"])
def test_nonsense_is_refused_with_advice(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        find(text)
    assert "coordinates" in refused.value.advice


def test_it_loads_fast_and_not_before_it_is_asked() -> None:
    program = (
        "import appliance.sky.catalogue as c, time; assert c.named.cache_info().currsize == 0;"
        "t = time.process_time(); c.find('M31'); print(time.process_time() - t)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.3  # 0.08 s on an idle machine
    start = time.process_time()
    for _ in range(100):
        find("NGC 7000")
    assert time.process_time() - start < 0.05

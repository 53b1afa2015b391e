"""ASTAP is rarely installed: a script stands in that writes the .ini files ASTAP writes."""

import stat
from pathlib import Path

import pytest

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import separation_arcsec
from appliance.solve.astap import AstapSolver
from appliance.solve.solution import Hint
from hardware.devices import J2000

SOLVED = """PLTSOLVD=T
CRPIX1= 6.4050000000000E+002
CRPIX2= 5.1250000000000E+002
CRVAL1= 8.3822000000000E+001
CRVAL2=-5.3910000000000E+000
CD1_1=-5.5555555555556E-004
CD1_2= 0.0000000000000E+000
CD2_1= 0.0000000000000E+000
CD2_2= 5.5555555555556E-004
CMDLINE=astap
"""
UNSOLVED = "PLTSOLVD=F\nERROR=Not enough stars.\n"


def program(folder: Path, answer: str) -> str:
    path = folder / "astap_cli"
    path.write_text(f"#!/bin/sh\necho \"$@\" > {folder}/asked\ncat > field.ini <<'END'\n{answer}END\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


async def test_reads_the_answer_and_asks_in_astaps_units(random_field: StarField, tmp_path: Path) -> None:
    solver = AstapSolver(programs=(program(tmp_path, SOLVED),))
    assert solver.missing() is None
    hint = Hint(J2000(84.0, -5.0), 3.0, 2.0)
    solution = await solver.solve(random_field, hint, tmp_path / "frame.fits")
    assert separation_arcsec(solution.centre, J2000(83.822, -5.391)) < 0.01
    assert solution.scale_arcsec == pytest.approx(2.0)
    assert not solution.mirrored
    asked = (tmp_path / "asked").read_text()
    for words in ("-ra 5.600000", "-spd 85.000000", "-r 3", "-fov 0.5689", f"-f {tmp_path}/frame.fits"):
        assert words in asked
    await solver.solve(random_field, Hint(None, scale_arcsec=2.0), tmp_path / "frame.fits")
    assert "-r 180" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize(("answer", "why"), [(UNSOLVED, "Not enough stars"), ("", "no solution")])
async def test_says_why_not(random_field: StarField, tmp_path: Path, answer: str, why: str) -> None:
    with pytest.raises(SolveFailed, match=why):
        await AstapSolver(programs=(program(tmp_path, answer),)).solve(random_field, Hint(), tmp_path / "x")


async def test_needs_a_file_and_the_program(random_field: StarField, tmp_path: Path) -> None:
    absent = AstapSolver(programs=("no-astap-here",))
    assert absent.missing() == "ASTAP is not installed"
    with pytest.raises(SolveFailed, match="not installed"):
        await absent.solve(random_field, Hint(), tmp_path / "x")
    with pytest.raises(SolveFailed, match="as a file"):
        await AstapSolver(programs=(program(tmp_path, SOLVED),)).solve(random_field, Hint())

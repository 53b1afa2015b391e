"""ASTAP's half-flux diameters: a script stands in that writes the list ASTAP writes."""

import stat
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from appliance.imaging.calculator import LocalCalculator
from appliance.imaging.stars import StarField
from appliance.solve.astap_stars import AstapMissing, stars_by_astap

LIST = "x,y,hfd,snr,flux\n101.5,51.0,3.2,40,5000\n11.0,21.0,3.0,90,9000\n31.0,41.0,3.4,20,2000\n"


def program(folder: Path, answer: str) -> tuple[str]:
    path = folder / "astap_cli"
    path.write_text(
        f'#!/bin/sh\necho "$@" > {folder}/asked\ncp "$2" {folder}/seen.fits\n'
        f"cat > \"${{2%.fits}}.csv\" <<'END'\n{answer}END\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path),)


async def seen(programs: tuple[str, ...]) -> StarField:
    pixels = np.arange(64 * 80, dtype=np.uint16).reshape(64, 80) + 40_000
    async with LocalCalculator().hold(pixels) as held:
        return await stars_by_astap(held, (64, 80), 10.0, programs)


async def test_half_of_its_diameters_brightest_first(tmp_path: Path) -> None:
    field = await seen(program(tmp_path, LIST))
    assert field.hfr.tolist() == pytest.approx([1.5, 1.6, 1.7])
    assert (field.x[0], field.y[0], field.count) == (10.0, 20.0, 3)
    assert field.hfr_median == pytest.approx(1.6)
    assert (field.width, field.height) == (80, 64)
    assert "-extract 10" in (tmp_path / "asked").read_text()
    assert fits.getdata(tmp_path / "seen.fits").max() == 40_000 + 64 * 80 - 1


async def test_a_frame_without_stars_is_an_empty_field(tmp_path: Path) -> None:
    field = await seen(program(tmp_path, "x,y,hfd,snr,flux\n"))
    assert field.count == 0
    assert np.isnan(field.hfr_median)


@pytest.mark.parametrize("answer", ["a,b\n1,2\n", "x,y,hfd,snr,flux\n1,2,three,4,5\n"])
async def test_what_cannot_be_read_is_said(answer: str, tmp_path: Path) -> None:
    with pytest.raises(AstapMissing, match="did not measure"):
        await seen(program(tmp_path, answer))


async def test_where_it_is_not_installed_that_is_said() -> None:
    with pytest.raises(AstapMissing, match="not installed") as failure:
        await seen(("no-astap-here",))
    assert "focus.stars.measure" in failure.value.advice

"""`nightbox flats wizard` and `nightbox darks list`."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from appliance.cli import main
from tests.appliance.cli.cli_files import Files


def dark(path: Path, **cards: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unit = fits.PrimaryHDU(np.zeros((4, 4), np.uint16))
    unit.header.update(cards)
    unit.writeto(path)


def test_what_a_plan_needs_of_the_library(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["darks", "list", str(files.plan), "--profile", str(files.profile), "--out", str(files.out)]
    assert main(asked) == 1
    said = capsys.readouterr().out
    assert "nothing yet" in said
    assert "dark 60 s, bin 1: 0 of 20, 20 missing" in said
    library = files.out / "images" / "library"
    dark(library / "a.fits", IMAGETYP="Master Dark", EXPTIME=60.0)
    for number in range(20):
        dark(library / f"b{number}.fits", IMAGETYP="Bias Frame", EXPTIME=0.0)
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "  bias, bin 1: 20 frames" in said
    assert "  dark 60 s, bin 1: 1 master" in said
    assert "dark 60 s, bin 1: a master of 20" in said


def test_the_library_alone(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["darks", "list", "--profile", str(files.profile), "--out", str(files.out)]) == 0
    assert "nothing yet" in capsys.readouterr().out


def test_the_wizard_at_the_terminal(files: Files, capfd: pytest.CaptureFixture[str]) -> None:
    text = files.profile.read_text(encoding="utf-8")
    files.profile.write_text(
        text + '[cover]\ndriver = "simulator"\nname = "C"\n[flat_panel]\ndriver = "simulator"\nname = "P"\n',
        encoding="utf-8",
    )
    asked = ["flats", "wizard", "--profile", str(files.profile), "--out", str(files.folder / "w")]
    assert main([*asked, "--filters", "L", "--adu", "20000", "--shortest", "0.05"]) == 0
    said = capfd.readouterr().out
    assert "L: " in said
    assert "target_adu = 20000" in said


def test_the_wizard_refuses_what_it_cannot_use(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["flats", "wizard", "--profile", str(files.profile), "--out", str(files.folder / "w")]
    assert main([*asked, "--adu", "90000"]) == 2
    assert "flat_wizard.target_adu" in capsys.readouterr().err

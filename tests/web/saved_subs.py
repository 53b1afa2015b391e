"""Subs in a simulated box's journal, with files that are there, damaged or gone."""

import numpy as np
from astropy.io import fits

from appliance.journal import Run, Sub, SubState
from benchmarks.synthetic import Scene, render
from tests.web.sim_box import SimBox

WIDTH, HEIGHT = 1400, 900
WCS = {
    "CRPIX1": 700.5, "CRPIX2": 450.5, "CRVAL1": 10.68, "CRVAL2": 41.27,
    "CD1_1": -4e-4, "CD1_2": 1e-5, "CD2_1": 1e-5, "CD2_2": 4e-4,
}  # fmt: skip
BEGAN = 1.795e9


def write_frame(box: SimBox, name: str) -> None:
    """A field of stars that was solved, around M 31."""
    unit = fits.PrimaryHDU(render(Scene(width=WIDTH, height=HEIGHT, stars=60))[0].astype(np.uint16))
    unit.header.update(WCS)
    path = box.night.images / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unit.writeto(path)


def add_subs(box: SimBox) -> list[int]:
    """Three of one target: saved, marked (its file is damaged) and rejected (its file is gone)."""
    write_frame(box, "M31_0001.fits")
    (box.night.images / "M31_0002.fits").write_bytes(b"no FITS")
    kinds = (("", SubState.SAVED), ("stars", SubState.SAVED), ("elongation", SubState.REJECTED))

    async def add() -> list[int]:
        journal = box.night.journal
        run = await journal.add(Run(plan="Earlier", plan_key="earlier", started=BEGAN))
        return [
            await journal.add(
                Sub(
                    run=run, step_key="M31: L 120s bin1", number=number, target="M 31", filter="L",
                    seconds=120.0, state=state, started=BEGAN + 130 * number, hfr=2.05, stars=312,
                    file=f"M31_{number:04}.fits", elongation=1.12, error_arcsec=3.2, flaws=flaws,
                )
            )
            for number, (flaws, state) in enumerate(kinds, 1)
        ]  # fmt: skip

    return list(box.run(add))

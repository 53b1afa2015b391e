"""Outputs: heaters and outlets."""

from typing import Any

import pytest

from hardware.devices import Output
from hardware.errors import DeviceRefused

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize(
        "driver",
        [
            pytest.param("simulator", marks=[pytest.mark.looptime]),
            pytest.param("indi power box", marks=[pytest.mark.indi]),
            pytest.param("indi power box by pyindi", marks=[pytest.mark.indi]),
            pytest.param("alpaca"),
            pytest.param("gpio", marks=[pytest.mark.looptime]),
        ],
        indirect=True,
    ),
]


async def test_an_output_holds_its_level(driver: Any) -> None:
    output: Output = await driver.open("output")
    await output.set_level(1.0)
    assert await output.level() == pytest.approx(1.0)
    if output.dimmable:
        await output.set_level(0.25)
        assert await output.level() == pytest.approx(0.25, abs=0.01)
    await output.set_level(0.0)
    assert await output.level() == pytest.approx(0.0)


@pytest.mark.parametrize("level", [-0.1, 1.1])
async def test_a_level_that_cannot_be_is_refused(driver: Any, level: float) -> None:
    output: Output = await driver.open("output")
    await output.set_level(0.0)
    with pytest.raises(DeviceRefused):
        await output.set_level(level)
    assert await output.level() == pytest.approx(0.0)

"""The front panel, and the board behind it."""

from typing import Any

import pytest

from hardware.devices import Board, BoardHealth, Button, Buzzer, StatusLight, TextDisplay
from hardware.errors import DeviceRefused

SIMULATOR = pytest.param("simulator", marks=[pytest.mark.looptime])
GPIO = pytest.param("gpio", marks=[pytest.mark.looptime])
pytestmark = pytest.mark.asyncio
simulated = pytest.mark.parametrize("driver", [SIMULATOR], indirect=True)
on_pins = pytest.mark.parametrize("driver", [SIMULATOR, GPIO], indirect=True)


@on_pins
async def test_a_button_is_up_until_it_is_pressed(driver: Any) -> None:
    button: Button = await driver.open("button")
    assert button.pressed is False


@on_pins
async def test_a_light_shows_colours_and_refuses_what_is_none(driver: Any) -> None:
    light: StatusLight = await driver.open("status_light")
    await light.show(1.0, 0.5, 0.0)
    await light.show(0.0, 0.0, 0.0)
    for wrong in ((1.1, 0.0, 0.0), (0.0, -0.1, 0.0)):
        with pytest.raises(DeviceRefused):
            await light.show(*wrong)


@on_pins
async def test_a_buzzer_sounds_any_tone_twice_and_is_silenced_twice(driver: Any) -> None:
    buzzer: Buzzer = await driver.open("buzzer")
    for hz in (None, 440.0, 880.0):
        await buzzer.on(hz)
    await buzzer.off()
    await buzzer.off()
    with pytest.raises(DeviceRefused):
        await buzzer.on(0.0)


@simulated
async def test_a_display_cuts_what_does_not_fit(driver: Any) -> None:
    display: TextDisplay = await driver.open("text_display")
    await display.show(["x" * (display.columns + 5)] * (display.rows + 3))
    await display.show([])
    await display.show(("Nightbox",))
    assert driver.opener.sky.display == ("Nightbox",)


@simulated
async def test_the_board_is_well(driver: Any) -> None:
    board: Board = await driver.open("board")
    assert await board.health() == BoardHealth()

"""The buttons of the front panel, as a finger finds them."""

from collections.abc import Callable
from typing import Any


class Buttons:
    """Mutable: what is held down, and every press and release so far, in order."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.history: list[tuple[str, bool]] = []
        self._listeners: list[Callable[[], None]] = []

    def press(self, name: str) -> None:
        """Push the button of this name, and hold it."""
        self._turn(name, True)

    def let_go(self, name: str) -> None:
        """Take the finger off."""
        self._turn(name, False)

    def listen(self, told: Callable[[], None]) -> None:
        """Be told of every press and release from now on."""
        self._listeners.append(told)

    def _turn(self, name: str, pressed: bool) -> None:
        if (name in self.down) is pressed:
            return
        self.down ^= {name}
        self.history.append((name, pressed))
        for told in self._listeners:
            told()

    def __deepcopy__(self, _memo: dict[int, Any]) -> "Buttons":
        """The same buttons; who listened belonged to a controller that is gone."""
        copy = Buttons()
        copy.down, copy.history = set(self.down), list(self.history)
        return copy

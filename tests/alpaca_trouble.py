"""What goes wrong at the Alpaca server of the tests."""

from dataclasses import dataclass, field


@dataclass
class Trouble:
    """By kind of device."""

    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    deaf: set[str] = field(default_factory=set)
    errors: dict[str, int] = field(default_factory=dict)
    switches: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    age: float = 1.0

    def make(self, asked: dict[str, str]) -> None:
        """One key and value of /control."""
        for key, value in asked.items():
            if key == "error":
                device, _, number = value.partition(":")
                self.errors[device] = int(number)
            elif key == "age":
                self.age = float(value)
            else:
                getattr(self, key).add(value)

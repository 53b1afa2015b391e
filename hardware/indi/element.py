"""One element of any property of any driver, as the profile names it: a relay, a sensor's contact, a voltage.

`setup` of such a device holds words of ours besides INDI's "PROPERTY.ELEMENT" settings: they have no dot.
`device` is the INDI device when it is not called as the profile's device is (several outputs of one box).
"""

from dataclasses import dataclass, replace

from hardware.devices import DeviceSpec
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported
from hardware.indi.link import Property, State, Value
from hardware.indi.properties import Remote

Setting = float | str | bool


@dataclass(frozen=True, slots=True)
class Element:
    """PROPERTY.ELEMENT of one open device."""

    remote: Remote
    name: str
    element: str

    def property(self) -> Property:
        """What it is in now; DeviceError while the driver says that it cannot tell."""
        prop = self.remote.get(self.name)
        if self.element not in prop.values:
            raise DeviceUnsupported(
                self.remote.name,
                f"its driver offers no {self.name}.{self.element}",
                advice=f"{self.name} has: {', '.join(prop.values)}.",
            )
        return prop

    def reading(self) -> Value:
        """Its value; DeviceError when the driver marks the property as failed: old is no answer."""
        prop = self.property()
        if prop.state is State.ALERT:
            raise DeviceError(self.remote.name, f"its driver could not read {self.name}")
        return prop.values[self.element]


def split(spec: DeviceSpec) -> tuple[DeviceSpec, dict[str, Setting]]:
    """What to open, with the settings for the driver; and our own words of the setup."""
    words = {key: value for key, value in spec.setup.items() if "." not in key}
    settings = {key: value for key, value in spec.setup.items() if "." in key}
    return replace(spec, name=str(words.pop("device", spec.name)), setup=settings), words


def named(spec: DeviceSpec, words: dict[str, Setting], key: str) -> tuple[str, str]:
    """The property and the element that `key` of the setup names; DeviceRefused when it does not."""
    name, dot, element = str(words.get(key, "")).partition(".")
    if not (name and dot and element):
        raise DeviceRefused(
            spec.name,
            f"its setup does not say which {key} of the driver it is",
            advice=f'Write setup = {{ {key} = "PROPERTY.ELEMENT" }}; indi_getprop lists them.',
        )
    return name, element


def known_words(spec: DeviceSpec, words: dict[str, Setting], known: tuple[str, ...]) -> None:
    """DeviceRefused names a word of the setup that nobody reads."""
    if stray := sorted(words.keys() - set(known)):
        raise DeviceRefused(
            spec.name,
            f"setup.{stray[0]} is not known",
            advice=f"Known here are: device, {', '.join(known)}, and PROPERTY.ELEMENT of the driver.",
        )


def number(spec: DeviceSpec, words: dict[str, Setting], key: str, default: float) -> float:
    """A number of the setup; DeviceRefused for anything else."""
    value = words.get(key, default)
    if isinstance(value, bool | str):
        raise DeviceRefused(spec.name, f"setup.{key} = {value!r} is not a number")
    return float(value)


def means_yes(value: Value, yes: Setting | None) -> bool:
    """Does this value say yes? `yes` is the value that does; for a number: it, or anything above.

    Without it: a switch that is on, a light that is Ok, a number of 0.5 or more, the texts on, yes, true, 1.
    """
    if isinstance(value, State):
        return value.value.lower() == str(yes or "Ok").lower()
    if isinstance(value, bool):
        return value is (True if yes is None else bool(yes))
    if isinstance(value, str):
        wanted = {"on", "yes", "true", "1"} if yes is None else {str(yes).strip().lower()}
        return value.strip().lower() in wanted
    return value >= (0.5 if yes is None else float(yes))

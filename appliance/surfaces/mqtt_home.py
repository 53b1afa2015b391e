"""Home Assistant's MQTT discovery: the box appears there with its sensors, buttons and the newest frame.

One retained message for each entity below `<prefix>/<component>/<box>/<entity>/config`. What it shows comes
from the topics that everybody else reads, too; what it presses goes to the same commands.
"""

import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from appliance import __version__

PREVIEW = "preview"  # the topic of the newest frame, a JPEG


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing in Home Assistant; `needs` is a kind of device in the rig, or a command of the api."""

    component: str
    id: str
    name: str
    config: dict[str, object] = field(default_factory=dict)
    needs: str = ""


def shown(
    id_: str, name: str, state: str, value: str, needs: str = "", unit: str = "", device_class: str = ""
) -> Entity:
    """A sensor: the field of a state, or a template over it in braces; numbers have a unit."""
    template = value if value.startswith("{") else f"{{{{ value_json.{value} }}}}"
    config: dict[str, object] = {"state_topic": f"state/{state}", "value_template": template}
    if unit:
        config |= {"unit_of_measurement": unit, "state_class": "measurement"}
    if device_class:
        config["device_class"] = device_class
    return Entity("sensor", id_, name, config, needs)


def alarm(id_: str, name: str, state: str, on: str, device_class: str, needs: str = "") -> Entity:
    """On when something is wrong; `on` is a template's condition, and may find null: not known."""
    template = f"{{{{ {on} }}}}"
    config: dict[str, object] = {
        "state_topic": f"state/{state}", "value_template": template, "device_class": device_class,
    }  # fmt: skip
    return Entity("binary_sensor", id_, name, config, needs)


def pressed(id_: str, name: str, command: str, payload: str = "{}") -> Entity:
    """A button."""
    return Entity(
        "button", id_, name, {"command_topic": f"command/{command}", "payload_press": payload}, command
    )


ENTITIES = (
    shown("phase", "Night", "SequenceState", "phase"),
    shown("doing", "Doing", "SequenceState", "doing"),
    shown("target", "Target", "SequenceState", "target"),
    shown("filter", "Filter", "SequenceState", "filter", "filter wheel"),
    shown("done", "Subs saved", "SequenceState", "done", unit="subs"),
    shown("total", "Subs planned", "SequenceState", "total", unit="subs"),
    shown("hfr", "HFR", "LastSub", "hfr", unit="px"),
    shown("stars", "Stars", "LastSub", "stars", unit="stars"),
    shown("off_target", "Off target", "LastSub", "error_arcsec", unit="″"),
    shown("sensor_celsius", "Camera", "CameraState", "celsius", "camera", "°C", "temperature"),
    shown("cooler", "Cooler", "CameraState", "cooler_percent", "camera", "%"),
    shown("altitude", "Altitude", "MountState", "{{ value_json.alt_deg | round(1) }}", "mount", "°"),
    shown("azimuth", "Azimuth", "MountState", "{{ value_json.az_deg | round(1) }}", "mount", "°"),
    shown("focus_position", "Focuser", "FocuserState", "position", "focuser", "steps"),
    shown("focus_celsius", "Focuser's air", "FocuserState", "celsius", "focuser", "°C", "temperature"),
    shown("roof", "Roof", "RoofNow", "roof", "roof"),
    shown("guiding", "Guiding", "GuidingNow", "doing", "guider"),
    shown("guiding_rms", "Guiding error", "GuidingNow", "rms_arcsec", "guider", "″"),
    shown("guiding_rms_px", "Guiding error on the sensor", "GuidingNow", "rms_px", "guider", "px"),
    shown("disk", "Room", "DiskState", "{{ (value_json.free_bytes / 1e9) | round(1) }}", unit="GB"),
    shown("asks", "Waits for you", "NeedsPerson", "{{ value_json.text[:255] }}"),
    alarm("unsafe", "Unsafe", "SafetyState",
          "'None' if value_json.safe is none else 'OFF' if value_json.safe else 'ON'", "safety"),
    alarm("clouded", "Sky no use", "ConditionsState",
          "'None' if value_json.good is none else 'OFF' if value_json.good else 'ON'", "problem"),
    alarm("star_lost", "Guide star lost", "GuidingNow",
          "'ON' if value_json.doing == 'star lost' else 'OFF'", "problem", "guider"),
    alarm("alarm", "Alarm", "Alarm", "'ON' if value_json.text else 'OFF'", "problem"),
    pressed("start", "Start", "start"),
    pressed("pause", "Pause", "pause"),
    pressed("stop", "Stop", "stop"),
    pressed("park", "Park", "park"),
    pressed("autofocus", "Focus now", "autofocus"),
    pressed("guide_start", "Start guiding", "guide_start"),
    pressed("guide_stop", "Stop guiding", "guide_stop"),
    pressed("roof_open", "Open the roof", "roof_open"),
    pressed("roof_close", "Close the roof", "roof_close"),
    pressed("roof_stop", "Stop the roof", "roof_stop"),
    pressed("yes", "Answer yes", "answer", '{"answer": "yes"}'),
    pressed("no", "Answer no", "answer", '{"answer": "no"}'),
    Entity("image", "preview", "Newest frame", {"image_topic": PREVIEW, "content_type": "image/jpeg"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """Who the box is there: `name` for people, `kinds` and `commands` are what it has."""

    prefix: str
    name: str
    kinds: Set[str] = frozenset()
    commands: Set[str] = frozenset()

    def messages(self, topic: str) -> Iterator[tuple[str, str]]:
        """Topic and payload of each entity; `topic` is the box's own, which also tells boxes apart."""
        box = re.sub(r"[^A-Za-z0-9_-]", "_", topic)
        device = {
            "identifiers": [f"nightbox_{box}"], "name": self.name, "manufacturer": "Nightbox",
            "model": "Nightbox", "sw_version": __version__,
        }  # fmt: skip
        for entity in ENTITIES:
            if entity.needs and entity.needs not in self.kinds | self.commands:
                continue
            told = {
                name: f"{topic}/{value}" if name.endswith("_topic") else value
                for name, value in entity.config.items()
            }
            told |= {
                "name": entity.name, "unique_id": f"nightbox_{box}_{entity.id}", "device": device,
                "availability_topic": f"{topic}/availability",
            }  # fmt: skip
            where = f"{self.prefix}/{entity.component}/nightbox_{box}/{entity.id}/config"
            yield where, json.dumps(told, ensure_ascii=False)

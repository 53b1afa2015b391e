"""Questions that a section's script asks again and again, as plain GETs: their answers are JSON."""

from typing import Any

from appliance.api import Api
from web.bridge import Bridge

PATIENCE = 12.0  # seconds; a device that keeps silent is waited for


def told(api: Api, bridge: Bridge, name: str, **arguments: object) -> dict[str, Any]:
    """What the box answers to this command, which only tells and does nothing; NightboxError as it is."""
    answer: Any = bridge.ask(api.call(name, arguments), PATIENCE)
    assert isinstance(answer, dict)
    return answer

"""Was it unsafe when the box ended? Answered by the journal: a box that died in the rain remembers it."""

from appliance.journal import Journal, Line

UNSAFE, CLEAR = "safety.unsafe", "safety.clear"
FORGOTTEN_SECONDS = 12 * 3600.0


async def was_unsafe(journal: Journal, now_unix: float) -> bool:
    """True when the last word of the last hours was that it is not safe."""
    lines = [line for line in await journal.read(Line, source="safety") if line.code in {UNSAFE, CLEAR}]
    if not lines or now_unix - lines[-1].at > FORGOTTEN_SECONDS:
        return False
    return lines[-1].code == UNSAFE

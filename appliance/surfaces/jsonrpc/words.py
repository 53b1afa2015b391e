"""The plain words of a terminal: status, sequence, capture, log; as in CCDciel's manual."""

from appliance.surfaces.jsonrpc.box_values import captures
from appliance.surfaces.jsonrpc.desk import Desk

LINES = 10


def said(desk: Desk, word: str) -> str:
    """The answer to a word in capitals."""
    match word:
        case "STATUS":
            devices = _connected(not desk.rig.away(desk.rig.kinds - desk.rig.outputs))
            autoguider = _connected(desk.connected("guider"))
            return f"Planetarium disconnected, Autoguider {autoguider}, Devices {devices}"
        case "SEQUENCE":
            return _sequence(desk)
        case "CAPTURE":
            return _capture(desk)
        case "LOG":
            return "".join(f"{line}\r\n" for line in list(desk.lines)[-LINES:])
        case _:
            return f"Unknown command: {''.join(letter for letter in word if letter.isprintable())}"


def _connected(is_: bool) -> str:
    return "connected" if is_ else "disconnected"


def _sequence(desk: Desk) -> str:
    now = desk.sequence
    waits = now.doing if now.waiting else ""
    return f"Targets: {now.plan}\tPlan: {now.target}\tStart step {now.filter} {now.doing}\t{waits}"


def _capture(desk: Desk) -> str:
    hand, night = desk.hand, desk.sequence
    saved = f"Saved {desk.last_file}" if desk.last_file else ""
    if not captures(desk):
        return saved
    by_hand = hand.doing == "capture"
    number, until = (hand.number, hand.exposing_until) if by_hand else (night.done + 1, night.exposing_until)
    left = max(0.0, (until or 0.0) - desk.observer.unix())
    return f"Seq: {number} Exp: {left:.0f} sec. {saved}".strip()

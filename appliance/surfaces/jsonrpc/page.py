"""GET /: everything at one look, for a browser that runs no script."""

from html import escape
from typing import Any

from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.status import PARTS

STYLE = (
    "body{background:#111;color:#c44;font:16px/1.5 sans-serif;max-width:42em;margin:1em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td{padding:.2em .6em;border-bottom:1px solid #311}"
    "img{max-width:100%}pre{white-space:pre-wrap;color:#a33}"
)
LEFT_OUT = {"log", "planetarium"}
EVERY_SECONDS = 30


async def page(desk: Desk) -> str:
    """The whole of it; what devices and plans are called is text, whatever it looks like."""
    rows = [
        f"<tr><td>{escape(name)}</td><td>{_told(await part(desk))}</td></tr>"
        for name, part in PARTS.items()
        if name not in LEFT_OUT
    ]
    log = "\n".join(escape(line) for line in desk.lines)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh"'
        f' content="{EVERY_SECONDS}"><title>Nightbox</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(desk.profile.name)}</h1>"
        f"<p>{escape(f'{desk.observer.now():%Y-%m-%d %H:%M:%S} UTC')}</p><table>{''.join(rows)}</table>"
        f'<p><img src="/preview.jpg" alt="The newest frame"></p><pre>{log}</pre></body></html>'
    )


def _told(part: dict[str, Any]) -> str:
    connected = part.get("connected", True)
    if connected is False:
        return "–"
    words = [_word(name, value) for name, value in part.items() if name != "connected"]
    return escape(", ".join(words) or "connected")


def _word(name: str, value: object) -> str:
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name} {value}"

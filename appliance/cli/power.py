"""Switching the machine off, once everything is safe."""

import asyncio
import os
import shutil
import subprocess
from typing import ClassVar

from appliance.errors import NightboxError

COMMAND = ("systemctl", "poweroff")
WITHIN_SECONDS = 30.0


class PowerStaysOn(NightboxError):
    """The system did not let us switch it off."""

    code: ClassVar[str] = "power.stays_on"
    default_advice: ClassVar[str] = "The rig is safe: switch the box off by hand, as you would a computer."


def check_may_power_off() -> None:
    """PowerStaysOn, before the night, where the system has nothing to switch itself off by or forbids it.

    logind tells root and a person at this machine "yes"; "challenge" would ask for a password at the end.
    """
    if shutil.which(COMMAND[0]) is None:
        raise PowerStaysOn(f"This system cannot switch itself off: it has no {COMMAND[0]}.", advice=WITHOUT)
    if os.geteuid() == 0:
        return
    try:
        asked = subprocess.run(ASK, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as unable:
        raise PowerStaysOn(f"Whether this system may be switched off is not known: {unable}.") from unable
    if '"yes"' not in asked.stdout:
        said = asked.stdout.strip() or asked.stderr.strip() or "no answer"
        raise PowerStaysOn(f"You may not switch this system off (logind says {said}).", advice=WITHOUT)


WITHOUT = "Run it without --shutdown, or as the service of the image, which may."
ASK = (
    "busctl", "call", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
    "CanPowerOff",
)  # fmt: skip


async def power_off(command: tuple[str, ...] = COMMAND) -> None:
    """Ask the system to end; it then ends this box, too. PowerStaysOn when it will not."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as missing:
        raise PowerStaysOn(f"The box cannot be switched off: {missing.strerror}.") from missing
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            _, said = await process.communicate()
    except TimeoutError as late:
        process.kill()
        await process.wait()
        raise PowerStaysOn(f"The box was not switched off within {WITHIN_SECONDS:g} s.") from late
    if process.returncode:
        words = said.decode(errors="replace").strip().splitlines()
        raise PowerStaysOn(f"The box was not switched off: {words[-1] if words else process.returncode}.")

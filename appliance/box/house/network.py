"""The box's addresses, and its Wi-Fi by NetworkManager's `nmcli` where there is one."""

import re
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from appliance.errors import BadCommand, NightboxError
from appliance.solve.process import Finished, RunScript

PROGRAM = "nmcli"
ASK_SECONDS, SCAN_SECONDS, JOIN_SECONDS = 10.0, 30.0, 60.0
CLASS = Path("/sys/class/net")
NO_MANAGER = "This box has no NetworkManager: its Wi-Fi is set up in its system, not here."
FIELD = re.compile(r"(?<!\\):")
OURS = "Nightbox "  # how the connections are called that were made here


class WifiFailed(NightboxError):
    """The box is not in that network; it stays, or goes back, where it was."""

    code = "network.wifi"
    default_advice = "Check the name, the password and the distance, then try again."


@dataclass(frozen=True, slots=True)
class Adapter:
    """One way into a network. `mode` of a Wi-Fi: "access point", "client", or "" when not known."""

    name: str
    up: bool
    wifi: bool
    addresses: tuple[str, ...]
    network: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Wifi:
    """A network in reach: `signal` in percent; `guarded` by a password; `joined` now."""

    name: str
    signal: int
    guarded: bool
    joined: bool


def adapters(folder: Path = CLASS) -> list[Adapter]:
    """All of them but the one to itself, as the system knows them."""
    states, found = psutil.net_if_stats(), []
    for name, every in psutil.net_if_addrs().items():
        if name == "lo":
            continue
        families = {socket.AF_INET, socket.AF_INET6}
        plain = tuple(one.address.partition("%")[0] for one in every if one.family in families)
        up = name in states and states[name].isup
        found.append(Adapter(name, up, (folder / name / "wireless").exists(), plain))
    return sorted(found, key=lambda one: (not one.wifi, one.name))


@dataclass(frozen=True, slots=True)
class Manager:
    """NetworkManager by its program, through the box's way of running programs; `found` tells where it is."""

    run: RunScript
    folder: Path
    found: Callable[[str], str | None] = shutil.which

    @property
    def there(self) -> bool:
        """Is there one?"""
        return self.found(PROGRAM) is not None

    async def connections(self) -> dict[str, tuple[str, str]]:
        """By adapter: the name of the network that it is in, and its mode."""
        told = await self._ask("-t", "-f", "DEVICE,TYPE,CONNECTION", "device")
        rows = [row for row in _rows(told) if len(row) == 3 and row[2]]
        return {row[0]: (row[2], await self._mode(row[2]) if row[1] == "wifi" else "") for row in rows}

    async def _mode(self, connection: str) -> str:
        told = await self._ask("-g", "802-11-wireless.mode", "connection", "show", "id", connection)
        return {"ap": "access point", "infrastructure": "client"}.get(told.strip(), "")

    async def networks(self) -> list[Wifi]:
        """Those in reach, each once, the strongest first."""
        fields = ("-t", "-f", "IN-USE,SSID,SIGNAL,SECURITY")
        told = await self._ask(*fields, "device", "wifi", "list", within=SCAN_SECONDS)
        best: dict[str, Wifi] = {}
        for row in _rows(told):
            if len(row) != 4 or not row[1] or not row[2].isdigit():
                continue
            one = Wifi(row[1], int(row[2]), row[3] not in {"", "--"}, row[0] == "*")
            if row[1] not in best or (one.joined, one.signal) > (best[row[1]].joined, best[row[1]].signal):
                best[row[1]] = one
        return sorted(best.values(), key=lambda one: (-one.joined, -one.signal, one.name))

    async def join(self, name: str, password: str) -> None:
        """Be a client of that network from now on; WifiFailed, and it is forgotten, when that fails.

        The password goes by a file that only we can read: other programs see what a command is given.
        """
        connection = f"{OURS}{name}"
        await self._run("connection", "delete", "id", connection)  # an older one with another password
        kind = ("wifi-sec.key-mgmt", "wpa-psk") if password else ()
        made = await self._run(
            "connection", "add", "type", "wifi", "con-name", connection, "ssid", name, *kind
        )
        if made.code:
            raise WifiFailed(f"The network {name} was not taken: {_last(made)}.")
        with tempfile.NamedTemporaryFile("w", prefix="nightbox-", dir=self.folder) as file:
            file.write(f"802-11-wireless-security.psk:{password}\n")
            file.flush()
            given = ("passwd-file", file.name) if password else ()
            joined = await self._run("connection", "up", "id", connection, *given, within=JOIN_SECONDS)
        if joined.code:
            await self._run("connection", "delete", "id", connection)
            why = _last(joined).replace(password, "…") if password else _last(joined)
            raise WifiFailed(f"The box could not join {name}: {why}.")

    async def _ask(self, *words: str, within: float = ASK_SECONDS) -> str:
        done = await self._run(*words, within=within)
        if done.code:
            raise WifiFailed(f"NetworkManager does not answer: {_last(done)}.", advice="Try again.")
        return done.output

    async def _run(self, *words: str, within: float = ASK_SECONDS) -> Finished:
        if not self.there:
            raise BadCommand("network", "there is no NetworkManager on this box", advice=NO_MANAGER)
        try:
            return await self.run((PROGRAM, *words), self.folder, within)
        except TimeoutError as late:
            raise WifiFailed(f"NetworkManager gave no answer within {within:g} s.") from late
        except OSError as broken:
            raise WifiFailed(f"NetworkManager cannot be asked: {broken.strerror}.") from broken


def _rows(told: str) -> list[list[str]]:
    return [[re.sub(r"\\(.)", r"\1", field) for field in FIELD.split(line)] for line in told.splitlines()]


def _last(done: Finished) -> str:
    words = done.output.strip().splitlines()
    return words[-1].rstrip(".") if words else f"code {done.code}"

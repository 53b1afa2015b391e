"""For scripts: `ccdciel(method, params)` asks the box on this machine, or another one, over JSON-RPC.

Scripts that were written for CCDciel import the same names from a module of the same name. Standard library
alone: a script runs in whatever Python its user has. CCDCIEL_HOST and CCDCIEL_PORT say where the box is,
NIGHTBOX_TOKEN what it wants to hear from another machine.
"""

import itertools
import json
import os
import platform
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib import request

__all__ = [
    "CCDcielException",
    "IsDarwin",
    "IsRunning",
    "IsWindows",
    "JsonRpcException",
    "StartProgram",
    "StopProgram",
    "ccdciel",
    "ccdcielex",
]

IsWindows = platform.system() == "Windows"
IsDarwin = platform.system() == "Darwin"
PROC = Path("/proc")
NAME_LENGTH = 15  # so much of a program's name Linux keeps

_ids = itertools.count(1)


class JsonRpcException(Exception):
    """The request was not understood: `code` and `message` of JSON-RPC."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"JSON-RPC error: {code} {message}")
        self.code, self.message = code, message


class CCDcielException(Exception):
    """The command was understood and not carried out; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(f"CCDciel error: {message}")
        self.message = message


def ccdciel(method: str, params: Any = "", host: str | None = None, port: str | int | None = None) -> Any:
    """The whole answer as a dictionary, with "result" or "error". OSError when nobody answers there.

    `params` is one value or a list of them. It waits for as long as the command takes.
    """
    host = host or os.environ.get("CCDCIEL_HOST") or "localhost"
    port = port or os.environ.get("CCDCIEL_PORT") or "3277"
    values = params if isinstance(params, list) else [params]
    asked = {"jsonrpc": "2.0", "id": next(_ids), "method": method, "params": values}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if token := os.environ.get("NIGHTBOX_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    post = request.Request(f"http://{host}:{port}/jsonrpc", json.dumps(asked).encode(), headers)
    with request.urlopen(post) as answer:  # noqa: S310 - http, as written one line above
        return json.loads(answer.read())


def ccdcielex(method: str, params: Any = "", host: str | None = None, port: str | int | None = None) -> Any:
    """As `ccdciel`; raises JsonRpcException or CCDcielException when it was not done."""
    answer = ccdciel(method, params, host, port)
    error, result = answer.get("error"), answer.get("result")
    if isinstance(error, dict):
        raise JsonRpcException(error["code"], error["message"])
    if isinstance(result, dict) and result.get("status", "OK!") != "OK!":
        raise CCDcielException(result["status"])
    return answer


def IsRunning(pgm: str) -> bool:  # noqa: N802 - the name that scripts use
    """Does a program of this name run on this machine?"""
    return bool(_processes(pgm))


def StartProgram(pgm: str, pgmpath: str = "") -> bool:  # noqa: N802
    """Start it unless it runs already, and leave it running; True when it was started."""
    if IsRunning(pgm):
        return False
    program = str(Path(pgmpath) / pgm) if pgmpath else pgm
    nowhere = subprocess.DEVNULL
    subprocess.Popen([program], stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)
    return True


def StopProgram(pgm: str) -> None:  # noqa: N802
    """Ask every program of this name to end."""
    if IsWindows:
        subprocess.run(["taskkill", "/IM", pgm], capture_output=True, check=False)
        return
    for process in _processes(pgm):
        os.kill(process, signal.SIGTERM)


def _processes(pgm: str) -> list[int]:
    """The numbers of the processes that run it."""
    if IsWindows:
        listed = subprocess.run(["tasklist", "/FO", "CSV", "/NH"], capture_output=True, check=False).stdout
        rows = [line.split('","') for line in listed.decode(errors="replace").splitlines()]
        return [int(row[1]) for row in rows if len(row) > 1 and row[0].lstrip('"') == pgm]
    if not PROC.is_dir():
        listed = subprocess.run(["pgrep", "-x", pgm], capture_output=True, check=False).stdout
        return [int(number) for number in listed.split()]
    return [int(found.parent.name) for found in PROC.glob("[0-9]*/stat") if _runs(found, pgm)]


def _runs(stat: Path, pgm: str) -> bool:
    """Is it that program, and not merely what is left of it until somebody asks how it ended?"""
    try:
        name, _, state = stat.read_text(errors="replace").partition("(")[2].rpartition(") ")
    except OSError:  # it has just ended
        return False
    return name == pgm[:NAME_LENGTH] and not state.startswith("Z")

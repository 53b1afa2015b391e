"""The scripts' own module, as a script uses it: another process, nothing but its folder on the path."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "appliance" / "scripting" / "path"
ANSWERS: dict[str, Any] = {
    "TelescopeRA": {"result": 5.5},
    "Telescope_slew": {"result": {"status": "OK!"}},
    "Capture_start": {"result": {"status": "Failed! out of range"}},
    "Nobody": {"error": {"code": -32601, "message": "Method not found"}},
}


class Box(BaseHTTPRequestHandler):
    """Answers as the box does, and remembers what it was asked."""

    heard: list[tuple[str, dict[str, Any], str | None]]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.path, asked, self.headers["Authorization"]))
        body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], **ANSWERS[asked["method"]]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def box() -> Iterator[tuple[int, list[tuple[str, dict[str, Any], str | None]]]]:
    heard: list[tuple[str, dict[str, Any], str | None]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Heard", (Box,), {"heard": heard}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def script(text: str, port: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=30,
        env={"PYTHONPATH": str(FOLDER), "PATH": os.environ["PATH"], "CCDCIEL_PORT": str(port)} | environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_script_asks_as_it_asks_ccdciel() -> None:
    text = """
from ccdciel import ccdciel
print(ccdciel('TelescopeRA')['result'] + 1)
print(ccdciel('Telescope_slew', [str(5.5), -5.4])['result']['status'])
print(ccdciel('Capture_start')['result']['status'])
"""
    with box() as (port, heard):
        assert script(text, port).split("\n") == ["6.5", "OK!", "Failed! out of range", ""]
    assert [(path, asked["params"], token) for path, asked, token in heard] == [
        ("/jsonrpc", [""], None), ("/jsonrpc", ["5.5", -5.4], None), ("/jsonrpc", [""], None),
    ]  # fmt: skip
    assert [asked["id"] for _, asked, _ in heard] == [1, 2, 3]


def test_a_script_may_want_exceptions_and_send_a_token() -> None:
    text = """
from ccdciel import ccdcielex, JsonRpcException, CCDcielException
for method in 'TelescopeRA', 'Telescope_slew', 'Capture_start', 'Nobody':
    try:
        print(ccdcielex(method)['result'])
    except (JsonRpcException, CCDcielException) as wrong:
        print(repr(wrong), wrong.message)
"""
    with box() as (port, heard):
        said = script(text, port, NIGHTBOX_TOKEN="s3cret", CCDCIEL_HOST="127.0.0.1")
    assert said.splitlines() == [
        "5.5",
        "{'status': 'OK!'}",
        "CCDcielException('CCDciel error: Failed! out of range') Failed! out of range",
        "JsonRpcException('JSON-RPC error: -32601 Method not found') Method not found",
    ]
    assert heard[0][2] == "Bearer s3cret"


def test_programs_are_started_once_and_stopped(tmp_path: Path) -> None:
    program = tmp_path / "nightbox-sleepy-program"
    program.symlink_to("/bin/sleep")
    runner = tmp_path / "sleepy-runner"
    runner.write_text(f"#!/bin/sh\nexec {program} 60\n")
    runner.chmod(0o700)
    text = f"""
import time
from ccdciel import IsRunning, StartProgram, StopProgram, IsWindows, IsDarwin
print(IsRunning('{program.name}'), StartProgram('{runner.name}', '{tmp_path}'), IsWindows, IsDarwin)
for _ in range(100):
    if IsRunning('{program.name}'): break
    time.sleep(0.05)
print(IsRunning('{program.name}'), StartProgram('{program.name}'))
StopProgram('{program.name}')
for _ in range(100):
    if not IsRunning('{program.name}'): break
    time.sleep(0.05)
print(IsRunning('{program.name}'))
"""
    assert script(text).splitlines() == ["False True False False", "True False", "False"]

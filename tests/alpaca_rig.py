"""The Alpaca server of the tests as a process, and how its devices are reached."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hardware.devices import DeviceSpec

ROOT = Path(__file__).parent.parent
MORE: dict[str, dict[str, float | str | bool]] = {
    "output": {"switch": 1}, "park_sensor": {"switch": 2}, "power_monitor": {"battery": 1, "mains": 0},
}  # fmt: skip
KINDS = (
    "camera", "mount", "focuser", "filter_wheel", "rotator", "roof", "safety_monitor", "observing_conditions",
    "park_sensor", "cover", "flat_panel", "output", "power_monitor",
)  # fmt: skip


@dataclass
class Running:
    """A server that runs; `address` as a profile has it."""

    address: str
    process: asyncio.subprocess.Process

    def spec(self, kind: str, **more: float | str | bool) -> DeviceSpec:
        return DeviceSpec(
            "alpaca", kind, {"address": self.address, "number": 0, **MORE.get(kind, {}), **more}
        )

    async def control(self, **trouble: str) -> None:
        host, _, port = self.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        query = "&".join(f"{key}={value}" for key, value in trouble.items())
        writer.write(f"PUT /control?{query} HTTP/1.1\r\n\r\n".encode())
        assert b"200" in await reader.readline()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def server() -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.alpaca_server", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    try:
        port = int(await process.stdout.readline())
        yield Running(f"127.0.0.1:{port}", process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

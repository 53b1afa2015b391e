"""An INDI driver that answers at once: a number that is echoed, and frames of a given size on demand.

`indiserver` runs it as `python -m benchmarks.indi_source`; it needs no INDI library.
"""

import array
import os
import re
import socket

DEVICE, MEGABYTES = "Source", 52
_COMMAND = re.compile(rb'<new(Number|Switch)Vector[^>]*name="(\w+)".*?</new\1Vector>', re.DOTALL)
_VALUE = re.compile(rb">\s*([-0-9.eE]+)\s*</oneNumber>")
_ASKED = re.compile(rb"<getProperties[^>]*/>")
DEFINED = f"""
<defNumberVector device="{DEVICE}" name="ECHO" label="Echo" group="Main" state="Ok" perm="rw" timeout="0">
<defNumber name="VALUE" label="Value" format="%g" min="0" max="0" step="0">0</defNumber>
</defNumberVector>
<defSwitchVector device="{DEVICE}" name="SEND" label="S" group="Main" state="Ok" perm="rw" rule="AnyOfMany">
<defSwitch name="NOW" label="Now">Off</defSwitch>
</defSwitchVector>
<defBLOBVector device="{DEVICE}" name="FRAME" label="Frame" group="Main" state="Ok" perm="ro" timeout="0">
<defBLOB name="FRAME" label="Frame"/>
</defBLOBVector>
""".encode()


FRAME = (
    f'<setBLOBVector device="{DEVICE}" name="FRAME" state="Ok" timestamp="2026-01-01T00:00:00">\n'
    '<oneBLOB name="FRAME" size="{size}" format=".raw" attached="true"/>\n</setBLOBVector>\n'
)


def send_frame(size: int) -> None:
    """As the library's drivers do it: the bytes in shared memory, of which the server gets a descriptor."""
    shared = os.memfd_create("frame")
    try:
        with open(shared, "wb", closefd=False) as memory:
            memory.write(os.urandom(size))
        with socket.socket(fileno=os.dup(1)) as server:
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [shared]))
            server.sendmsg([FRAME.format(size=size).encode()], [rights])
    finally:
        os.close(shared)


def main() -> None:
    """Until the server ends us."""
    held = b""
    while data := os.read(0, 1 << 16):
        held += data
        if _ASKED.search(held):
            write(DEFINED)
        last = 0
        for found in _COMMAND.finditer(held):
            last = found.end()
            if found[2] == b"SEND":
                send_frame(MEGABYTES * 1_000_000)
            else:
                write(echo(found[0]))
        held = held[max(last, held.rfind(b"<", last)) :] if last else held[-(1 << 16) :]
        held = _ASKED.sub(b"", held)


def echo(command: bytes) -> bytes:
    """The number that was asked for."""
    value = _VALUE.search(command)
    told = value[1].decode() if value else "0"
    return (
        f'<setNumberVector device="{DEVICE}" name="ECHO" state="Ok">\n'
        f'<oneNumber name="VALUE">{told}</oneNumber>\n</setNumberVector>\n'
    ).encode()


def write(data: bytes) -> None:
    """All of it: the server reads small ones whole."""
    os.write(1, data)


if __name__ == "__main__":
    main()

"""A driver for the benchmark of the links, standard library only: frames, echoes, and talk without an end.

indiserver runs it. Its device is "Bench"; a command is a number of the vector of that name: ECHO comes back,
FRAMES sends one frame of so many megabytes (kept ready: what is measured is the way from here, which begins
with the stamp in its first four pixels), BURST sends so many updates at once, and TALK so many each second
with a frame among them now and then, until it is 0.
"""

import array
import os
import re
import select
import socket
import time

WIDTH, HEIGHT = 6248, 4176
HEADER = 2880
TALK_FRAME_SECONDS = 0.2
COMMAND = re.compile(
    rb"<newNumberVector[^>]*name=[\"'](\w+)[\"'].*?<oneNumber[^>]*>\s*([\d.]+)\s*<", re.DOTALL
)
NUMBERS = ("ECHO", "FRAME", "BURST", "TALK")
DEFINITION = """<defNumberVector device="Bench" name="{0}" state="Ok" perm="rw">
    <defNumber name="{0}" label="" format="%g" min="0" max="0" step="0">0</defNumber>
</defNumberVector>
"""
PICTURES = """<defBLOBVector device="Bench" name="CCD1" state="Ok" perm="ro">
    <defBLOB name="CCD1"/>
</defBLOBVector>
"""
UPDATE = """<setNumberVector device="Bench" name="{0}" state="Ok" timestamp="2026-11-29T10:58:42">
    <oneNumber name="{0}">
{1}
    </oneNumber>
</setNumberVector>
"""
PICTURE = """<setBLOBVector device="Bench" name="CCD1" state="Ok">
    <oneBLOB name="CCD1" size="{0}" format=".fits" len="{0}" attached="true"/>
</setBLOBVector>
"""


def card(key: str, value: str) -> str:
    return f"{key:8}= {value:>20}".ljust(80)


class Driver:
    """On indiserver's socket, which is its standard input and output."""

    def __init__(self) -> None:
        self._server = socket.socket(fileno=0)
        header = "".join(
            card(key, value)
            for key, value in (
                *(("SIMPLE", "T"), ("BITPIX", "16"), ("NAXIS", "2"), ("NAXIS1", str(WIDTH))),
                *(("NAXIS2", str(HEIGHT)), ("BZERO", "32768")),
            )
        )
        self._size = HEADER + 2 * WIDTH * HEIGHT
        self._frame = os.memfd_create("frame")
        os.ftruncate(self._frame, self._size)
        os.pwrite(self._frame, (header + "END".ljust(80)).ljust(HEADER).encode(), 0)
        os.pwrite(self._frame, os.urandom(self._size - HEADER), HEADER)
        self._talk, self._next_frame = 0.0, 0.0

    def run(self) -> None:
        while True:
            wait = 1 / self._talk if self._talk else None
            readable, _, _ = select.select([self._server], [], [], wait)
            if readable:
                data = self._server.recv(65536)
                if not data:
                    return
                if b"<getProperties" in data:
                    self._say("".join(map(DEFINITION.format, NUMBERS)) + PICTURES)
                for command in COMMAND.finditer(data):
                    self._do(command[1].decode(), float(command[2]))
            elif self._talk:
                self._chat()

    def _do(self, name: str, value: float) -> None:
        if name == "FRAME":
            self._send_frame()
        elif name == "BURST":
            self._say("".join(UPDATE.format("BURST", n) for n in range(1, int(value) + 1)))
        elif name == "TALK":
            self._talk = value
        else:
            self._say(UPDATE.format(name, value))

    def _chat(self) -> None:
        self._say(UPDATE.format("TALK", time.monotonic()))
        if time.monotonic() > self._next_frame:
            self._next_frame = time.monotonic() + TALK_FRAME_SECONDS
            self._send_frame()

    def _send_frame(self) -> None:
        words = array.array("H", time.monotonic_ns().to_bytes(8, "little"))
        stamp = array.array("H", (word ^ 0x8000 for word in words))
        stamp.byteswap()  # FITS is big-endian
        os.pwrite(self._frame, stamp.tobytes(), HEADER)
        socket.send_fds(self._server, [PICTURE.format(self._size).encode()], [self._frame])

    def _say(self, text: str) -> None:
        self._server.sendall(text.encode())


if __name__ == "__main__":
    Driver().run()

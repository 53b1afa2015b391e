"""What hostile streams cost the reader of INDI's wire: `python -m benchmarks.fuzz_wire [SECONDS] [SEED]`.

Streams of tokens of the language, put together at random with runs of one token, cut into chunks of random
sizes. Each must give only WireError, lose no byte, and hold no more than the bound. Told is the longest time
one step (one chunk's scan, or one element's parse) took of the processor: for so long the event loop stands.
"""

import random
import sys
import time
import tracemalloc
from collections.abc import Iterator

from hardware.indi_wire import (
    BLOB,
    ElementScanner,
    MalformedElement,
    TooLong,
    WireError,
    number,
    parse_element,
)

CHUNK = 32768  # as the link reads
LONGEST = 1 << 16
STREAM = 1 << 17
LANGUAGE = (
    rb"<newNumberVector |<newSwitchVector>|</newNumberVector>|</newSwitchVector >|<setBLOBVector>|<a>|</a>|"
    rb"</setBLOBVector>|<getProperties/>|<message |<oneNumber name='a'>|</oneNumber>|<!--|-->|<?|?>|<a/>|"
    rb"<![CDATA[|]]>|<!DOCTYPE a [<!ENTITY b 'c'>]>|<|>|/>|'|=| |&|&b;|&lt;|&#65;|&#0;|name='x'|12:30:36|"
    rb"-1e5|x|QUJD|</|<setBLOBVec|<oneNumber name='RA' x='&amp;'>12:30</oneNumber>|<oneNumber>&</oneNumber>"
)
TOKENS = [*LANGUAGE.split(b"|"), b"\n", b'"', b"\x00", b"\xff", b"\xc3\xa9", b'a="b"', b"<newNumberVector"]


def stream(chance: random.Random) -> bytes:
    """Up to STREAM bytes."""
    parts: list[bytes] = []
    few = chance.choices(TOKENS, k=chance.randint(1, 12))
    size, most = 0, chance.randint(1, STREAM)
    while size < most:
        part = chance.choice(few) * (chance.randint(1, 20000) if chance.random() < 0.02 else 1)
        if chance.random() < 0.2:  # something that may be an element
            part = b"<newNumberVector device='a'>%b</newNumberVector>" % part
        parts.append(part)
        size += len(part)
    return b"".join(parts)[:STREAM]


def chunks(chance: random.Random, data: bytes) -> Iterator[bytes]:
    """All of it, in pieces of one byte to CHUNK."""
    most = chance.choice([16, 1000, CHUNK])
    at = 0
    while at < len(data):
        length = chance.randint(1, most)
        yield data[at : at + length]
        at += length


class Costs:
    """The longest of each step."""

    def __init__(self) -> None:
        self.scan = self.parse = 0.0
        self.streams = self.bytes = self.elements = self.malformed = self.too_long = 0

    def run(self, chance: random.Random) -> None:
        """One stream."""
        data = stream(chance)
        scanner = ElementScanner(longest=LONGEST, streamed=chance.choice([frozenset(), BLOB]))
        told = 0
        self.streams, self.bytes = self.streams + 1, self.bytes + len(data)
        try:
            for chunk in chunks(chance, data):
                started = time.thread_time()
                pieces = list(scanner.feed(chunk))
                self.scan = max(self.scan, time.thread_time() - started)
                told += sum(len(piece.raw) for piece in pieces)
                if scanner.held > LONGEST:
                    raise AssertionError(f"it holds {scanner.held} bytes")
                for piece in pieces:
                    if piece.tag and piece.first and piece.last:
                        self._parse(piece.raw)
        except TooLong:
            self.too_long += 1
        else:
            if told + scanner.held != len(data):
                raise AssertionError(f"{len(data) - told - scanner.held} bytes are lost")

    def _parse(self, raw: bytes) -> None:
        self.elements += 1
        started = time.thread_time()
        try:
            for _, text in parse_element(raw).values():
                number(text)
        except MalformedElement:
            self.malformed += 1
        except WireError as other:
            raise AssertionError(f"{other!r}") from other
        self.parse = max(self.parse, time.thread_time() - started)


def main(seconds: float, seed: int | None) -> None:
    """Until the time is up."""
    seed = random.randrange(1 << 32) if seed is None else seed
    costs = Costs()
    tracemalloc.start(1)
    ends = time.monotonic() + seconds / 4
    chance = random.Random(seed)
    while time.monotonic() < ends:  # with memory watched everything is slower: no times are taken from it
        costs.run(chance)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    costs.scan = costs.parse = 0.0
    ends += seconds * 3 / 4
    while time.monotonic() < ends:
        costs.run(chance)
    print(f"seed {seed}: {costs.streams} streams, {costs.bytes / 1e6:.0f} MB, {costs.elements} elements")
    print(f"malformed {costs.malformed}, connections given up {costs.too_long}, nothing else raised")
    print(
        f"longest scan of a chunk {1e3 * costs.scan:.1f} ms, parse of an element {1e3 * costs.parse:.1f} ms"
    )
    print(f"most memory, a stream of {STREAM / 1e6:.2f} MB included: {peak:.1f} MB")


if __name__ == "__main__":
    main(float(sys.argv[1]) if sys.argv[1:] else 30.0, int(sys.argv[2]) if sys.argv[2:] else None)

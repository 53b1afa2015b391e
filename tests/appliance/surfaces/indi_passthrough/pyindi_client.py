"""`python pyindi_client.py -p PORT DEVICE PROPERTY ELEMENT VALUE`: a client of INDI's own library.

It sets one number and prints what comes of it: messages, the property's states, frames; until 8 s are over
or a frame has come.
"""

import os
import sys
import threading
from typing import Any

import PyIndi


def say(*words: object) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Client(PyIndi.BaseClient):  # type: ignore[misc]
    """Says what it sees, and notices the end. Leaving a callback by an exception would end the process."""

    def __init__(self, prop: str) -> None:
        super().__init__()
        self.prop, self.there, self.done = prop, threading.Event(), threading.Event()

    def newProperty(self, prop: Any) -> None:
        self._see(prop, "defined")

    def updateProperty(self, prop: Any) -> None:
        self._see(prop, "state")

    def newMessage(self, device: Any, number: int) -> None:
        say("message", device.messageQueue(number))

    def _see(self, prop: Any, word: str) -> None:
        name = prop.getName()
        if prop.getType() == PyIndi.INDI_BLOB and word == "state":
            say("frame of", name, PyIndi.PropertyBlob(prop)[0].getSize())
            self.done.set()
        if name == self.prop:
            state = {0: "Idle", 1: "Ok", 2: "Busy", 3: "Alert"}[prop.getState()]
            say(word, state, "value", f"{PyIndi.PropertyNumber(prop)[0].getValue():g}")
            self.there.set()


def main(port: str, device: str, prop: str, element: str, value: str) -> None:
    client = Client(prop)
    client.setServer("127.0.0.1", int(port))
    client.watchDevice(device)
    assert client.connectServer()
    assert client.there.wait(20), "it is not defined"
    client.setBLOBMode(PyIndi.B_ALSO, device, None)
    vector = client.getDevice(device).getNumber(prop)
    next(one for one in vector if one.getName() == element).setValue(float(value))
    client.sendNewProperty(vector)
    client.done.wait(8)
    os._exit(0)  # leaving under traffic ends in an abort now and then


if __name__ == "__main__":
    main(*sys.argv[2:])

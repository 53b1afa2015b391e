"""What all Alpaca devices have in common."""

from hardware.alpaca.link import Link


class AlpacaDevice:
    """Made by AlpacaOpener from a link that is connected."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def name(self) -> str:
        return self._link.name

    @property
    def lost(self) -> bool:
        return self._link.lost

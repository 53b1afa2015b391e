"""What everything shares that is one INDI device."""

from hardware.indi.properties import Remote


class IndiDevice:
    """Its name, and whether it is lost."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    @property
    def name(self) -> str:
        return self._remote.name

    @property
    def lost(self) -> bool:
        return self._remote.lost

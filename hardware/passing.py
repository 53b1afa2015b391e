"""A mount that passes everything on to another one: the base of those that mind some of it."""

from hardware.devices import J2000, AxisMotion, GuidePort, Mount, MountStatus, SideSetter, Site


class PassingMount:
    """Satisfies Mount, as the one behind it does."""

    def __init__(self, mount: Mount) -> None:
        self._mount = mount

    @property
    def name(self) -> str:
        return self._mount.name

    @property
    def lost(self) -> bool:
        return self._mount.lost

    @property
    def guide_port(self) -> GuidePort | None:
        return self._mount.guide_port

    @property
    def side_setter(self) -> SideSetter | None:
        return self._mount.side_setter

    @property
    def motion(self) -> AxisMotion | None:
        return self._mount.motion

    async def status(self) -> MountStatus:
        return await self._mount.status()

    async def slew(self, target: J2000) -> None:
        await self._mount.slew(target)

    async def sync(self, target: J2000) -> None:
        await self._mount.sync(target)

    async def track(self, on: bool) -> None:
        await self._mount.track(on)

    async def park(self) -> None:
        await self._mount.park()

    async def unpark(self) -> None:
        await self._mount.unpark()

    async def locate(self, site: Site, utc_unix: float) -> None:
        await self._mount.locate(site, utc_unix)

"""What becomes of a client's command: forwarded, answered with what is so, or refused with the reason."""

from dataclasses import dataclass

from appliance.errors import NightboxError
from appliance.leases import By, Leases, Owner
from appliance.surfaces.indi_passthrough import guard
from appliance.surfaces.indi_passthrough.movement import Forward, Movements
from appliance.surfaces.indi_passthrough.shadow import Shadow
from appliance.surfaces.indi_passthrough.socket_wire import Closed
from hardware.indi_wire import Element, encode, message

HAND_OVER = "To take over: lend it on Nightbox's page (lease_grant), or stop what has it."
SEE_SAFETY = "Nightbox's page says why."
ASK_OWNER = "Disconnect there, or take it back on Nightbox's page (lease_take_back)."
LEND_FIRST = "Lend it on Nightbox's page first (lease_grant)."
AWAY = "The INDI server is away: nothing was done. Nightbox is trying to reach it."


@dataclass(frozen=True, slots=True)
class Judge:
    """One per passthrough."""

    used: guard.Used
    leases: Leases
    movements: Movements
    shadow: Shadow

    async def handle(self, client: str, command: Element, forward: Forward) -> bytes:
        """Do what is asked, or not; what the client is told, b"" when the driver itself will answer.

        `forward` sends it on as it came, and raises Closed.
        """
        try:
            return await self._handle(client, command, forward)
        except NightboxError as refusal:
            return self.refusal(command, f"{refusal.sentence.rstrip('.')}. {refusal.advice}")
        except Closed:
            return self.refusal(command, AWAY)

    def stops(self, command: Element) -> bool:
        """Is it one that nobody is kept from, and that waits for no other?"""
        return isinstance(guard.asks(self.used, self.shadow.find, command), guard.Stops)

    def takes_time(self, command: Element) -> bool:
        """Must the interlock be asked?"""
        return isinstance(guard.asks(self.used, self.shadow.find, command), guard.Moves)

    async def _handle(self, client: str, command: Element, forward: Forward) -> bytes:
        device = command.device
        if not self.shadow.has(device):
            return encode(message(device, f"There is no device {device!r} now: nothing was done."))
        asks = guard.asks(self.used, self.shadow.find, command)
        if isinstance(asks, guard.Stops):
            if asks.roof and self.used.has(device, "roof"):
                self.movements.stop_roof()
            await forward()
            return b""
        if isinstance(asks, guard.AlreadySo):
            return self.truth(command)
        if isinstance(asks, guard.Never):
            return self.refusal(command, f"{device}: {asks.reason}. {asks.advice}")
        if (owner := self.leases.claim(device, client)) is not None:
            return self.refusal(command, f"{device}: {owner.name} has it. {_how(owner)}")
        if isinstance(asks, guard.OnlyLent) and self.leases.lent_to(device) != client:
            return self.refusal(command, f"{device}: {asks.reason}. {LEND_FIRST}")
        if isinstance(asks, guard.Moves):
            await self.movements.begin(device, command.name, asks.command, forward)
        else:
            await forward()
        return b""

    def truth(self, command: Element) -> bytes:
        """What is so of that property now; b"" when there is none."""
        known = self.shadow.find(command.device, command.name)
        return encode(known.told()) if known is not None else b""

    def refusal(self, command: Element, why: str) -> bytes:
        """Alert with every member as it truly is, and why; `truth` is to follow after a while.

        A bare Alert leaves clients with what they wished for (docs/passthrough.md).
        """
        known = self.shadow.find(command.device, command.name)
        if known is None or known.kind == "BLOB":
            return encode(message(command.device, why))
        return encode(known.told("Alert", why))


def _how(owner: Owner) -> str:
    return {By.SAFETY: SEE_SAFETY, By.PROCEDURE: HAND_OVER, By.CLIENT: ASK_OWNER}[owner.by]

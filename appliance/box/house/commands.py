"""The network and what the box is made of, for every surface."""

import asyncio
from dataclasses import asdict, replace

from pydantic import Field, SecretStr

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.house.about import documents, libraries, title_of, versions
from appliance.box.house.network import Adapter, Manager, WifiFailed, adapters
from appliance.errors import BadCommand
from hardware.worker import Worker

JOB = "wifi"
MOVES = "Joining another network: whoever is in the old one loses this page, and finds it in the new one."
BUSY = "The box is joining a network already."


class Join(Arguments):
    """A network by its name; a password of WPA has 8 to 63 characters, an open network none."""

    name: str = Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]+$")
    password: SecretStr = SecretStr("")


def network_commands(box: Box, worker: Worker) -> list[Command]:
    """`wifi_join` answers at once: the way that the answer would take is the one that goes."""

    def manager() -> Manager:
        return Manager(box.run_program, box.folder)

    async def network(_: Arguments) -> dict[str, object]:
        found, trouble = await worker.call(adapters), ""
        if manager().there:
            try:
                found = _joined(found, await manager().connections())
            except WifiFailed as silent:
                trouble = silent.sentence
        return {"adapters": [asdict(one) for one in found], "manager": manager().there, "trouble": trouble}

    async def networks(_: Arguments) -> list[dict[str, object]]:
        return [asdict(one) for one in await manager().networks()]

    async def join(asked: Join) -> str:
        password = asked.password.get_secret_value()
        if password and not (8 <= len(password) <= 63 and password.isprintable()):
            raise BadCommand("wifi_join.password", "it must have 8 to 63 characters", advice="Look again.")
        if not manager().there:
            raise BadCommand("wifi_join", "there is no NetworkManager on this box")
        if box.jobs.running(JOB):
            raise BadCommand("wifi_join", BUSY, advice="Wait for it.")
        box.say(MOVES)
        box.jobs.start(JOB, _join(box, manager(), asked.name, password), ())
        return "joining"

    return [
        Command("network", "The box's addresses and its Wi-Fi.", Arguments, network, asks=True),
        Command("wifi_networks", "The Wi-Fi networks in reach.", Arguments, networks, asks=True),
        Command("wifi_join", "Take the box into another Wi-Fi; the page moves with it.", Join, join),
    ]


async def _join(box: Box, manager: Manager, name: str, password: str) -> None:
    await asyncio.sleep(ANSWER_SECONDS)
    await manager.join(name, password)
    box.say(f"The box is in the Wi-Fi {name} now.")


ANSWER_SECONDS = 1.0  # for the answer to reach the phone before the network goes


def _joined(found: list[Adapter], connections: dict[str, tuple[str, str]]) -> list[Adapter]:
    nowhere = ("", "")
    pairs = ((one, connections.get(one.name, nowhere)) for one in found)
    return [replace(one, network=network, mode=mode) for one, (network, mode) in pairs]


def about_commands(worker: Worker) -> list[Command]:
    """Versions, licences, and the guide."""

    async def about(_: Arguments) -> dict[str, object]:
        made = await worker.call(libraries)
        return {"versions": await worker.call(versions), "libraries": [asdict(one) for one in made]}

    async def texts(_: Arguments) -> list[dict[str, str]]:
        def read() -> list[dict[str, str]]:
            every = documents().items()
            return [{"name": name, "title": title_of(path), "path": str(path)} for name, path in every]

        return await worker.call(read)

    return [
        Command("about", "Versions and licences.", Arguments, about, asks=True),
        Command("documents", "The guide that the box keeps.", Arguments, texts, asks=True),
    ]

"""Commands are checked and safe to repeat; updates resume by id."""

import asyncio

import pytest

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus, Said
from appliance.errors import BadCommand

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


class Wait(Arguments):
    seconds: float


def api_with_counter() -> tuple[Api, list[float]]:
    ran: list[float] = []

    async def wait(arguments: Wait) -> int:
        await asyncio.sleep(arguments.seconds)
        ran.append(arguments.seconds)
        return len(ran)

    api = Api(Bus(), lambda: 0.0)
    api.register(Command("wait", "Wait a little.", Wait, wait))
    return api, ran


async def test_the_same_id_runs_once_and_answers_the_same() -> None:
    api, ran = api_with_counter()
    both = await asyncio.gather(*(api.call("wait", {"seconds": 5}, "id-1") for _ in range(2)))
    assert both == [1, 1]
    assert await api.call("wait", {"seconds": 5}, "id-1") == 1
    assert ran == [5]
    assert await api.call("wait", {"seconds": 5}, "id-2") == 2


async def test_a_client_that_hangs_up_does_not_stop_the_command() -> None:
    api, ran = api_with_counter()
    client = asyncio.create_task(api.call("wait", {"seconds": 5}, "id"))
    await asyncio.sleep(1)
    client.cancel()
    await asyncio.sleep(10)
    assert ran == [5]


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("dance", {}, "command"),
        ("wait", {}, "wait.seconds"),
        ("wait", {"seconds": "x"}, "wait.seconds"),
        ("wait", {"seconds": 1, "colour": 2}, "wait.colour"),
    ],
)
async def test_bad_commands_name_the_field(name: str, arguments: dict[str, object], field: str) -> None:
    api, _ = api_with_counter()
    with pytest.raises(BadCommand) as refused:
        await api.call(name, arguments)
    assert refused.value.field == field


async def test_updates_resume_after_an_id_and_wait_for_news() -> None:
    bus = Bus()
    api = Api(bus, lambda: 0.0)
    listener = asyncio.create_task(api.listen())
    await asyncio.sleep(0)
    bus.publish(Said(source="s", text="one"))
    bus.publish(Said(source="s", text="two"))
    await asyncio.sleep(0.1)
    assert [u.message["text"] for u in await api.updates(0)] == ["one", "two"]
    assert [u.message["text"] for u in await api.updates(1)] == ["two"]
    waiting = asyncio.create_task(api.updates(2))
    await asyncio.sleep(1)
    bus.publish(Said(source="s", text="three"))
    assert [u.message["text"] for u in await waiting] == ["three"]
    assert await api.updates(3, within=5) == []
    assert len(await api.updates(999)) == 3  # the box restarted: its ids began anew
    listener.cancel()

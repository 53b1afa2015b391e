"""One procedure has the gear at a time; Stop waits until things are put back."""

import asyncio

import pytest

from appliance.bus import Bus, Event, Said
from appliance.errors import BadCommand, FocusFailed
from appliance.jobs import Jobs

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


async def test_the_second_procedure_is_refused_by_the_name_of_the_first() -> None:
    jobs = Jobs(Bus().publish)
    jobs.start("sequence", asyncio.sleep(60))
    with pytest.raises(BadCommand, match="sequence is still running"):
        jobs.start("park", asyncio.sleep(1))
    assert await jobs.stop("sequence")
    assert not jobs.running("sequence")
    jobs.start("park", asyncio.sleep(1))
    await jobs.stop_all()


async def test_stop_returns_after_the_clean_up() -> None:
    restored: list[bool] = []

    async def procedure() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(5)
            restored.append(True)

    jobs = Jobs(Bus().publish)
    jobs.start("focus", procedure())
    await asyncio.sleep(1)
    await jobs.stop("focus")
    assert restored == [True]


async def test_failures_are_said_with_code_and_advice() -> None:
    async def fail() -> None:
        raise FocusFailed("The stars never got sharp.")

    bus = Bus()
    jobs = Jobs(bus.publish)
    with bus.subscribe(Event) as mailbox:
        task = jobs.start("focus", fail())
        await asyncio.wait({task})
        said = await anext(aiter(mailbox))
    assert isinstance(said, Said)
    assert (said.level, said.code, bool(said.advice)) == ("error", "focus.no_minimum", True)
    assert isinstance(task.exception(), FocusFailed)


async def test_procedures_that_command_different_devices_run_together() -> None:
    jobs = Jobs(Bus().publish)
    jobs.start("slew", asyncio.sleep(60), {"mount"})
    jobs.start("preview", asyncio.sleep(60), {"camera"})
    for name, needs in (("track", {"mount"}), ("centring", {"mount", "camera"}), ("sequence", None)):
        with pytest.raises(BadCommand, match="slew is still running"):
            jobs.start(name, asyncio.sleep(1), needs)
    assert (jobs.needs("slew"), jobs.busy()) == (frozenset({"mount"}), ["slew", "preview"])
    await jobs.stop("slew")
    with pytest.raises(BadCommand, match="preview is still running"):
        jobs.start("sequence", asyncio.sleep(1))
    await jobs.stop_all()
    jobs.start("sequence", asyncio.sleep(60))
    with pytest.raises(BadCommand, match="sequence is still running"):
        jobs.start("slew", asyncio.sleep(1), {"mount"})
    await jobs.stop_all()


async def test_what_commands_no_device_is_in_nobodys_way_and_ends_with_all() -> None:
    jobs = Jobs(Bus().publish)
    jobs.start("sequence", asyncio.sleep(60))
    script = jobs.start("script 1", asyncio.sleep(60), ())
    assert jobs.busy() == ["sequence"]
    await jobs.stop("sequence")
    jobs.start("park", asyncio.sleep(1))
    assert jobs.running("script 1")
    await jobs.stop_all()
    assert script.cancelled()
    jobs.forget("script 1")
    assert not jobs.running("script 1")

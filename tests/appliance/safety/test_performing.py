"""Actions in their order, with delays and limits; failures, questions and programs."""

import asyncio
import os
import select
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from appliance.asking import Questions
from appliance.bus import Alarm, Message, NeedsPerson, Said
from appliance.errors import ActionFailed, BadCommand, DeviceError, Interlocked
from appliance.profile import ActionSection, Profile
from appliance.rig import Opener, Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.guarded import guarded
from appliance.safety.interlock import Verdict
from appliance.safety.performing import CONFIRM, REFUSE, Performer
from appliance.solve.process import Finished, run_program
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests.appliance.safety.site import UP, profile
from tests.appliance.sequence.night_rig import EVENING, SITE, switching

PARK, CLOSE, OPEN = ({"do": do} for do in ("park", "close roof", "open roof"))
OUTPUTS = [{"driver": "simulator", "name": name} for name in ("Siren", "Motor")]


def switch(output: str, level: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"do": "switch", "output": output, "level": level, **more}


def note(text: str, **more: Any) -> dict[str, Any]:
    return {"do": "notify", "text": text, **more}


@dataclass
class Stage:
    """A rig under a safe sky, and a performer; `programs` answers for those it is told to start."""

    folder: Path
    rig_profile: Profile
    exit_code: int = 0
    hangs: bool = False
    verdict: Verdict = Verdict.SAFE
    programs: list[tuple[str, ...]] = field(default_factory=list)
    heard: list[tuple[float, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.sky = Sky(World(site=SITE), lambda at: EVENING + (loop.time() if at is None else at))
        self.gate = Gatekeeper(self.rig_profile, lambda: self.verdict)
        opener = guarded(cast(Opener, SimulatorOpener(self.sky)), self.gate)
        self.rig = Rig(self.rig_profile, opener, self.hear)
        self.prompts = Questions(self.hear, loop.time)
        self.performer = Performer(
            self.rig_profile,
            self.rig,
            self.hear,
            self.prompts,
            switching(self.rig),
            self.program,
            self.folder,
        )

    def hear(self, message: Message) -> None:
        self.heard.append((asyncio.get_running_loop().time(), message))

    async def program(self, command: Sequence[str], folder: Path, _: float) -> Finished:
        assert folder == self.folder
        self.programs.append(tuple(command))
        if self.hangs:
            await asyncio.Event().wait()
        return Finished(self.exit_code, "done with it\n")

    def said(self, level: str = "") -> list[tuple[float, str]]:
        return [
            (at, one.text)
            for at, one in self.heard
            if isinstance(one, Said) and (not level or one.level == level)
        ]

    def texts(self) -> str:
        return " | ".join(text for _, text in self.said())

    def states(self, kind: type[Any]) -> list[str]:
        return [one.text for _, one in self.heard if isinstance(one, kind)]


@pytest.fixture
async def stage(tmp_path: Path) -> Any:
    async def make(actions: dict[str, Any], **more: Any) -> Stage:
        one = Stage(tmp_path, profile(output=OUTPUTS, actions=actions, **more))
        await one.rig.open()
        return one

    return make


@pytest.mark.asyncio
@pytest.mark.looptime
class TestLists:
    async def test_in_order_each_after_its_delay(self, stage: Any) -> None:
        one = await stage(
            {"end": [note("first"), note("second", delay_seconds=7), PARK, CLOSE, switch("Siren")]}
        )
        await one.performer.end(roof=True)
        times = {text: at for at, text in one.said("warning")}
        assert times == {"first": pytest.approx(0.0), "second": pytest.approx(7.0)}
        assert one.sky.roof.closed
        assert one.sky.outputs == {"Siren": 1.0}
        order = ["first", "second", "Closing the roof.", "The roof is closed.", "Done: switch Siren on."]
        assert [text for _, text in one.said() if text in order] == order

    async def test_one_that_takes_too_long_is_given_up_and_the_next_follows(self, stage: Any) -> None:
        end = [PARK, CLOSE, {"do": "run", "command": ["slow"], "within_seconds": 4}, note("after")]
        one = await stage({"end": end})
        one.hangs = True
        await one.performer.end(roof=True)
        assert (
            "Could not run slow at the end, going on: To run slow: it was not done within 4 s." in one.texts()
        )
        assert one.said("warning")[-1][1] == "after"

    async def test_stop_ends_the_list_but_parks_and_closes_all_the_same(self, stage: Any) -> None:
        run = {"do": "run", "command": ["fails"], "on_failure": "stop"}
        one = await stage({"end": [run, note("not said"), PARK, CLOSE, switch("Siren")]})
        one.exit_code = 3
        await one.performer.end(roof=True)
        assert "the list ends here: fails ended with exit code 3." in one.texts()
        assert "not said" not in one.texts()
        assert one.sky.outputs == {}
        assert one.sky.roof.closed

    async def test_an_alarm_calls_a_person_until_the_list_is_carried_out_again(self, stage: Any) -> None:
        run = {"do": "run", "command": ["fails"], "on_failure": "alarm"}
        one = await stage({"end": [PARK, CLOSE, run, note("after")]})
        one.exit_code = 1
        await one.performer.end(roof=True)
        assert one.states(Alarm) == ["could not run fails at the end: fails ended with exit code 1."]
        assert "after" in one.texts()
        one.exit_code = 0
        await one.performer.end(roof=True)
        assert one.states(Alarm)[-1] == ""

    async def test_a_program_s_words_are_in_the_log_and_its_arguments_its_own(self, stage: Any) -> None:
        one = await stage({"end": [PARK, CLOSE, {"do": "run", "command": ["/bin/tell", "a b", "$HOME"]}]})
        await one.performer.end(roof=True)
        assert one.programs == [("/bin/tell", "a b", "$HOME")]
        assert "tell printed: done with it" in one.texts()

    async def test_only_what_makes_safe_is_done_again(self, stage: Any) -> None:
        one = await stage({"end": [note("once"), PARK, CLOSE]})
        await one.performer.end(roof=True, again=True)
        assert "once" not in one.texts()
        assert one.sky.roof.closed

    async def test_the_plan_may_leave_the_roof_open(self, stage: Any) -> None:
        one = await stage({})
        await one.performer.end(roof=False)
        assert one.sky.roof.open

    async def test_the_roof_s_own_list_is_meant_wherever_it_closes(self, stage: Any) -> None:
        lists = {"roof_close": [switch("Motor"), PARK, CLOSE, switch("Motor", 0.0)]}
        one = await stage(lists)
        await one.performer.end(roof=True)
        assert one.sky.roof.closed
        done = [text for _, text in one.said() if "Motor" in text or "closed" in text]
        assert done == ["Done: switch Motor on.", "The roof is closed.", "Done: switch Motor off."]

    async def test_the_roof_does_not_open_when_what_must_come_first_failed(self, stage: Any) -> None:
        siren = {"do": "run", "command": ["siren"], "on_failure": "stop"}
        one = await stage({"roof_open": [siren, OPEN]})
        await one.performer.close_roof()
        one.exit_code = 1
        with pytest.raises(ActionFailed):
            await one.performer.open_roof()
        assert one.sky.roof.closed
        one.exit_code = 0
        await one.performer.open_roof()
        assert one.sky.roof.open

    async def test_after_the_roof_has_moved_a_failure_ends_the_list_only(self, stage: Any) -> None:
        light = {"do": "run", "command": ["light"], "on_failure": "stop"}
        one = await stage({"roof_open": [OPEN, light, note("not said")]})
        await one.performer.close_roof()
        one.exit_code = 1
        await one.performer.open_roof()
        assert one.sky.roof.open
        assert "not said" not in one.texts()

    async def test_the_rules_hold_in_lists_too(self, stage: Any) -> None:
        one = await stage({})
        await one.performer.close_roof()
        one.verdict = Verdict.UNSAFE
        with pytest.raises(Interlocked, match="it is not safe"):
            await one.performer.open_roof()

    async def test_to_close_the_roof_the_telescope_is_parked_first(self, stage: Any) -> None:
        one = await stage({})
        await one.rig.mount.unpark()
        await one.rig.mount.slew(UP)
        await one.performer.close_roof()
        assert one.sky.at_park
        assert one.sky.roof.closed

    async def test_a_roof_that_is_on_its_way_is_stopped_before_it_is_closed(self, stage: Any) -> None:
        one = await stage({})
        one.sky.roof.rest_at(0.2)
        one.sky.roof.begin(1.0, 1 / 20)  # a controller that died was opening it
        await asyncio.sleep(2)
        await one.performer.close_roof()
        assert one.sky.roof.closed
        assert "it is stopped first" in one.texts()

    async def test_cover_and_camera(self, stage: Any) -> None:
        cover = {"driver": "simulator", "name": "Cover"}
        end = [PARK, CLOSE, {"do": "close cover"}, {"do": "warm camera"}]
        one = await stage({"end": end, "roof_open": [OPEN, {"do": "open cover"}]}, cover=cover)
        cooler = one.rig.camera.cooler
        await cooler.aim(-5.0)
        await asyncio.sleep(600)
        await one.performer.end(roof=True)
        assert one.sky.cover.closed
        assert one.sky.chip.aim is None
        await one.performer.open_roof()
        assert one.sky.cover.open

    async def test_who_leaves_does_not_wait_for_a_warm_camera_unless_told(self, stage: Any) -> None:
        one = await stage({})
        await one.rig.camera.cooler.aim(-5.0)
        await one.performer.end(roof=True)
        assert one.sky.chip.aim == -5.0

    async def test_the_first_failure_to_park_leaves_and_the_roof_stays_over_nothing(self, stage: Any) -> None:
        one = await stage({})
        await one.rig.mount.unpark()
        await one.rig.mount.slew(UP)

        async def stuck() -> None:
            raise DeviceError("Mount", "the motor stalled")

        one.gate.mount.park = stuck
        with pytest.raises(DeviceError, match="the motor stalled"):
            await one.performer.end(roof=True)
        assert one.sky.roof.open


@pytest.mark.asyncio
@pytest.mark.looptime
class TestPrompts:
    async def asked(self, stage: Any, **more: Any) -> tuple[Stage, "asyncio.Task[None]"]:
        one = await stage({})
        step = ActionSection.model_validate(
            {"do": "prompt", "text": "Is the dust cap off?", "within_seconds": 60, **more}
        )
        asking = asyncio.create_task(one.performer.perform(step))
        await asyncio.sleep(1)
        return one, asking

    async def test_confirmed_it_goes_on(self, stage: Any) -> None:
        one, asking = await self.asked(stage)
        shown = [message for _, message in one.heard if isinstance(message, NeedsPerson)]
        assert [(s.text, s.answers) for s in shown] == [("Is the dust cap off?", (CONFIRM, REFUSE))]
        with pytest.raises(BadCommand, match="'perhaps' is none of the answers"):
            one.prompts.answer("perhaps")
        one.prompts.answer(CONFIRM)
        await asking
        assert one.states(NeedsPerson)[-1] == ""

    async def test_refused_it_fails(self, stage: Any) -> None:
        one, asking = await self.asked(stage)
        one.prompts.answer(REFUSE)
        with pytest.raises(ActionFailed, match="A person refused"):
            await asking

    async def test_unanswered_it_fails_in_its_time_and_nobody_is_asked_any_more(self, stage: Any) -> None:
        one, asking = await self.asked(stage)
        with pytest.raises(ActionFailed, match="nobody answered within 60 s"):
            await asking
        assert asyncio.get_running_loop().time() == pytest.approx(60, abs=1)
        assert one.states(NeedsPerson)[-1] == ""
        with pytest.raises(BadCommand, match="nothing is asked now"):
            one.prompts.answer(CONFIRM)

    async def test_stopped_the_question_is_withdrawn(self, stage: Any) -> None:
        one, asking = await self.asked(stage)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        assert one.states(NeedsPerson)[-1] == ""

    async def test_two_questions_are_asked_one_after_the_other(self, stage: Any) -> None:
        one, first = await self.asked(stage)
        second = asyncio.create_task(one.prompts.ask("actions", "And the cover?", (CONFIRM, REFUSE)))
        await asyncio.sleep(1)
        assert one.states(NeedsPerson) == ["Is the dust cap off?"]
        one.prompts.answer(CONFIRM)
        await asyncio.sleep(1)
        one.prompts.answer(CONFIRM)
        await asyncio.gather(first, second)
        assert one.states(NeedsPerson) == ["Is the dust cap off?", "", "And the cover?", ""]


def dies(pid: int) -> bool:
    """Does it end, if only as a zombie that its new parent has not reaped yet?"""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 10.0)[0])
    finally:
        os.close(handle)


class TestPrograms:
    """Real ones: what hangs is killed in its time, and its children with it."""

    def performer(self, folder: Path) -> Performer:
        def nobody(_: Message) -> None:
            """Nobody listens."""

        rig_profile = profile()
        rig = Rig(rig_profile, cast(Opener, SimulatorOpener.demo(lambda at: EVENING)), nobody)
        prompts = Questions(nobody, lambda: 0.0)
        return Performer(rig_profile, rig, nobody, prompts, switching(rig), run_program, folder)

    def step(self, *command: str) -> ActionSection:
        return ActionSection.model_validate({"do": "run", "command": command, "within_seconds": 0.5})

    @pytest.mark.asyncio
    async def test_one_that_hangs_dies_with_its_child(self, tmp_path: Path) -> None:
        hang = self.step("sh", "-c", "sleep 300 & echo $! > child; wait")
        with pytest.raises(ActionFailed, match=r"within 0\.5 s"):
            await self.performer(tmp_path).perform(hang)
        assert dies(int((tmp_path / "child").read_text()))

    @pytest.mark.asyncio
    async def test_one_that_does_not_exist_or_fails(self, tmp_path: Path) -> None:
        with pytest.raises(ActionFailed, match="cannot be started"):
            await self.performer(tmp_path).perform(self.step("/no/such/program"))
        with pytest.raises(ActionFailed, match="exit code 1"):
            await self.performer(tmp_path).perform(self.step("false"))
        await self.performer(tmp_path).perform(self.step("true"))

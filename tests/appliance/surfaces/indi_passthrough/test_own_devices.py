"""The box's own devices: made of its states, told to who asked, commanded by the box's own commands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from appliance.api import Api, Arguments, Command
from appliance.bus import Bus, State
from appliance.errors import BadCommand
from appliance.leases import By, LeasesState, Owned
from appliance.outputs.messages import OutputNow, OutputsState
from appliance.profile import GuiderSection, Profile
from appliance.rig import Rig
from appliance.safety.messages import SafetyState
from appliance.sequence.guide_watch import GuidingNow
from appliance.sequence.messages import SequenceState
from appliance.sequence.vitals import RoofNow
from appliance.surfaces.indi_passthrough.outlet import Outlet
from appliance.surfaces.indi_passthrough.own.devices import OwnDevices
from appliance.surfaces.indi_passthrough.own.doing import own_doers
from appliance.surfaces.indi_passthrough.own.house import own_vectors
from appliance.surfaces.indi_passthrough.own.measured import Measured
from appliance.surfaces.indi_passthrough.socket_wire import SocketWire
from hardware.devices import Conditions, CoverState, RoofState
from hardware.indi_wire import Element, ElementScanner, parse_element
from tests.appliance.safety.site import WITH_ROOF
from tests.appliance.surfaces.indi_passthrough.passed_through import new, numbers, switch, values

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
RIG = Profile.model_validate(
    WITH_ROOF
    | {
        "cover": {"driver": "simulator", "name": "Cover"},
        "flat_panel": {"driver": "simulator", "name": "Panel"},
        "output": [{"driver": "simulator", "name": "Heater", "label": "Dew heater"}],
    }
)
ROOF, SEQUENCE, OUTPUTS = "Nightbox Roof", "Nightbox Sequence", "Nightbox Outputs"
RAIN = SafetyState(source="safety", safe=False, reasons=("Weather: rain",))
OPEN, CLOSED = (RoofNow(source="roof", roof=one) for one in (RoofState.OPEN, RoofState.CLOSED))
HEATER = OutputsState(source="outputs", outputs=(OutputNow("Heater", "Dew heater", "fixed", 60.0, ""),))


@dataclass
class Ear(SocketWire):
    """A client's end."""

    heard: list[Element] = field(default_factory=list)
    scanner: ElementScanner = field(default_factory=ElementScanner)

    async def write(self, data: bytes) -> None:
        self.heard += [parse_element(piece.raw) for piece in self.scanner.feed(data) if piece.tag]

    def take(self) -> list[Element]:
        heard, self.heard = self.heard, []
        return heard


@dataclass
class House:
    """Devices of our own, who listens to them, and what was called."""

    own: OwnDevices
    ear: Ear
    outlet: Outlet
    called: list[tuple[str, dict[str, object]]]
    states: list[State]
    refuse: list[str]
    measured: Measured

    def show(self, *states: State) -> None:
        self.states = [*(one for one in self.states if type(one) not in map(type, states)), *states]
        self.own.show(own_vectors(RIG, self.measured, self.states))

    async def ask(self, command: Element) -> list[Element]:
        """What the client hears of it."""
        self.ear.take()
        self.own.command(command, self.outlet.say)
        await asyncio.sleep(5)
        return self.ear.take()


@asynccontextmanager
async def house(*busy: str) -> AsyncIterator[House]:
    bus, called, refuse = Bus(), list[tuple[str, dict[str, object]]](), list[str]()
    bus.publish(HEATER)
    api = Api(bus, lambda: 0.0)

    def register(name: str) -> None:
        class Anything(Arguments):
            name: str = ""
            mode: str = ""
            percent: float = -1.0

        async def run(asked: Anything) -> str:
            await asyncio.sleep(1)
            if name in refuse:
                raise BadCommand(name, "it may not", advice="Wait.")
            called.append((name, asked.model_dump(exclude_unset=True)))
            return "done"

        api.register(Command(name, "", Anything, run))

    for name in ("start", "pause", "stop", "roof_open", "roof_close", "roof_stop", "output"):
        register(name)
    own = OwnDevices(own_doers(RIG, api, cast(Rig, None), lambda: list(busy)))
    ear = Ear.__new__(Ear)
    ear.heard, ear.scanner = [], ElementScanner()
    outlet = Outlet(ear)
    running = asyncio.create_task(outlet.run())
    one = House(own, ear, outlet, called, [HEATER], refuse, Measured())
    one.show()
    try:
        yield one
    finally:
        running.cancel()
        await own.close()


def by_name(heard: list[Element]) -> dict[tuple[str, str], Element]:
    return {(one.device, one.name): one for one in heard}


async def test_every_device_is_one_that_indi_knows() -> None:
    async with house() as one:
        one.show(CLOSED, RAIN)
        one.own.introduce("", "", one.outlet)
        await asyncio.sleep(1)
        heard = by_name(one.ear.take())
        kinds = {device: values(heard[device, "DRIVER_INFO"])["DRIVER_INTERFACE"] for device, _ in heard}
        assert kinds == {
            ROOF: "32", "Nightbox Cover": "512", "Nightbox Flat Panel": "1024", "Nightbox Safety": "128",
            OUTPUTS: "32768", "Nightbox Power": "32768", "Nightbox Environment": "32768", SEQUENCE: "32768",
        }  # fmt: skip
        assert all(values(heard[device, "CONNECTION"])["CONNECT"] == "On" for device in kinds)
        weather = heard["Nightbox Safety", "WEATHER_STATUS"]
        assert (weather.tag, weather.attributes["state"]) == ("defLightVector", "Alert")
        assert values(heard["Nightbox Safety", "SAFETY_REASONS"])["REASONS"] == "Weather: rain"
        assert values(heard[ROOF, "DOME_SHUTTER"]) == {"SHUTTER_OPEN": "Off", "SHUTTER_CLOSE": "On"}
        assert values(heard[ROOF, "DOME_PARK"]) == {"PARK": "On", "UNPARK": "Off"}


async def test_changes_come_to_who_asked_and_nothing_else_does() -> None:
    async with house() as one:
        one.show(CLOSED)
        one.own.introduce(ROOF, "DOME_SHUTTER", one.outlet)
        await asyncio.sleep(1)
        one.ear.take()
        one.show(replace(CLOSED, roof=RoofState.MOVING), RAIN)
        await asyncio.sleep(1)
        (moving,) = one.ear.take()
        assert (moving.name, moving.attributes["state"]) == ("DOME_SHUTTER", "Busy")
        one.show(OPEN)
        await asyncio.sleep(1)
        (opened,) = one.ear.take()
        assert values(opened)["SHUTTER_OPEN"] == "On"
        one.own.forget(one.outlet)
        one.show(CLOSED)
        await asyncio.sleep(1)
        assert one.ear.take() == []
        assert not one.own.watched


@pytest.mark.parametrize(
    ("command", "called"),
    [
        (switch(ROOF, "DOME_SHUTTER", SHUTTER_OPEN="On"), ("roof_open", {})),
        (switch(ROOF, "DOME_PARK", PARK="On", UNPARK="Off"), ("roof_close", {})),
        (switch(ROOF, "DOME_ABORT_MOTION", ABORT="On"), ("roof_stop", {})),
        (switch(SEQUENCE, "SEQUENCE_CONTROL", PAUSE="On"), ("pause", {})),
        (switch(OUTPUTS, "OUTPUT_1", DEW="On"), ("output", {"name": "Heater", "mode": "dew"})),
        (numbers(OUTPUTS, "OUTPUT_1_PERCENT", PERCENT=20.0), ("output", {"name": "Heater", "percent": 20.0})),
    ],
)
async def test_what_is_asked_of_them_are_the_boxs_own_commands(command: Element, called: Any) -> None:
    async with house() as one:
        one.show(CLOSED)
        one.own.introduce("", "", one.outlet)
        heard = await one.ask(command)
        assert one.called == [called]
        told = [one for one in heard if one.name == command.name and one.tag.startswith("set")]
        states = [one.attributes["state"] for one in told]
        assert states[0] == "Busy"
        assert states[-1] in {"Ok", "Idle"}


async def test_a_refusal_says_why_and_what_is_true() -> None:
    async with house() as one:
        one.show(CLOSED)
        one.refuse.append("roof_open")
        heard = await one.ask(switch(ROOF, "DOME_SHUTTER", SHUTTER_OPEN="On"))
        assert heard[0].attributes["state"] == "Alert"
        assert heard[0].attributes["message"] == "roof_open: it may not. Wait."
        assert values(heard[0]) == {"SHUTTER_OPEN": "Off", "SHUTTER_CLOSE": "On"}
        for strange in (
            switch(ROOF, "DOME_SHUTTER", SHUTTER_OPEN="On", SHUTTER_CLOSE="On"),
            switch(ROOF, "DOME_SHUTTER"),
            new("Number", OUTPUTS, "OUTPUT_1_PERCENT", {"PERCENT": "much"}),
            new("Number", OUTPUTS, "OUTPUT_1_PERCENT", {"PERCENT": "1", "MORE": "2"}),
            switch("Nightbox Safety", "WEATHER_STATUS", SAFETY="On"),
            switch(ROOF, "DRIVER_INFO", NAME="On"),
        ):
            heard = await one.ask(strange)
            assert heard[0].attributes["state"] == "Alert", strange
        assert one.called == []
        (told,) = await one.ask(switch(ROOF, "NOTHING", A="On"))
        assert told.attributes["message"] == "There is no NOTHING: nothing was done."
        (told,) = await one.ask(switch(ROOF, "CONNECTION", DISCONNECT="On"))
        assert values(told)["CONNECT"] == "On", "they are always there"


async def test_cover_and_panel_are_the_procedures_while_one_runs() -> None:
    async with house("sequence") as one:
        for command in (
            switch("Nightbox Cover", "CAP_PARK", UNPARK="On"),
            switch("Nightbox Flat Panel", "FLAT_LIGHT_CONTROL", FLAT_LIGHT_ON="On"),
        ):
            heard = await one.ask(command)
            assert "sequence is still running" in heard[0].attributes["message"]


async def test_what_is_measured_and_who_has_what_can_be_read() -> None:
    async with house() as one:
        one.measured.air, one.measured.cover = Conditions(celsius=-3.5), CoverState.CLOSED
        one.show(
            SequenceState(source="sequence", phase="running", target="M33", done=3, total=9),
            LeasesState(source="leases", devices=(Owned("CCD", "Nightbox's sequence", By.PROCEDURE),)),
        )
        one.own.introduce("", "", one.outlet)
        await asyncio.sleep(1)
        heard = by_name(one.ear.take())
        air = values(heard["Nightbox Environment", "ENVIRONMENT"])
        assert (air["WEATHER_TEMPERATURE"], air["WEATHER_HUMIDITY"]) == ("-3.5", "nan")
        assert values(heard["Nightbox Cover", "CAP_PARK"])["PARK"] == "On"
        assert values(heard[SEQUENCE, "SEQUENCE_STATE"])["TARGET"] == "M33"
        assert values(heard[SEQUENCE, "SEQUENCE_PROGRESS"]) == {"DONE": "3", "TOTAL": "9"}
        assert values(heard[SEQUENCE, "LEASES"])["LEASES"] == "CCD: Nightbox's sequence"
        assert heard[OUTPUTS, "OUTPUT_1"].attributes["label"] == "Dew heater"


async def test_a_guider_is_shown_beside_the_sequence_where_there_is_one() -> None:
    now = GuidingNow(source="guider", doing="star lost", rms_px=None, rms_arcsec=0.62)
    guided = RIG.model_copy(update={"guider": GuiderSection()})
    shown = {(one.device, one.name): one for one in own_vectors(guided, Measured(), [now])}
    state, rms = shown[SEQUENCE, "GUIDING_STATE"], shown[SEQUENCE, "GUIDING_RMS"]
    assert (state.state, [item.text for item in state.items]) == ("Alert", ["star lost"])
    assert [item.text for item in rms.items] == ["0.62", "nan"]
    assert not [one for one in own_vectors(RIG, Measured(), [now]) if one.name.startswith("GUIDING")]

"""One rig at one site: the whole file."""

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from appliance.profile.actions import ActionSection, ActionsSection, ListName
from appliance.profile.devices import (
    CLEARS,
    CameraSection,
    DeviceSection,
    IndiSection,
    MonitorSection,
    PowerSection,
    RoofSection,
    SiteSection,
    SourceSection,
    TelescopeSection,
    WeatherSection,
)
from appliance.profile.focusing import FocuserSection
from appliance.profile.guardian import GuardianSection
from appliance.profile.guiding import GuiderSection
from appliance.profile.jsonrpc import JsonRpcSection
from appliance.profile.lists import RigFacts, check_lists, steps
from appliance.profile.outputs import OutputSection
from appliance.profile.panel import (
    MqttSection,
    PanelPart,
    PanelSection,
    PassthroughSection,
    StartupSection,
)
from appliance.profile.pins import check_pins, check_wiring
from appliance.profile.procedures import (
    CentringSection,
    CoolingSection,
    DitherSection,
    FlatsSection,
    FlipSection,
    FocusSection,
    PageSection,
    QualitySection,
    RehearsalSection,
    SolverSection,
    StorageSection,
)
from appliance.profile.programs import ScriptsSection
from appliance.profile.recovery import RecoverySection
from appliance.profile.safety import ConditionsSection, SafetySection
from appliance.profile.section import Section
from hardware.header import gpio_number


def _some(value: Any) -> Any:
    """One [table] where [[several]] may be."""
    return [value] if isinstance(value, dict) else value


class Profile(Section):
    """One rig at one site."""

    name: str
    observer: str = ""
    site: SiteSection
    telescope: TelescopeSection
    camera: CameraSection
    mount: DeviceSection
    focuser: FocuserSection | None = None
    filter_wheel: DeviceSection | None = None
    rotator: DeviceSection | None = None
    guider: GuiderSection | None = None
    roof: RoofSection | None = None
    park_sensor: DeviceSection | None = None
    cover: DeviceSection | None = None
    flat_panel: DeviceSection | None = None
    safety_monitor: Annotated[tuple[MonitorSection, ...], BeforeValidator(_some)] = ()
    output: Annotated[tuple[OutputSection, ...], BeforeValidator(_some)] = ()
    weather: WeatherSection | None = None
    power: PowerSection | None = None
    gnss: DeviceSection | None = None
    board: SourceSection | None = None
    indi: IndiSection = IndiSection()
    focus: FocusSection = FocusSection()
    cooling: CoolingSection = CoolingSection()
    centring: CentringSection = CentringSection()
    dither: DitherSection = DitherSection()
    flip: FlipSection = FlipSection()
    flats: FlatsSection = FlatsSection()
    quality: QualitySection = QualitySection()
    safety: SafetySection = SafetySection()
    recovery: RecoverySection = RecoverySection()
    conditions: ConditionsSection = ConditionsSection()
    guardian: GuardianSection = GuardianSection()
    actions: ActionsSection = ActionsSection()
    solver: SolverSection = SolverSection()
    storage: StorageSection = StorageSection()
    page: PageSection = PageSection()
    panel: PanelSection | None = None
    startup: StartupSection | None = None
    mqtt: MqttSection | None = None
    jsonrpc: JsonRpcSection | None = None
    passthrough: PassthroughSection = PassthroughSection()
    scripts: ScriptsSection = ScriptsSection()
    rehearsal: RehearsalSection = RehearsalSection()

    @model_validator(mode="after")
    def _told_apart(self) -> "Profile":
        for kind, several in (("safety_monitor", self.safety_monitor), ("output", self.output)):
            names = [section.name for section in several]
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise ValueError(f"two of [[{kind}]] are called {twice!r}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _dew_is_known(self) -> "Profile":
        if self.weather is None and (dew := next((one for one in self.output if one.mode == "dew"), None)):
            raise ValueError(
                f'[[output]] {dew.name!r} has mode = "dew": add [weather], or use mode = "fixed"'
            )
        return self

    @model_validator(mode="after")
    def _pins_fit(self) -> "Profile":
        check_pins(self)
        check_wiring(self)
        return self

    @model_validator(mode="after")
    def _one_buzzer(self) -> "Profile":
        """The guardian sounds the panel's buzzer as that is wired."""
        shared = self._guardian_shares()
        if shared is not None and self.guardian.buzzer_active not in {"", shared.setup.get("active", "high")}:
            raise ValueError(
                f'guardian.buzzer_active = "{self.guardian.buzzer_active}" is not what panel.buzzer says of'
                " the same pin; take it out"
            )
        return self

    def _guardian_shares(self) -> PanelPart | None:
        """The panel's buzzer, when it is the guardian's too."""
        buzzer = self.panel.buzzer if self.panel else None
        if buzzer is None or buzzer.driver != "gpio" or not self.guardian.buzzer_pin:
            return None
        same = gpio_number(buzzer.setup.get("pin")) == gpio_number(self.guardian.buzzer_pin)
        return buzzer if same else None

    @property
    def guardian_buzzer_active(self) -> str:
        """The level that sounds the guardian's buzzer, "high" or "low"."""
        shared = self._guardian_shares()
        return self.guardian.buzzer_active or str(shared.setup.get("active", "high") if shared else "high")

    @model_validator(mode="after")
    def _fed_by_what_there_is(self) -> "Profile":
        outputs = {output.name: output for output in self.output}
        if fed := next((output.name for output in self.output if output.power_output), None):
            raise ValueError(f"[[output]] {fed!r} has a power_output; take it out: outputs feed the others")
        for section in self.devices():
            if section.power_output and section.power_output not in outputs:
                wrong = f"power_output = {section.power_output!r} of {section.name} is no [[output]]"
                raise ValueError(f"{wrong}; there are: {', '.join(sorted(outputs)) or 'none'}")
            if section.power_output and outputs[section.power_output].mode != "on":
                name = section.power_output
                raise ValueError(
                    f'[[output]] {name!r} must have mode = "on": as power_output it feeds {section.name}'
                )
        return self

    @model_validator(mode="after")
    def _watchdog_knows_all(self) -> "Profile":
        """INDI's watchdog parks mount and dome by INDI alone, and asks nobody."""
        if not self.guardian.indi_watchdog:
            return self
        if self.mount.driver != "indi" or self.roof is None or self.roof.driver != "indi":
            raise ValueError(
                "guardian.indi_watchdog needs a mount and a roof that are both INDI's; take it out"
            )
        if self.park_sensor is not None:
            raise ValueError(
                "guardian.indi_watchdog would close the roof without asking the park sensor; take it out"
            )
        return self

    @model_validator(mode="after")
    def _can_be_made_safe(self) -> "Profile":
        if self.roof is not None and self.park_sensor is None and not self.roof.clears:
            raise ValueError(
                "[roof] needs [park_sensor], a switch that the parked telescope presses, or else the"
                f' declaration clears_telescope = "{CLEARS}"'
            )
        check_lists(self.actions, self._facts())
        return self

    def steps(self, name: ListName) -> tuple[ActionSection, ...]:
        """That list as it is carried out, the profile's or the usual one, with every limit filled in."""
        return steps(self.actions, self._facts(), name)

    def _facts(self) -> RigFacts:
        roof = self.roof
        return RigFacts(
            has_roof=roof is not None, clears_telescope=roof is not None and roof.clears,
            has_cover=self.cover is not None, outputs=frozenset(one.name for one in self.output),
            motor_seconds=0.0 if roof is None else roof.motor_seconds,
            roof_within_seconds=self.safety.roof_within_seconds,
            degrees_per_minute=self.cooling.degrees_per_minute,
        )  # fmt: skip

    @property
    def power_device(self) -> PowerSection | None:
        """The power supply, when it can be asked."""
        return self.power if self.power is not None and self.power.name else None

    @property
    def lonely(self) -> StartupSection | None:
        """What a start that nobody watches must know; None where somebody sits at a terminal."""
        return self.startup or (StartupSection() if self.panel else None)

    def devices(self) -> tuple[DeviceSection, ...]:
        """Every device that it names."""
        every = (
            self.camera, self.mount, self.focuser, self.filter_wheel,
            self.rotator, self.roof, self.park_sensor, self.cover, self.flat_panel,
            self.guider, self.weather, self.power_device, self.gnss, self.board,
            *self.safety_monitor, *self.output,
            *(self.panel.parts().values() if self.panel else ()),
        )  # fmt: skip
        return tuple(section for section in every if section is not None)

    def drivers(self) -> set[str]:
        """Every driver that its devices need."""
        return {section.driver for section in self.devices()}

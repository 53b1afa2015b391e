"""A profile: one TOML file per rig, checked whole before anything moves; unknown keys are refused by name."""

from appliance.profile.actions import LISTS, ActionSection, ActionsSection, ListName
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
from appliance.profile.focusing import (
    CelsiusSource,
    FilterFocusSection,
    FocuserSection,
    TemperatureSection,
)
from appliance.profile.guardian import GuardianSection
from appliance.profile.guiding import GuiderSection
from appliance.profile.jsonrpc import JsonRpcSection
from appliance.profile.lists import longest_seconds
from appliance.profile.loading import load_profile, load_toml
from appliance.profile.measures import FocusMeasure, FocusStarsSection
from appliance.profile.outputs import Mode, OutputSection
from appliance.profile.panel import MqttSection, PanelPart, PanelSection, PassthroughSection, StartupSection
from appliance.profile.procedures import (
    CentringSection,
    CoolingSection,
    DitherSection,
    FlatsSection,
    FlipSection,
    FocusMethod,
    FocusSection,
    PageSection,
    RehearsalSection,
    SolverSection,
    StorageSection,
)
from appliance.profile.recovery import RecoverySection
from appliance.profile.rig import Profile
from appliance.profile.safety import ConditionsSection, LimitsSection, SafetySection
from appliance.profile.section import Section, Setting

__all__ = [
    "CLEARS",
    "LISTS",
    "ActionSection",
    "ActionsSection",
    "CameraSection",
    "CelsiusSource",
    "CentringSection",
    "ConditionsSection",
    "CoolingSection",
    "DeviceSection",
    "DitherSection",
    "FilterFocusSection",
    "FlatsSection",
    "FlipSection",
    "FocusMeasure",
    "FocusMethod",
    "FocusSection",
    "FocusStarsSection",
    "FocuserSection",
    "GuardianSection",
    "GuiderSection",
    "IndiSection",
    "JsonRpcSection",
    "LimitsSection",
    "ListName",
    "Mode",
    "MonitorSection",
    "MqttSection",
    "OutputSection",
    "PageSection",
    "PanelPart",
    "PanelSection",
    "PassthroughSection",
    "PowerSection",
    "Profile",
    "RecoverySection",
    "RehearsalSection",
    "RoofSection",
    "SafetySection",
    "Section",
    "Setting",
    "SiteSection",
    "SolverSection",
    "SourceSection",
    "StartupSection",
    "StorageSection",
    "TelescopeSection",
    "TemperatureSection",
    "WeatherSection",
    "load_profile",
    "load_toml",
    "longest_seconds",
]

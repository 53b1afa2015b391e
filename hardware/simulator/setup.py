"""Settings of one simulated device, checked by name, kind and sign before it opens."""

from typing import TypeVar

from hardware.devices import DeviceSpec
from hardware.settings import fitted
from hardware.simulator.filters import filters_of
from hardware.simulator.world import (
    CameraModel,
    CoverModel,
    FocuserModel,
    GnssModel,
    GuiderModel,
    MountModel,
    PanelModel,
    ParkSensorModel,
    PowerModel,
    RoofModel,
    RotatorModel,
    WeatherModel,
    WheelModel,
)

M = TypeVar(
    "M", CameraModel, MountModel, FocuserModel, WheelModel, RotatorModel, RoofModel, WeatherModel, GnssModel,
    ParkSensorModel, CoverModel, PanelModel, PowerModel, GuiderModel,
)  # fmt: skip


def with_setup(model: M, spec: DeviceSpec) -> M:
    """The model with the profile's settings; DeviceRefused names what is unknown or does not fit."""
    fit = fitted(model, spec.name, spec.setup)
    if isinstance(fit, WheelModel):
        filters_of(fit, spec.name)
    return fit

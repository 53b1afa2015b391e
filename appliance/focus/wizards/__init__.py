"""Wizards: measure what the profile should say of a focuser. A stopped one goes on where it was."""

from appliance.focus.wizards.backlash import Backlash, measure_backlash
from appliance.focus.wizards.bench import Tools, WizardSettings
from appliance.focus.wizards.calibration import Calibration, calibrate
from appliance.focus.wizards.learning import Learning, learn_v_curve
from appliance.focus.wizards.messages import FocusWizard
from appliance.focus.wizards.notebook import Notebook
from appliance.focus.wizards.proposal import Proposal

__all__ = [
    "Backlash",
    "Calibration",
    "FocusWizard",
    "Learning",
    "Notebook",
    "Proposal",
    "Tools",
    "WizardSettings",
    "calibrate",
    "learn_v_curve",
    "measure_backlash",
]

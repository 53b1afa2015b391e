// Focus: the star, the focuser, focus runs and what makes them due, and what past runs have taught.

import * as runs from "./focus_runs.js";
import * as setup from "./focus_setup.js";
import { follow } from "./live.js";
import * as star from "./focus_star.js";
import * as triggers from "./focus_triggers.js";
import * as turn from "./focus_turn.js";
import * as vcurve from "./focus_run.js";
import * as wizards from "./focus_wizards.js";

let lastPhase = "";

/** A run has ended: the history has one more, and the offers may be others. */
function run(state) {
  vcurve.run(state);
  if (state.phase !== lastPhase && ["done", "failed"].includes(state.phase) && lastPhase) renew();
  lastPhase = state.phase;
}

let renewal = null;
/** The journal has what happened a moment after it did. */
function renew() {
  clearTimeout(renewal);
  renewal = setTimeout(() => (setup.load(), runs.load()), 1500);
}

follow(
  {
    FocusLook: star.look,
    FocusTrend: star.trend,
    FocuserState: turn.focuser,
    FocuserGoal: turn.goal,
    FocusState: run,
    FocusTriggers: triggers.triggers,
    FocusWizard: (state) => (wizards.wizard(state), vcurve.wizard(state)),
    SequenceState: (state) => (vcurve.night(state), triggers.night(state)),
    FocusMoved: renew,
  },
  {
    snapshot: () => {
      lastPhase = "";
      star.clear();
      vcurve.clear();
      triggers.clear();
      wizards.clear();
      setup.load();
      runs.load();
    },
  },
);
setup.whenLoaded((told) => {
  turn.settings(told);
  triggers.settings(told.triggers);
});

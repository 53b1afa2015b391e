// Tonight: what happens and why, what was and will be, and whether everything is ready.

import * as around from "./around.js";
import * as checks from "./checks.js";
import * as coming from "./coming.js";
import * as leases from "./leases.js";
import { follow, time } from "./live.js";
import * as log from "./log.js";
import * as nights from "./nights.js";
import * as rehearsal from "./rehearsal.js";
import * as status from "./status.js";
import * as timeline from "./timeline.js";
import { trend } from "./trend.js";
import * as whys from "./whys.js";

let sequence = null;
let subs = [];

function took(state) {
  const before = sequence;
  sequence = state;
  status.sequence(state);
  status.countdown(state, time());
  checks.phase(state.phase);
  whys.arrange();
  if (before && before.phase !== state.phase) timeline.stir();
  if (before && before.phase !== state.phase && state.phase === "ended") nights.clear();
}

follow(
  {
    SequenceState: took,
    SubSaved: (sub) => {
      trend((subs = [...subs, sub].slice(-200)));
      timeline.stir();
    },
    LastSub: status.lastSub,
    NextEvent: coming.draw,
    Checklist: checks.draw,
    Refusals: whys.draw,
    WeatherState: around.weather,
    PowerState: around.power,
    SafetyState: around.safety,
    ConditionsState: around.conditions,
    RoofNow: (state) => {
      around.roof(state);
      whys.arrange();
    },
    CameraState: status.camera,
    MountState: status.mount,
    FocuserState: status.focuser,
    GuidingNow: status.guiding,
    DiskState: status.disk,
    LeasesState: leases.draw,
    OutputsState: status.outputs,
    RigState: status.rig,
    Rehearsal: rehearsal.draw,
    Said: log.said,
  },
  {
    snapshot: () => {
      subs = [];
      trend(subs);
      sequence = null;
      status.clear();
      leases.clear();
      rehearsal.clear();
      log.clear();
      checks.clear();
      around.clear();
      coming.draw({ at: null });
      whys.draw({ commands: [] });
      timeline.clear();
      nights.clear();
      // A box that has not begun says nothing of its sequence: then it is ready.
      setTimeout(() => sequence ?? checks.phase(""), 1000);
    },
  },
);

setInterval(() => status.countdown(sequence, time()), 250);
setInterval(() => [coming, around, timeline].forEach((one) => one.tick()), 1000);
timeline.tick();

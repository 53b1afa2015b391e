// Tonight: the sequence, the devices, the last sub, the log.

import * as leases from "./leases.js";
import { onLight } from "./light.js";
import { follow, time } from "./live.js";
import * as log from "./log.js";
import * as rehearsal from "./rehearsal.js";
import * as status from "./status.js";
import { trend } from "./trend.js";

let sequence = null;
let subs = [];

follow(
  {
    SequenceState: (state) => {
      sequence = state;
      status.sequence(state);
      status.countdown(state, time());
    },
    SubSaved: (sub) => trend((subs = [...subs, sub].slice(-200))),
    LastSub: status.lastSub,
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
    },
  },
);

onLight(rehearsal.light);
setInterval(() => status.countdown(sequence, time()), 250);

// Align: where it points, what to go to, the slew pad, the framing, the camera's angle.

import * as angle from "./align-angle.js";
import * as frame from "./align-frame.js";
import * as here from "./align-here.js";
import { choose, onFrame } from "./align-object.js";
import * as pad from "./align-pad.js";
import * as search from "./align-search.js";
import { command } from "./link.js";
import { follow } from "./live.js";

let devices = "";

/** What this rig can do is known when its devices are open. */
async function facts() {
  const told = await command("align_facts");
  if (!told.ok) return;
  pad.rig(told.result);
  frame.rig(told.result);
  angle.rig(told.result);
}

function rig(state) {
  const now = state.devices.map((device) => `${device.kind} ${device.open}`).join();
  if (now === devices) return;
  devices = now;
  facts();
}

follow(
  {
    MountState: (state) => {
      here.mount(state);
      frame.mount(state);
      pad.mount(state);
    },
    PointingFound: (found) => {
      here.found(found);
      angle.found(found);
      frame.found(found);
    },
    PadState: pad.state,
    RotatorState: angle.rotator,
    RigState: rig,
  },
  {
    snapshot: () => {
      devices = "";
      here.clear();
      angle.clear();
      pad.clear();
      facts();
    },
    down: pad.letGo,
  },
);

search.begin((object) => {
  choose(object);
  frame.suggest(object);
});
frame.begin(angle.wanted);
angle.begin(frame.angle);
pad.begin();
onFrame(frame.frameObject);

// Turning the focuser by hand.

import { $, grouped, known, say, show } from "./draw.js";
import { ask } from "./focus_ask.js";
import { command } from "./link.js";
import { temperature } from "./units.js";
import { tell, complain } from "./toast.js";
import { t } from "./words.js";

const here = $("turn") !== null;
const FINE = 4; // parts of the step between two samples of a focus run
const FAR = 2; // such steps
let [position, travel, sizes] = [null, null, {}];

export function focuser(state) {
  if (!here) return;
  position = state.position;
  say("turn-position", grouped(position));
  say("turn-celsius", known(state.celsius) ? temperature(state.celsius) : "");
  mark();
}

export function goal(state) {
  if (!here) return;
  show("turn-goal", known(state.goal));
  show("turn-stop", known(state.goal));
  if (known(state.goal)) say("turn-goal", t("on its way to {position}", { position: grouped(state.goal) }));
}

/** Steps suit this telescope: they come from the profile. */
export function settings(told) {
  if (!here || !told.focuser) return;
  const step = told.settings.step;
  const [fine, far] = [round(step / FINE), round(step * FAR)];
  sizes = { "in-far": -far, in: -fine, out: fine, "out-far": far };
  for (const [name, size] of Object.entries(sizes)) {
    $(`turn-${name}`).disabled = false;
    say($(`turn-${name}`).querySelector("small"), grouped(Math.abs(size)));
  }
  travel = told.focuser.travel;
  if (position === null && known(told.focuser.position)) focuser({ position: told.focuser.position });
  limits();
}

/** To two digits: nobody counts in steps of 138. */
const round = (steps) => Math.max(1, Number(steps.toPrecision(2)));

function limits() {
  if (!travel) return;
  say("turn-low", grouped(travel[0]));
  say("turn-high", grouped(travel[1]));
  $("turn-to").min = travel[0];
  $("turn-to").max = travel[1];
  mark();
}

function mark() {
  if (!travel || position === null) return;
  const part = (position - travel[0]) / (travel[1] - travel[0] || 1);
  $("turn-mark").style.insetInlineStart = `${Math.min(Math.max(part, 0), 1) * 100}%`;
}

async function press(name) {
  const told = await command("focuser_move", { steps: sizes[name] });
  if (!told.ok) complain(told);
}

if (here) {
  for (const name of ["in-far", "in", "out", "out-far"]) $(`turn-${name}`).addEventListener("click", () => press(name));
  $("turn-stop").addEventListener("click", () => ask("focuser_stop", {}, $("turn-stop")));
  $("turn-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = await ask("focuser", { position: Math.round(Number($("turn-to").value)) });
    if (told.ok) tell(t("The focuser is there."));
  });
}

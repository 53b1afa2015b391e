// Beside the V-curve: how far the triggers are, and what a wizard does and has found.

import { $, fixed, known, say, show } from "./draw.js";

const MARKERS = { gathering: "gathering", armed: "armed", due: "due" };
let [told, has] = [null, { curve: false, triggers: false, wizard: false }];

export function clear() {
  [told, has] = [null, { curve: false, triggers: false, wizard: false }];
  triggersLine("");
  wizardLines([]);
  card();
}

/** There is a V-curve now. */
export function drawn() {
  has.curve = true;
  card();
}

export function triggers(state) {
  const words = [wish(state), temperature(state)].filter(Boolean).join(" · ");
  has.triggers = words !== "";
  triggersLine(words);
  card();
}

function wish(state) {
  if (state.paused) return "Focus runs are paused";
  return state.asap ? "Focusing after this sub" : "";
}

/** The marker: readings are gathered, then the mean is compared with the last focus. */
function temperature(state) {
  if (!MARKERS[state.marker]) return "";
  if (state.marker === "gathering") return `Temperature: gathering ${state.readings} of ${state.wanted}`;
  const change = known(state.celsius) && known(state.reference) ? state.celsius - state.reference : null;
  return `Temperature: ${MARKERS[state.marker]}, ${fixed(change, 1, " °C")} since focus`;
}

function triggersLine(text) {
  show("focus-triggers", text !== "");
  say("focus-triggers", text);
}

export function wizard(state) {
  told = state;
  has.wizard = true;
  wizardLines(told.phase === "running" ? [told.doing] : told.result);
  card();
}

function wizardLines(lines) {
  show("focus-wizard", lines.length > 0);
  say("focus-wizard", lines.join("\n"));
}

function card() {
  show("focus", has.curve || has.triggers || has.wizard);
  $("curve").toggleAttribute("hidden", !has.curve);
}

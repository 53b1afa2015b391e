// Beside the V-curve: how far the triggers are, and what a wizard does and has found.

import { $, known, say, show } from "./draw.js";
import { warmer } from "./units.js";
import { t } from "./words.js";

const MARKERS = { gathering: t("gathering"), armed: t("armed"), due: t("due") };
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
  if (state.paused) return t("Focus runs are paused");
  return state.asap ? t("Focusing after this sub") : "";
}

/** The marker: readings are gathered, then the mean is compared with the last focus. */
function temperature(state) {
  if (!MARKERS[state.marker]) return "";
  if (state.marker === "gathering") return t("Temperature: gathering {readings} of {wanted}", state);
  const change = known(state.celsius) && known(state.reference) ? state.celsius - state.reference : null;
  return t("Temperature: {marker}, {change} since focus", { marker: MARKERS[state.marker], change: warmer(change) });
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
  show("focus-empty", $("focus").hidden);
  $("curve").toggleAttribute("hidden", !has.curve);
}

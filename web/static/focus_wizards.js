// The focuser's wizards: begun, watched, ended, and what they propose taken over.

import { $, say, show } from "./draw.js";
import { ask, keep, make } from "./focus_ask.js";
import { load } from "./focus_setup.js";
import { t } from "./words.js";

const PHASES = { running: t("Running"), done: t("Done"), stopped: t("Stopped: it goes on when it is started again within an hour."), failed: t("It came to nothing.") };
const here = $("wizard-now") !== null;

export function clear() {
  if (!here) return;
  show("wizard-now", false);
  say("wizards-note", "");
}

export function wizard(state) {
  if (!here) return;
  const runs = state.phase === "running";
  show("wizard-now", true);
  if (runs) $("fold-wizards").open = true;
  say("wizards-note", (PHASES[state.phase] ?? "").split(":")[0]);
  say("wizard-name", state.wizard);
  say("wizard-doing", runs ? [state.doing, t("{n} samples", { n: state.samples })].filter(Boolean).join(" · ") : PHASES[state.phase]);
  show("wizard-progress", runs);
  show("wizard-cancel", runs);
  for (const button of document.querySelectorAll("[data-wizard]")) button.disabled = runs;
  const told = state.result.filter((line) => !/^\[|^\w+ = /.test(line)); // the values stand below
  $("wizard-result").replaceChildren(...told.map((line) => make("li", "", line)));
  const values = state.proposals ?? [];
  $("proposals").replaceChildren(...values.flatMap((one) => [make("dt", "", `${one.table}.${one.key}`), make("dd", "", "", make("b", "", String(one.value)), " ", make("span", "", one.why))]));
  show("wizard-take", state.phase === "done" && values.length > 0);
}

if (here) {
  for (const button of document.querySelectorAll("[data-wizard]")) {
    button.addEventListener("click", () => ask(`focus_${button.dataset.wizard}`, { wait: false }, button));
  }
  $("wizard-cancel").addEventListener("click", () => ask("focus_cancel", {}, $("wizard-cancel")));
  $("wizard-take").addEventListener("click", async () => {
    if ((await keep("focus_take_over", {}, $("wizard-take"))).ok) load();
  });
}

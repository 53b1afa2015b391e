// The guiding graph, how well it goes over what is shown, and what the guider does now.

import { poll } from "./asking.js";
import { $, fixed, known, say, tone } from "./draw.js";
import { graph } from "./guidegraph.js";
import { follow, time } from "./live.js";
import { GUIDING } from "./phases.js";
import { t } from "./words.js";

const KEPT = 2000; // entries, more than half an hour
const truth = { entries: [], newest: 0, unit: "px", minutes: 5 };

function take(told) {
  if (told.newest < truth.newest) truth.entries = []; // the box has begun anew
  truth.entries = [...truth.entries, ...told.entries].slice(-KEPT);
  Object.assign(truth, { newest: told.newest, unit: told.unit });
  say("guide-profile", told.profile || "–");
  draw();
}

function draw() {
  const until = time();
  const since = until - 60 * truth.minutes;
  const shown = truth.entries.filter((one) => one.at >= since);
  const steps = shown.filter((one) => !one.what);
  const unit = truth.unit === "arcsec" ? "″" : " px";
  const rms = (of) => (steps.length ? Math.sqrt(steps.reduce((sum, step) => sum + of(step), 0) / steps.length) : null);
  say("rms-total", fixed(rms((step) => step.ra ** 2 + step.dec ** 2), 2, unit));
  say("rms-ra", fixed(rms((step) => step.ra ** 2), 2, unit));
  say("rms-dec", fixed(rms((step) => step.dec ** 2), 2, unit));
  const last = steps.at(-1);
  say("snr", last && known(last.snr) ? fixed(last.snr, 0) : "–");
  say("dithers", String(shown.filter((one) => one.what === "dither").length));
  graph($("guide-graph"), shown, { since, until, unit });
}

function doing(state) {
  const [words, how] = GUIDING[state.doing] ?? [state.doing, "unknown"];
  tone($("guide-doing"), how);
  say($("guide-doing").querySelector("b"), words);
}

function choose(minutes) {
  truth.minutes = minutes;
  for (const button of document.querySelectorAll("[data-minutes]")) button.setAttribute("aria-pressed", String(Number(button.dataset.minutes) === minutes));
  draw();
}

if ($("guide-graph")) {
  const again = poll(() => `/more/guiding/steps?after=${truth.newest}`, take, 2);
  for (const button of document.querySelectorAll("[data-minutes]")) button.addEventListener("click", () => choose(Number(button.dataset.minutes)));
  document.addEventListener("answered", again);
  follow({ GuidingNow: (state) => (doing(state), again()) }, { snapshot: () => ((truth.newest = 0), (truth.entries = []), again()) });
}

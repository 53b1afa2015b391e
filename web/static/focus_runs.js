// Past focus runs: the newest first, each opens its V-curve.

import { $, fixed, grouped, icon, known, say, shape, show } from "./draw.js";
import { ask, make } from "./focus_ask.js";
import { draw, legend, sign } from "./focus_curve.js";
import { line } from "./focus_run.js";
import { when } from "./focus_setup.js";
import { command } from "./link.js";
import { t } from "./words.js";

const COUNT = 10;
const here = $("runs") !== null;
let oldest = 0;

/** From the newest on. */
export async function load() {
  if (!here) return;
  const told = await command("focus_history", { count: COUNT });
  if (!told.ok) return;
  $("runs").replaceChildren();
  add(told.result);
  show("runs-empty", told.result.total === 0);
  say("history-note", told.result.total ? String(told.result.total) : "");
}

function add({ runs, more }) {
  $("runs").append(...runs.map(row));
  oldest = runs.at(-1)?.id ?? oldest;
  show("runs-more", more);
}

function row(one) {
  const failed = known(one.failure);
  const result = failed ? t("no focus") : `HFR ${fixed(one.hfr, 2)}`;
  const head = make("summary", "", "", icon(failed ? "warn" : "good", "badge"), make("span", "run-when", when(one.ended)), make("b", "", [one.filter, known(one.position) ? grouped(one.position) : ""].filter(Boolean).join(" · ") || "–"), make("span", "run-result", result));
  const inside = make("div", "inside");
  const made = make("details", "", "", head, inside);
  made.dataset.tone = failed ? "warn" : "good";
  head.dataset.tone = made.dataset.tone;
  made.addEventListener("toggle", () => made.open && !inside.childElementCount && open(one, inside));
  return make("li", "", "", made);
}

async function open(one, inside) {
  inside.append(make("p", "advice", [t("Why: {reason}", { reason: one.reason }), one.plan].filter(Boolean).join(" · ")), make("p", "advice", line(one)));
  if (known(one.failure)) inside.append(make("p", "problem", "", icon("warn"), make("span", "", one.failure)));
  const told = await ask("focus_run", { id: one.id });
  if (!told.ok) return;
  const run = { ...told.result, best_position: one.position, best_hfr: one.hfr, none: t("No points were measured") };
  const drawing = shape("svg", { viewBox: "0 0 340 210", class: "plot curve", role: "img" });
  draw(drawing, run);
  inside.append(drawing, make("ul", "legend", "", ...legend(run).map(([look, words]) => make("li", "", "", sign(look), words))));
}

if (here) {
  $("runs-more").addEventListener("click", async () => {
    const told = await ask("focus_history", { before: oldest, count: COUNT }, $("runs-more"));
    if (told.ok) add(told.result);
  });
}

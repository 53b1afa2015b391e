// The run that goes on, or the newest one: its V-curve grows point by point.

import { $, fixed, grouped, known, say, show } from "./draw.js";
import { ask, make, signed } from "./focus_ask.js";
import { draw, legend, sign } from "./focus_curve.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const WORDS = { sampling: t("Sampling"), validating: t("Checking"), done: t("In focus"), failed: t("Failed") };
const AT_WORK = ["starting", "running", "waiting", "paused", "stopping"];
const GOING = ["sampling", "validating"];
const METHODS = {
  sweep: t("Sweep"), learned: t("Learned, few frames"), sgp: t("Trend lines"), dynamic: t("Dynamic"), v_curve: t("V-curve"),
  iterative: t("Iterative"), bright_star: t("Bright star"), planet: t("Planet"), "v-curve learning": t("V-curve learning"),
};
const NOTHING = { phase: "none", points: [], curve: [], lost: [], reason: "", filter: "", problem: "", total: 0, best_position: null, best_hfr: null, goodness: null, method: "", start: null, expected: null, predicted_hfr: null, check: null };
let now = { state: NOTHING, night: "", wizard: "" };

export const method = (name) => METHODS[name] ?? name;

export function clear() {
  now = { state: NOTHING, night: "", wizard: "" };
  run(NOTHING);
}

export function run(state) {
  now.state = state;
  $("focus").dataset.phase = state.phase;
  say("focus-title", state.filter ? `${t("Autofocus")} · ${state.filter}` : t("Autofocus"));
  say("focus-state", headline(state));
  draw($("curve"), { ...state, none: state.phase === "none" ? t("A V-curve grows here.") : state.phase === "failed" ? t("No points were measured") : t("Waiting for the first point") });
  $("curve-legend").replaceChildren(...legend(state).map(([look, words]) => make("li", "", "", sign(look), words)));
  figures(state);
  say("focus-words", about(state));
  show("focus-problem", Boolean(state.problem));
  say($("focus-problem").querySelector("span"), state.problem || "");
  buttons();
}

function headline(state) {
  if (state.phase === "sampling") return state.total ? t("Point {n} of {total}", { n: state.points.length + state.lost.length, total: state.total }) : t("Point {n}", { n: state.points.length });
  return WORDS[state.phase] ?? t("No run yet");
}

function figures(state) {
  show("focus-figures", known(state.best_position));
  const measured = state.phase === "done" ? (state.check?.hfr ?? state.best_hfr) : state.check?.hfr;
  say("focus-best", known(state.best_position) ? grouped(state.best_position) : "–");
  say("focus-promised", fixed(state.predicted_hfr, 2));
  say("focus-measured", fixed(measured ?? null, 2));
  say("focus-goodness", known(state.goodness) ? `${Math.round(state.goodness * 100)} %` : "–");
}

function about(state) {
  const words = [];
  if (state.reason) words.push(t("Why: {reason}", { reason: state.reason }));
  if (state.method) words.push(method(state.method));
  if (known(state.start) && known(state.best_position)) words.push(t("{steps} steps from the start", { steps: signed(state.best_position - state.start) }));
  if (known(state.expected)) words.push(t("past runs put it at {position}", { position: grouped(state.expected) }));
  return words.join(" · ");
}

/** A wizard draws its V-curves here, too. */
export function wizard(state) {
  now.wizard = state.phase;
  buttons();
}

export function night(state) {
  now.night = state.phase;
  buttons();
}

/** By hand while no night runs; else a wish, and the night fulfils it. */
function buttons() {
  if (!$("run-now")) return;
  const atWork = AT_WORK.includes(now.night);
  const going = GOING.includes(now.state.phase) || now.wizard === "running";
  show("run-now", !atWork && !going);
  show("run-again", !atWork && !going && now.state.phase === "done");
  show("run-asap", atWork && !going);
  show("run-cancel", !atWork && going);
}

/** Below a past run: what a person reads of it in one line. */
export function line(one) {
  const words = [method(one.method), known(one.exposures) && t("{n} frames", { n: one.exposures }), known(one.goodness) && t("curve {n} %\u00a0good", { n: Math.round(one.goodness * 100) }), known(one.celsius) && temperature(one.celsius)];
  return words.filter(Boolean).join(" · ");
}

if ($("run-now")) {
  $("run-now").addEventListener("click", () => ask("autofocus", { wait: false }, $("run-now")));
  $("run-again").addEventListener("click", () => ask("autofocus", { wait: false, again: true }, $("run-again")));
  $("run-asap").addEventListener("click", () => ask("focus_asap", {}, $("run-asap")));
  $("run-cancel").addEventListener("click", () => ask("focus_cancel", {}, $("run-cancel")));
}

// The V-curve, drawn as SVG.

import { $, fixed, grouped, known, say, scale, shape, show, ticks } from "./draw.js";
import { t } from "./words.js";

const BOX = { left: 34, right: 330, top: 14, bottom: 164 };
const WORDS = { sampling: t("Sampling"), validating: t("Checking"), done: t("In focus"), failed: t("Failed") };

export function focus(state) {
  $("focus").dataset.phase = state.phase;
  say("focus-title", state.filter ? `${t("V-curve")} · ${state.filter}` : t("V-curve"));
  say("focus-state", headline(state));
  show("focus-problem", Boolean(state.problem));
  say("focus-problem", state.problem || "");
  const drawing = $("curve");
  const measured = state.points.filter((point) => known(point.hfr));
  drawing.replaceChildren(...(measured.length ? parts({ ...state, points: measured }) : waiting(state)));
  drawing.setAttribute("aria-label", inWords(state));
}

function headline(state) {
  if (state.phase === "sampling") return state.total ? t("Point {n} of {total}", { n: state.points.length, total: state.total }) : t("Point {n}", { n: state.points.length });
  if (state.phase === "done" && state.best_hfr !== null) return `HFR ${fixed(state.best_hfr, 2)}`;
  return WORDS[state.phase] ?? state.phase;
}

function inWords(state) {
  const best = state.best_position === null ? t("no best position yet") : t("best position {position}, HFR {hfr} pixels", { position: state.best_position, hfr: fixed(state.best_hfr, 2) });
  return t("V-curve, {n} points, {best}", { n: state.points.length, best });
}

function waiting(state) {
  return [shape("text", { x: 170, y: 95, class: "none" }, state.phase === "failed" ? t("No points were measured") : t("Waiting for the first point"))];
}

function parts(state) {
  const positions = [...state.points.map((p) => p.position), ...state.curve.map((c) => c[0])];
  const heights = [...state.points.map((p) => p.hfr), ...state.curve.map((c) => c[1])];
  let [low, high] = [Math.min(...positions), Math.max(...positions)];
  if (low === high) [low, high] = [low - 100, high + 100];
  const margin = (high - low) * 0.04;
  const top = Math.max(...heights) * 1.06;
  const x = scale(low - margin, high + margin, BOX.left, BOX.right);
  const y = scale(0, top, BOX.bottom, BOX.top);
  return [...grid(low, high, top, x, y), ...line(state, x, y), ...best(state, x, y), ...dots(state, x, y)];
}

function grid(low, high, top, x, y) {
  const made = [shape("text", { x: 2, y: BOX.top - 3, class: "tick" }, "HFR px")];
  for (const value of ticks(0, top, 4)) {
    made.push(shape("line", { x1: BOX.left, x2: BOX.right, y1: y(value), y2: y(value), class: "grid" }));
    made.push(shape("text", { x: BOX.left - 6, y: y(value) + 4, class: "tick end" }, String(+value.toFixed(2))));
  }
  for (const value of ticks(low, high, 5)) {
    made.push(shape("text", { x: x(value), y: BOX.bottom + 18, class: "tick mid" }, grouped(value)));
  }
  return made;
}

function line(state, x, y) {
  if (state.curve.length < 2) return [];
  const points = state.curve.map(([position, hfr]) => `${x(position).toFixed(1)},${y(hfr).toFixed(1)}`).join(" ");
  return [shape("polyline", { points, class: "fit" })];
}

function best(state, x, y) {
  if (state.best_position === null) return [];
  const at = x(state.best_position);
  const middle = Math.min(Math.max(at, BOX.left + 40), BOX.right - 40);
  const made = [
    shape("line", { x1: at, x2: at, y1: BOX.top + 12, y2: BOX.bottom, class: "best" }),
    shape("text", { x: middle, y: BOX.top + 5, class: "best-label mid" }, grouped(state.best_position)),
  ];
  if (state.best_hfr !== null) made.push(shape("circle", { cx: at, cy: y(state.best_hfr), r: 7, class: "best-ring" }));
  return made;
}

function dots(state, x, y) {
  return state.points.map((point) => {
    const [cx, cy] = [x(point.position), y(point.hfr)];
    if (point.used) return shape("circle", { cx, cy, r: 4, class: "dot" });
    return shape("path", { d: `M${cx - 4} ${cy - 4}l8 8m0-8l-8 8`, class: "dot out" });
  });
}

// RA and Dec error over time as SVG; dithers, settling and lost stars marked by shape.

import { shape, scale, ticks } from "./draw.js";
import { t } from "./words.js";

const BOX = { left: 34, top: 12, bottom: 166 };
const LOW = { width: 340, height: 190 }; // of a phone; a wide screen shows it longer, not larger
const SMALLEST = 1; // ± of the scale: calm guiding looks calm
const GAP = 15; // seconds without a step: the line is broken
const MARKS = { dither: "dither", settled: "settled", "not settled": "dither", "star lost": "lost-star", paused: "settled", stopped: "settled", guiding: "settled", calibrating: "settled" };

export function graph(drawing, entries, { since, until, unit }) {
  const steps = entries.filter((one) => !one.what);
  const reach = Math.max(SMALLEST, ...steps.flatMap((step) => [Math.abs(step.ra), Math.abs(step.dec)])) * 1.05;
  const width = Math.max(LOW.width, Math.round((LOW.height * drawing.clientWidth) / (drawing.clientHeight || LOW.height)));
  const right = width - 6;
  drawing.setAttribute("viewBox", `0 0 ${width} ${LOW.height}`);
  const x = scale(since, until, BOX.left, right);
  const y = scale(-reach, reach, BOX.bottom, BOX.top);
  drawing.replaceChildren(...grid(since, until, reach, { unit, right }, x, y), ...marks(entries, x), ...lines(steps, x, y));
  drawing.setAttribute("aria-label", inWords(entries, steps));
  if (!steps.length) drawing.append(shape("text", { x: (BOX.left + right) / 2, y: 84, class: "tick mid" }, t("No guiding in this time")));
}

function inWords(entries, steps) {
  const lost = entries.filter((one) => one.what === "star lost").length;
  const dithers = entries.filter((one) => one.what === "dither").length;
  return t("Guiding graph: {steps} steps, {dithers} dithers, star lost {lost} times", { steps: steps.length, dithers, lost });
}

function grid(since, until, reach, { unit, right }, x, y) {
  const made = [shape("text", { x: 2, y: BOX.top - 3, class: "tick" }, unit.trim() || "px")];
  for (const value of ticks(-reach, reach, 5)) {
    made.push(shape("line", { x1: BOX.left, x2: right, y1: y(value), y2: y(value), class: Math.abs(value) < 1e-9 ? "grid zero" : "grid" }));
    made.push(shape("text", { x: BOX.left - 5, y: y(value) + 4, class: "tick end" }, String(+value.toFixed(2)).replace("-", "−")));
  }
  for (const minutes of ticks(0, (until - since) / 60, 5)) {
    const at = until - 60 * minutes;
    made.push(shape("text", { x: Math.max(x(at), BOX.left + 12), y: BOX.bottom + 18, class: minutes ? "tick mid" : "tick end" }, minutes ? `−${minutes} min` : t("now")));
  }
  return made;
}

function marks(entries, x) {
  return entries.filter((one) => one.what).flatMap((one) => {
    const [at, look] = [x(one.at), MARKS[one.what] ?? "settled"];
    if (look === "lost-star") return [shape("path", { d: `M${at - 4} ${BOX.top}l8 8m0 -8l-8 8`, class: look }, "")];
    const [from, to] = look === "dither" ? [BOX.top, BOX.bottom] : [BOX.bottom - 8, BOX.bottom];
    return [shape("line", { x1: at, x2: at, y1: from, y2: to, class: look })];
  });
}

function lines(steps, x, y) {
  return ["ra", "dec"].flatMap((axis) => pieces(steps).map((piece) =>
    shape("polyline", { points: piece.map((step) => `${x(step.at).toFixed(1)},${y(step[axis]).toFixed(1)}`).join(" "), class: axis })));
}

function pieces(steps) {
  const found = [];
  steps.forEach((step, index) => {
    if (!index || step.at - steps[index - 1].at > GAP) found.push([]);
    found.at(-1).push(step);
  });
  return found;
}

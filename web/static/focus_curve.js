// A V-curve as SVG: of the run that goes on, and of any past one.

import { fixed, grouped, known, scale, shape, ticks } from "./draw.js";
import { t } from "./words.js";

const BOX = { left: 34, right: 330, top: 24, bottom: 178 };
const WHY = {
  outlier: t("the others contradict it"),
  wing: t("too far out of focus to tell"),
  "": t("left out"),
};

/** Draw it; `run` has points, curve, best_position, best_hfr, and may have lost, check, start, expected. */
export function draw(drawing, run) {
  const points = run.points.filter((point) => known(point.hfr));
  drawing.replaceChildren(...(points.length ? parts({ lost: [], ...run, points }) : [shape("text", { x: 170, y: 105, class: "none" }, run.none)]));
  drawing.setAttribute("aria-label", inWords(run));
}

/** What of the marks is in this drawing, for a legend: [mark, words]. */
export function legend(run) {
  const rejected = run.points.filter((point) => point.used === false);
  const every = [
    run.points.length && ["dot", t("sample")],
    ...["outlier", "wing", ""].map((why) => rejected.some((point) => (point.why ?? "") === why) && [why === "wing" ? "wing" : "out", WHY[why]]),
    run.lost?.length && ["lost", t("too few stars")],
    run.check && ["check", t("frame at the result")],
    known(run.expected) && ["expected", t("where past runs put it")],
    known(run.start) && ["start", t("start")],
  ];
  return every.filter(Boolean);
}

/** One mark alone. */
export function sign(look) {
  const drawing = shape("svg", { viewBox: "0 0 16 16", class: "plot curve mark", "aria-hidden": "true" });
  drawing.append(mark(look, 8, 8));
  return drawing;
}

function inWords(run) {
  const best = known(run.best_position) ? t("best position {position}, HFR {hfr} pixels", { position: run.best_position, hfr: fixed(run.best_hfr, 2) }) : t("no best position yet");
  return t("V-curve, {n} points, {best}", { n: run.points.length, best });
}

function parts(run) {
  const places = [...run.points.map((p) => p.position), ...run.curve.map((c) => c[0]), ...run.lost, run.best_position].filter(known);
  const heights = [...run.points.map((p) => p.hfr), ...run.curve.map((c) => c[1]), run.check?.hfr].filter(known);
  let [low, high] = [Math.min(...places), Math.max(...places)];
  if (low === high) [low, high] = [low - 100, high + 100];
  const margin = (high - low) * 0.05;
  const x = scale(low - margin, high + margin, BOX.left, BOX.right);
  const y = scale(0, Math.max(...heights) * 1.06, BOX.bottom, BOX.top);
  const inside = (place) => known(place) && place >= low - margin && place <= high + margin;
  return [...grid(low, high, Math.max(...heights) * 1.06, x, y), ...upright(run, x, inside), ...line(run, x, y), ...best(run, x, y), ...samples(run, x, y)];
}

function grid(low, high, top, x, y) {
  const made = [shape("text", { x: 2, y: 12, class: "tick" }, "HFR px")];
  for (const value of ticks(0, top, 4)) {
    made.push(shape("line", { x1: BOX.left, x2: BOX.right, y1: y(value), y2: y(value), class: "grid" }));
    made.push(shape("text", { x: BOX.left - 6, y: y(value) + 4, class: "tick end" }, String(+value.toFixed(2))));
  }
  for (const value of ticks(low, high, 4)) made.push(shape("text", { x: x(value), y: BOX.bottom + 24, class: "tick mid" }, grouped(value)));
  return made;
}

function upright(run, x, inside) {
  const made = [];
  if (inside(run.expected)) made.push(shape("line", { x1: x(run.expected), x2: x(run.expected), y1: BOX.top, y2: BOX.bottom, class: "expected" }));
  if (inside(run.start)) made.push(mark("start", x(run.start), BOX.bottom + 5));
  for (const place of run.lost) made.push(mark("lost", x(place), BOX.bottom - 6));
  return made;
}

function line(run, x, y) {
  if (run.curve.length < 2) return [];
  return [shape("polyline", { points: run.curve.map(([place, hfr]) => `${x(place).toFixed(1)},${y(hfr).toFixed(1)}`).join(" "), class: "fit" })];
}

function best(run, x, y) {
  if (!known(run.best_position)) return [];
  const at = x(run.best_position);
  const made = [
    shape("line", { x1: at, x2: at, y1: BOX.top, y2: BOX.bottom, class: "best" }),
    shape("text", { x: Math.min(Math.max(at, BOX.left + 30), BOX.right - 30), y: 16, class: "best-label mid" }, grouped(run.best_position)),
  ];
  if (run.check) made.push(mark("check", at, y(run.check.hfr)));
  else if (known(run.best_hfr)) made.push(shape("circle", { cx: at, cy: y(run.best_hfr), r: 7, class: "best-ring" }));
  return made;
}

function samples(run, x, y) {
  return run.points.map((point) => {
    const look = point.used !== false ? "dot" : point.why === "wing" ? "wing" : "out";
    const made = mark(look, x(point.position), y(point.hfr));
    const why = look === "dot" ? "" : `, ${WHY[point.why ?? ""]}`;
    made.append(shape("title", {}, `${grouped(point.position)}: HFR ${fixed(point.hfr, 2)}, ${t("{n} stars", { n: point.stars })}${why}`));
    return made;
  });
}

function mark(look, x, y) {
  const paths = {
    out: `M${x - 4} ${y - 4}l8 8m0-8l-8 8`,
    lost: `M${x - 4} ${y - 4}h8v8h-8z`,
    check: `M${x} ${y - 7}l7 7-7 7-7-7z`,
    start: `M${x - 4} ${y + 5}l4-7 4 7z`,
    expected: `M${x} ${y - 7}v14`,
  };
  if (look === "dot") return shape("circle", { cx: x, cy: y, r: 4, class: "dot" });
  if (look === "wing") return shape("circle", { cx: x, cy: y, r: 4, class: "wing" });
  return shape("path", { d: paths[look], class: look });
}

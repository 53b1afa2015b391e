// The night as a drawing: how high everything stands, how dark it is, what was taken and what is planned.

import { inWords } from "./coming.js";
import { $, made, minute, say, scale, shape, show } from "./draw.js";
import { command } from "./link.js";
import { time } from "./live.js";
import { t } from "./words.js";

const FRESH = 300; // seconds after which the box is asked anew
const SOON = 20; // and after something has happened
const HOUR = 3600;
const edges = { left: 26, right: 6, top: 20, bottom: 22 };
let night = null; // what the box has told
let axes = null;
let due = 0;
let asking = false;

export function clear() {
  night = null;
  due = 0;
}

/** Something has happened that the drawing shows. */
export function stir() {
  due = Math.min(due, time() + SOON);
}

/** Every second: ask when it is time, and move the line of now. */
export function tick() {
  if (!$("timeline")) return;
  if (!asking && !document.hidden && time() >= due) ask();
  if (axes) now();
}

async function ask() {
  asking = true;
  due = time() + FRESH;
  const told = await command("tonight");
  asking = false;
  if (!told.ok) return say("timeline-empty", told.sentence);
  night = told.result;
  for (const id of ["timeline-figure", "timeline-key", "timeline-more"]) show(id, Boolean(night.sky));
  show("timeline-empty", !night.sky);
  if (!night.sky) return say("timeline-empty", t("It does not get dark enough here tonight."));
  say("timeline-span", t("dark from {begin} to {end}", { begin: minute(night.sky.dark[0]), end: minute(night.sky.dark[1]) }));
  draw();
  $("timeline-targets").replaceChildren(...night.sky.targets.map(target));
  $("timeline-coming").replaceChildren(...night.coming.map(moment));
}

/** In the width that there is, so that letters are as large as all others. */
function draw() {
  const svg = $("timeline-svg");
  const width = Math.max(240, svg.parentElement.clientWidth);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const height = Math.round(Math.min(330, width * 0.62)) * Math.max(1, rem * 0.8);
  const frame = { left: edges.left * rem, right: width - edges.right, top: edges.top * rem, bottom: height - edges.bottom * rem };
  const { sky } = night;
  axes = { x: scale(sky.from, sky.to, frame.left, frame.right), y: scale(0, 90, frame.bottom, frame.top), frame, rem };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  svg.setAttribute("aria-label", aria());
  svg.replaceChildren(...darkness(), ...waits(), ...grid(width), ...moon(), ...curves(), shape("rect", { class: "past", id: "timeline-past" }), ...done(), ...events(), ...names(), nowLine());
  now();
}

function aria() {
  const names = night.sky.targets.map((one) => one.name).join(", ");
  return t("Altitudes of {names} and the Moon from {begin} to {end}", { names, begin: minute(night.sky.from), end: minute(night.sky.to) });
}

const band = (begins, ends, look) => {
  const { x, frame } = axes;
  const from = Math.max(frame.left, x(begins));
  return shape("rect", { x: from, y: frame.top, width: Math.max(0, Math.min(frame.right, x(ends)) - from), height: frame.bottom - frame.top, class: look });
};

function darkness() {
  return night.sky.bands.map(([kind, begins, ends]) => band(begins, ends, `sky ${kind}`));
}

function waits() {
  return night.waited.map((one) => {
    const place = band(one.begins, one.ends ?? time(), "waited");
    place.append(shape("title", {}, one.why));
    return place;
  });
}

function grid(width) {
  const { x, y, frame, rem } = axes;
  const parts = [];
  for (const degrees of [0, 30, 60, 90]) {
    parts.push(shape("line", { x1: frame.left, x2: frame.right, y1: y(degrees), y2: y(degrees), class: "grid" }));
    parts.push(shape("text", { x: frame.left - 4, y: y(degrees) + 4 * rem, class: "tick end" }, `${degrees}°`));
  }
  const hours = (night.sky.to - night.sky.from) / HOUR;
  const step = [1, 2, 3, 4, 6].find((one) => (hours / one) * 48 * rem < width) ?? 6;
  const first = new Date(night.sky.from * 1000);
  first.setMinutes(60, 0, 0);
  for (let at = first.getTime() / 1000; at < night.sky.to; at += HOUR) {
    if (new Date(at * 1000).getHours() % step) continue;
    parts.push(shape("line", { x1: x(at), x2: x(at), y1: frame.bottom, y2: frame.bottom + 4, class: "grid" }));
    if (x(at) > frame.left + 12 && x(at) < frame.right - 14 * rem) parts.push(shape("text", { x: x(at), y: frame.bottom + 16 * rem, class: "tick mid" }, minute(at)));
  }
  return parts;
}

const points = (piece) => piece.map(([at, height]) => `${axes.x(at).toFixed(1)},${axes.y(height).toFixed(1)}`).join(" ");
const line = (piece, look) => shape("polyline", { points: points(piece), class: look });

function moon() {
  return night.sky.moon.curves.map((piece) => line(piece, "moon"));
}

/** The part of a curve between two moments, with its ends in their places. */
function part(curve, begins, ends) {
  return curve.curves.map((piece) => {
    const inside = piece.filter(([at]) => at > begins && at < ends);
    const [first, last] = [piece[0][0], piece[piece.length - 1][0]];
    const from = Math.max(begins, first);
    const to = Math.min(ends, last);
    return from < to ? [[from, height(curve, from)], ...inside, [to, height(curve, to)]] : [];
  }).filter((piece) => piece.length > 1);
}

/** How high a target stands, null below the horizon. */
function height(curve, at) {
  for (const piece of curve.curves) {
    const after = piece.findIndex(([moment]) => moment >= at);
    if (after < 0 || at < piece[0][0]) continue;
    if (after === 0) return piece[0][1];
    const [[a, low], [b, high]] = [piece[after - 1], piece[after]];
    return low + ((at - a) / (b - a || 1)) * (high - low);
  }
  return null;
}

function curves() {
  const { targets } = night.sky;
  const whole = targets.flatMap((one) => one.curves.map((piece) => line(piece, "height")));
  const usable = targets.flatMap((one) => one.windows.flatMap(([begins, ends]) => part(one, begins, ends).map((piece) => line(piece, "usable"))));
  const planned = night.stints.flatMap((one) => part(targets[one.index], one.begins, one.ends).map((piece) => line(piece, "stint")));
  return [...whole, ...planned, ...usable];
}

function done() {
  const by = new Map(night.sky.targets.map((one) => [one.name, one]));
  const taken = night.taken.filter((one) => by.has(one.target)).flatMap((one) => part(by.get(one.target), one.begins, one.ends).map((piece) => {
    const made = line(piece, "taken");
    made.append(shape("title", {}, `${one.target} ${one.filter} ${minute(one.begins)}–${minute(one.ends)}: ${one.count}`));
    return made;
  }));
  const { x, frame } = axes;
  const focused = night.focused.map((one) => {
    const [cx, cy] = [x(one.at), frame.bottom - 6];
    const made = one.failure
      ? shape("path", { d: `M${cx - 4} ${cy - 4}l8 8m0-8l-8 8`, class: "focus bad" })
      : shape("path", { d: `M${cx} ${cy - 5}l5 5-5 5-5-5z`, class: "focus" });
    made.append(shape("title", {}, `${minute(one.at)} ${t("Focus run")} ${one.filter}`));
    return made;
  });
  return [...taken, ...focused];
}

/** Flips, past and to come. */
function events() {
  const { x, frame, rem } = axes;
  const flips = [...night.flipped.map((one) => ({ ...one, look: "flip" })), ...night.flips.map((one) => ({ ...one, look: "flip ahead" }))];
  return flips.flatMap((one) => [
    shape("line", { x1: x(one.at), x2: x(one.at), y1: frame.top, y2: frame.bottom, class: one.look }),
    shape("text", { x: Math.min(Math.max(x(one.at), frame.left + 30 * rem), frame.right - 30 * rem), y: frame.top - 6 * rem, class: "flip-name mid" }, `${t("flip")} ${minute(one.at)}`),
  ]);
}

/** Each name at the top of its curve, one below the other where they would meet. */
function names() {
  const { x, y, frame, rem } = axes;
  const placed = [];
  const lit = Math.round(100 * night.sky.moon.lit);
  const all = [...night.sky.targets.map((one) => [one.name, one.curves, "name mid"]), [`${t("Moon")} ${lit} %`, night.sky.moon.curves, "moon-name mid"]];
  return all.flatMap(([words, pieces, look]) => {
    const every = pieces.flat();
    if (!every.length) return [];
    const [at, top] = every.reduce((best, point) => (point[1] > best[1] ? point : best));
    if (top < 4) return [];
    const half = words.length * 3.6 * rem;
    const across = Math.min(Math.max(x(at), frame.left + half + 2), frame.right - half - 2);
    let down = Math.max(y(top) - 8 * rem, frame.top + 12 * rem);
    while (placed.some(([a, d, h]) => Math.abs(across - a) < half + h && Math.abs(down - d) < 14 * rem)) down += 14 * rem;
    placed.push([across, down, half]);
    return [shape("text", { x: across, y: down, class: look }, words)];
  });
}

function nowLine() {
  const group = shape("g", { class: "now-line", id: "timeline-now" });
  group.append(shape("line", {}), shape("circle", { r: 3.5 }));
  return group;
}

function now() {
  const { x, frame } = axes;
  const at = x(time());
  const inside = at >= frame.left && at <= frame.right;
  const gone = Math.min(Math.max(at, frame.left), frame.right) - frame.left;
  for (const [name, value] of Object.entries({ x: frame.left, y: frame.top, width: gone, height: frame.bottom - frame.top })) $("timeline-past").setAttribute(name, value);
  $("timeline-now").toggleAttribute("hidden", !inside);
  if (!inside) return;
  const [stroke, dot] = $("timeline-now").children;
  for (const [name, value] of Object.entries({ x1: at, x2: at, y1: frame.top, y2: frame.bottom })) stroke.setAttribute(name, value);
  dot.setAttribute("cx", at);
  dot.setAttribute("cy", frame.top);
}

/** One target in words: when it can be taken, how far it is. */
function target(one, index) {
  const entry = made("li");
  const { planned, saved } = night.progress[index];
  const windows = one.windows.map(([begins, ends]) => `${minute(begins)}–${minute(ends)}`).join(", ");
  entry.dataset.tone = one.windows.length ? "" : "warn";
  entry.append(made("b", one.name), made("span", windows || t("not tonight")), made("span", planned ? `${saved} / ${planned}` : `${saved}`, "count"));
  return entry;
}

function moment(one) {
  const entry = made("li");
  entry.append(made("time", minute(one.at)), made("span", inWords(one)));
  return entry;
}

/** Where the finger is: the time, and how high everything stands then. */
function read(event) {
  if (!axes) return;
  const box = $("timeline-svg").getBoundingClientRect();
  const [low, high] = [axes.frame.left, axes.frame.right];
  const across = Math.min(Math.max(event.clientX - box.left, low), high);
  const at = night.sky.from + ((across - low) / (high - low)) * (night.sky.to - night.sky.from);
  const heights = [...night.sky.targets, { name: t("Moon"), curves: night.sky.moon.curves }]
    .map((one) => [one.name, height(one, at)])
    .filter(([, degrees]) => degrees !== null)
    .map(([name, degrees]) => `${name} ${Math.round(degrees)}°`);
  say("timeline-read", [minute(at), ...heights].join(" · "));
}

if ($("timeline")) {
  for (const kind of ["pointerdown", "pointermove"]) $("timeline-svg").addEventListener(kind, read);
  new ResizeObserver(() => night?.sky && draw()).observe($("timeline-figure"));
}

// The live look at a star: its picture, its profile, its sizes, and how they have changed.

import { $, fixed, grouped, icon, known, say, scale, shape, show, ticks } from "./draw.js";
import { ask } from "./focus_ask.js";
import { remember } from "./focus_memory.js";
import { time } from "./live.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const STILL = 20000; // ms between two words that somebody still looks
const FULL = 0.85; // of what the camera can tell: brighter stars lie about their size
const ENDED = { "nobody looks any more": t("Ended: nobody looked any more"), "its time is over": t("Ended: its time is over"), "it failed": t("Ended: it failed") };
let now = { running: false };

export function clear() {
  now = { running: false };
  look({ running: false, profile: [], stars: null, star: null, frame: 0, picture: 0, ended: "" });
  show("trend", false);
}

export function look(state) {
  now = state;
  document.body.classList.toggle("looking", state.running);
  say("look-state", headline(state));
  say("look-hfr", fixed(state.hfr, 2));
  say("look-fwhm", fixed(state.fwhm, 2));
  say("look-stars", known(state.stars) ? String(state.stars) : "–");
  show("look-start", !state.running);
  show("look-stop", state.running);
  show("look-other", state.running && state.stars > 1);
  peak(state);
  picture(state);
  profile(state);
}

function headline(state) {
  if (!state.running) return ENDED[state.ended] ?? t("Not looking");
  if (!state.frame) return t("Taking the first frame…");
  return state.stars ? t("Frame {n}, {seconds} s", { n: state.frame, seconds: +state.seconds.toFixed(2) }) : t("Frame {n}: no stars", { n: state.frame });
}

function peak(state) {
  const part = state.star ? state.star.peak / state.full_well : null;
  const bright = part !== null && part >= FULL;
  const place = $("look-peak");
  place.dataset.tone = part === null ? "unknown" : bright ? "warn" : "good";
  place.replaceChildren(...(part === null ? ["–"] : [bright ? icon("warn", "badge") : "", `${Math.round(part * 100)}\u202f%${bright ? ` ${t("too bright")}` : ""}`]));
}

function picture(state) {
  const has = state.picture > 0;
  show("star-picture", has);
  show("star-empty", !has);
  const address = `/focus/star.jpg?frame=${state.picture}-${Math.round(time() / 60)}`;
  if (has && $("star-picture").dataset.frame !== String(state.picture)) {
    $("star-picture").dataset.frame = String(state.picture);
    $("star-picture").src = address;
  }
}

/** Light over the distance from the middle, mirrored: it looks like the star cut in half. */
function profile(state) {
  const drawing = $("star-profile");
  if (!state.profile.length) return void drawing.replaceChildren(shape("text", { x: 100, y: 80, class: "none" }, t("No profile yet")));
  const reach = state.profile.at(-1)[0];
  const top = Math.max(...state.profile.map((ring) => ring[1]), 1);
  const x = scale(-reach, reach, 6, 194);
  const y = scale(0, top * 1.08, 128, 8);
  const half = [...state.profile].reverse().map(([radius, light]) => [-radius, light]);
  const points = [...half, ...state.profile].map(([radius, light]) => `${x(radius).toFixed(1)},${y(Math.max(light, 0)).toFixed(1)}`);
  const parts = [shape("line", { x1: 6, x2: 194, y1: y(0), y2: y(0), class: "grid" })];
  parts.push(shape("polygon", { points: [`${x(-reach)},${y(0)}`, ...points, `${x(reach)},${y(0)}`].join(" "), class: "light" }));
  parts.push(shape("polyline", { points: points.join(" "), class: "fit" }));
  if (known(state.star?.hfr)) parts.push(...width(state.star.hfr, x, y(0)));
  for (const value of ticks(0, reach, 3)) for (const side of value ? [-value, value] : [0]) parts.push(shape("text", { x: x(side), y: 144, class: "tick mid" }, String(Math.abs(side))));
  drawing.replaceChildren(...parts);
  drawing.setAttribute("aria-label", t("Profile of the star: HFR {hfr}, FWHM {fwhm} pixels", { hfr: fixed(state.star?.hfr ?? null, 2), fwhm: fixed(state.star?.fwhm ?? null, 2) }));
}

function width(hfr, x, bottom) {
  return [-hfr, hfr].map((at) => shape("line", { x1: x(at), x2: x(at), y1: 16, y2: bottom, class: "half" })).concat(shape("text", { x: x(hfr) + 3, y: 20, class: "tick" }, "HFR"));
}

/** The newest hundred frames: sizes as a line, turns of the focuser as marks below it. */
export function trend(state) {
  const frames = state.frames;
  show("trend", frames.length > 1);
  if (frames.length < 2) return;
  const sizes = frames.map((frame) => frame.hfr);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  const room = Math.max((high - low) * 0.12, 0.05);
  const x = scale(0, Math.max(frames.length - 1, 20), 34, 332);
  const y = scale(low - room, high + room, 74, 8);
  const points = sizes.map((hfr, n) => `${x(n).toFixed(1)},${y(hfr).toFixed(1)}`).join(" ");
  const parts = ticks(low, high, 3).flatMap((value) => [shape("line", { x1: 34, x2: 332, y1: y(value), y2: y(value), class: "grid" }), shape("text", { x: 30, y: y(value) + 4, class: "tick end" }, String(+value.toFixed(2)))]);
  for (const n of turns(frames)) parts.push(shape("path", { d: `M${x(n - 0.5)} 76v10m-3-4l3 4 3-4`, class: "turned" }));
  parts.push(shape("polyline", { points, class: "fit" }));
  sizes.forEach((hfr, n) => parts.push(frames[n].sub ? shape("rect", { x: x(n) - 2, y: y(hfr) - 2, width: 4, height: 4, class: "dot" }) : shape("circle", { cx: x(n), cy: y(hfr), r: n === sizes.length - 1 ? 4 : 1.8, class: "dot" })));
  $("trend-svg").replaceChildren(...parts);
  caption(frames, low, high);
}

const turns = (frames) => frames.map((frame, n) => n).filter((n) => n && known(frames[n].position) && known(frames[n - 1].position) && frames[n].position !== frames[n - 1].position);

function caption(frames, low, high) {
  const last = frames.at(-1);
  const words = [t("HFR of the last {n} frames: {low} to {high} px", { n: frames.length, low: fixed(low, 2), high: fixed(high, 2) })];
  if (known(last.position)) words.push(t("at {position}", { position: grouped(last.position) }));
  if (known(last.celsius)) words.push(temperature(last.celsius));
  if (turns(frames).length) words.push(t("arrows: the focuser was turned"));
  say("trend-caption", words.join(" · "));
  $("trend-svg").setAttribute("aria-label", words.join(", "));
}

function asked() {
  const chosen = (name) => Number(document.querySelector(`[name="look-${name}"]:checked`).value);
  return { seconds: Number($("look-seconds").value) || 2, binning: chosen("binning"), crop_percent: chosen("crop") };
}

$("look-start").addEventListener("click", () => ask("focus_look", asked(), $("look-start")));
$("look-stop").addEventListener("click", () => ask("focus_look", { do: "stop" }, $("look-stop")));
$("look-other").addEventListener("click", () => ask("focus_look", { do: "other star" }, $("look-other")));
$("look-form").addEventListener("change", () => {
  remember("look", asked());
  if (now.running) ask("focus_look", asked());
});
setInterval(() => now.running && !document.hidden && ask("focus_look", { do: "go on" }), STILL);
const before = remember("look");
if (before) {
  $("look-seconds").value = before.seconds;
  for (const name of ["binning", "crop"]) {
    const radio = document.querySelector(`[name="look-${name}"][value="${before[name === "crop" ? "crop_percent" : name]}"]`);
    if (radio) radio.checked = true;
  }
}

// The status strip of every page: one shape and one short word for each part of the box; old values are greyed.

import { $, clock, fixed, grouped, known, say, span, tone } from "./draw.js";
import { time } from "./live.js";
import { GUIDING, PHASES } from "./phases.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const OLD = 20; // seconds: what is looked up every few seconds and is older is not true any more
const LOOKED_UP = ["mount", "camera", "disk"]; // the others are told when they change
const seen = new Map(); // item: when the box last looked
const KIND = { mount: "mount", camera: "camera", guider: "guiding" };
const safety = { safe: undefined, roof: "", alarm: new Set() };
let sequence = null;
let foreseen = null;

function put(name, word, look, more = "") {
  const place = $(`strip-${name}`);
  if (!place) return;
  tone(place, look);
  say(place.querySelector("b"), word);
  place.title = more || word;
}

export function clear() {
  seen.clear();
  Object.assign(safety, { safe: undefined, roof: "", alarm: new Set() });
  sequence = foreseen = null;
  for (const place of document.querySelectorAll(".strip a")) put(place.id.slice(6), "–", "unknown");
}

export function mount(state, update) {
  seen.set("mount", update.at);
  if (state.parked) put("mount", t("Parked"), "off");
  else if (state.tracking) put("mount", `${fixed(state.alt_deg, 0)}°`, "good", t("Tracking, {degrees}° high", { degrees: fixed(state.alt_deg, 0) }));
  else put("mount", t("Still"), "warn", t("Not tracking"));
}

export function camera(state, update) {
  seen.set("camera", update.at);
  if (!known(state.celsius)) return put("camera", t("On"), "good");
  const near = !known(state.target_celsius) || Math.abs(state.celsius - state.target_celsius) < 1;
  put("camera", temperature(state.celsius, 0).replace(" ", "\u202f"), near ? "good" : "busy");
}

export function guiding(state) {
  const [word, look] = GUIDING[state.doing] ?? [state.doing, "off"];
  const error = known(state.rms_arcsec) ? fixed(state.rms_arcsec, 2, "″") : known(state.rms_px) ? fixed(state.rms_px, 2, " px") : word;
  put("guiding", state.doing === "guiding" ? error : word, look, word);
}

export function disk(state, update) {
  if (!known(state.free_bytes)) return;
  seen.set("disk", update.at);
  const free = state.free_bytes / 1e9;
  const look = free < 2 ? "bad" : free < 10 ? "warn" : "good";
  put("disk", `${free >= 10 ? grouped(free) : free.toFixed(1)}\u202fGB`, look);
}

/** A device that is lost: what was last known of it is not true any more. */
export function rig(state) {
  for (const device of state.devices) {
    const name = KIND[device.kind];
    if (!name || !$(`strip-${name}`)) continue;
    if (!device.open) put(name, t("Lost"), "bad", device.name);
  }
}

export function safe(state) {
  safety.safe = state.safe;
  protect();
}

export function roof(state) {
  safety.roof = state.roof;
  protect();
}

export function alarm(state) {
  if (state.text) safety.alarm.add(state.source);
  else safety.alarm.delete(state.source);
  protect();
}

/** Safe or not comes first; where the roof is, is the word when all is well. */
function protect() {
  const at = { open: t("Open"), closed: t("Closed"), moving: t("Moving"), unknown: t("Half-way") }[safety.roof];
  const odd = safety.roof === "moving" || safety.roof === "unknown";
  if (safety.alarm.size) put("roof", t("Alarm"), "bad");
  else if (safety.safe === false) put("roof", t("Unsafe"), "bad", at);
  else if (safety.safe === null) put("roof", at ?? t("Unknown"), "warn", t("Safety unknown"));
  else if (safety.safe || at) put("roof", at ?? t("Safe"), odd ? "busy" : "good", t("Safe"));
}

/** What comes next tonight, and when. */
export function next(state) {
  foreseen = state;
  tick();
}

export function night(state) {
  sequence = state;
  tick();
}

const COMES = {
  wait: t("The wait is over"), dusk: t("Dusk"), flip: t("Meridian flip"), focus: t("Focus run"), done: t("The plan is complete"), dawn: t("Dawn"),
};

const PHASE_TONE = { running: "good", starting: "busy", stopping: "busy", waiting: "busy", paused: "warn", failed: "bad", ended: "good", idle: "off" };

/** Every second: when the next thing happens, else what is left of the exposure; and what has grown old. */
export function tick() {
  for (const name of LOOKED_UP) $(`strip-${name}`)?.classList.toggle("old", seen.has(name) && time() - seen.get(name) > OLD);
  if (!sequence && !foreseen) return;
  const look = PHASE_TONE[sequence?.phase] ?? "off";
  const left = known(sequence?.exposing_until) ? sequence.exposing_until - time() : -1;
  const wait = known(foreseen?.at) ? foreseen.at - time() : -1;
  if (wait > 0) put("next", wait < 3600 ? t("{n} min", { n: Math.ceil(wait / 60) }) : clock(foreseen.at).slice(0, 5), look, `${COMES[foreseen.kind] ?? foreseen.target}, ${clock(foreseen.at).slice(0, 5)}`);
  else if (left > 0) put("next", span(left), look, t("Sub {n} of {total}", { n: sequence.done + 1, total: sequence.total }));
  else if (sequence) put("next", PHASES[sequence.phase] ?? sequence.phase, look, sequence.doing);
}

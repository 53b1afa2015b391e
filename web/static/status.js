// The night at a glance: phase, countdown, devices, the last sub.

import { $, clock, fixed, grouped, known, say, show, span } from "./draw.js";
import { GUIDING, PHASES } from "./phases.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

/** Back to an empty page: a new life of the box may know nothing of the old one. */
export function clear() {
  for (const place of [...$("tiles").children, $("picture"), $("figures"), $("subs")]) place.hidden = true;
  show("sub-empty", true);
  delete $("picture").dataset.address;
  $("now").dataset.phase = "unknown";
  for (const [id, text] of Object.entries({ phase: t("Waiting"), target: t("No plan yet"), doing: "", "sub-name": "" })) say(id, text);
}

export function sequence(state) {
  $("now").dataset.phase = state.phase;
  say("phase", PHASES[state.phase] ?? state.phase);
  say("target", state.target || state.plan || t("No target yet"));
  say("doing", state.doing);
  show("filter", Boolean(state.filter));
  say("filter", state.filter);
  show("subs", state.total > 0);
  say("count", t("{done} of {total} subs saved", state));
  $("bar").setAttribute("aria-valuemax", state.total);
  $("bar").setAttribute("aria-valuenow", state.done);
  $("bar-fill").style.width = `${state.total ? (100 * state.done) / state.total : 0}%`;
}

/** The ring: what is left of this exposure by the box's clock. */
export function countdown(state, time) {
  const { exposing_since: since, exposing_until: until } = state ?? {};
  if (state?.waiting && known(state.until)) return ring(0, waited(state.until - time), t("to go"));
  if (!known(since) || !known(until)) return ring(0, RESTING[state?.phase] ?? "–", "");
  const left = until - time;
  const part = Math.min(1, Math.max(0, (time - since) / (until - since || 1)));
  if (left <= 0) return ring(1, "···", t("reading out"));
  ring(part, span(left), t("of {time}", { time: span(until - since) }));
}

/** A long wait needs no seconds. */
const waited = (left) => (left >= 3600 ? span(left).slice(0, -3).replace(":", "\u202fh\u202f") : span(left));

const RESTING = { waiting: "···", paused: "❚❚", ended: "✓", failed: "!", running: "···", starting: "···", stopping: "···" };

function ring(part, words, below) {
  $("arc").classList.toggle("empty", part === 0);
  $("arc").style.strokeDashoffset = 100 - 100 * part;
  say("left", words);
  say("left-of", below);
}

function tile(name, big, small, tone = "") {
  const place = $(`tile-${name}`);
  place.hidden = false;
  place.dataset.tone = tone;
  say(place.querySelector("b"), big);
  say(place.querySelector("span"), small);
}

export function camera(state) {
  const goal = known(state.target_celsius) ? t("to {temperature}", { temperature: temperature(state.target_celsius, 0) }) : "";
  const power = known(state.cooler_percent) ? `${fixed(state.cooler_percent, 0)} %` : "";
  const near = !known(state.target_celsius) || !known(state.celsius) || Math.abs(state.celsius - state.target_celsius) < 1;
  tile("camera", temperature(state.celsius), [goal, power].filter(Boolean).join(" · "), near ? "" : "busy");
}

export function mount(state) {
  const doing = state.parked ? t("Parked") : state.tracking ? t("Tracking") : t("Not tracking");
  const height = known(state.alt_deg) ? t("{degrees}° high", { degrees: fixed(state.alt_deg, 0) }) : "";
  const side = state.pier_side && !/unknown/i.test(state.pier_side) ? (/east/i.test(state.pier_side) ? t("east side") : t("west side")) : "";
  tile("mount", doing, [height, side].filter(Boolean).join(" · "), state.parked || state.tracking ? "" : "warn");
}

export function focuser(state) {
  tile("focuser", grouped(state.position), known(state.celsius) ? temperature(state.celsius) : t("steps"));
}

export function guiding(state) {
  const [words, tone] = GUIDING[state.doing] ?? [state.doing, "off"];
  const error = known(state.rms_arcsec) ? fixed(state.rms_arcsec, 2, "″ RMS") : known(state.rms_px) ? fixed(state.rms_px, 2, " px RMS") : "";
  tile("guiding", words, known(state.lost_since) ? t("since {time}", { time: clock(state.lost_since) }) : error, tone);
}

export function disk(state) {
  if (!known(state.free_bytes)) return;
  const free = state.free_bytes / 1e9;
  tile("disk", free >= 10 ? `${grouped(free)} GB` : `${free.toFixed(1)} GB`, free < 2 ? t("nearly full") : t("free"), free < 2 ? "bad" : free < 10 ? "warn" : "");
}

export function outputs(state) {
  if (!state.outputs.length) return;
  const on = state.outputs.filter((output) => output.percent > 0).length;
  const each = state.outputs.map((output) => `${output.label} ${known(output.percent) ? fixed(output.percent, 0, " %") : "?"}`);
  tile("outputs", on ? t("{n} on", { n: on }) : t("All off"), each.join(" · "), state.outputs.every((output) => known(output.percent)) ? "" : "warn");
}

export function rig(state) {
  const missing = state.devices.filter((device) => !device.open);
  if (!missing.length) tile("rig", t("All well"), t("{n} devices", { n: state.devices.length }));
  else tile("rig", t("{n} lost", { n: missing.length }), missing.map((d) => d.name || d.kind).join(", "), "bad");
}

export function lastSub(state) {
  show("sub-empty", false);
  show("figures", true);
  say("sub-name", [state.target, state.filter, t("no. {number}", state)].filter(Boolean).join(" · "));
  say("hfr", fixed(state.hfr, 2, " px"));
  say("stars", known(state.stars) ? grouped(state.stars) : "–");
  say("error", offset(state.error_arcsec));
  picture(state);
}

function offset(arcsec) {
  if (!known(arcsec)) return "–";
  return arcsec < 100 ? fixed(arcsec, 1, "″") : fixed(arcsec / 60, 1, "′");
}

function picture(state) {
  const address = `/preview.jpg?v=${encodeURIComponent(state.file || state.number)}`;
  if ($("picture").dataset.address === address) return;
  const fresh = new Image();
  fresh.onload = () => {
    $("picture").dataset.address = address;
    $("picture").href = $("preview").src = address;
    $("preview").alt = t("Preview of sub {number}, {target} {filter}", state);
    show("picture", true);
  };
  fresh.src = address;
}

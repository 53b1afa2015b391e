// How far the triggers are: which of them calls for the next focus run, and when.

import { $, fixed, icon, known, say, show, span, tone } from "./draw.js";
import { ask, make } from "./focus_ask.js";
import { time } from "./live.js";
import { UNIT, warmer } from "./units.js";
import { t } from "./words.js";

const EVERY = 15000; // ms: minutes pass without a word from the box
const NOTHING = { marker: "off", readings: 0, wanted: 0, celsius: null, reference: null, subs: 0, since: null, asap: false, paused: false, every_subs: 0, every_minutes: 0, on_celsius: 0, on_hfr_percent: 0, hfr_percent: null };
let [now, plan, phase] = [NOTHING, null, ""];

export function clear() {
  [now, phase] = [NOTHING, ""];
  draw();
}

export function triggers(state) {
  now = state;
  draw();
}

export function night(state) {
  phase = state.phase;
  draw();
}

/** What the plan asks for, also while no night runs. */
export function settings(told) {
  plan = told;
  draw();
}

/** The engine's own numbers once a night has them, else the plan's. */
function limits() {
  const own = now.every_subs || now.every_minutes || now.on_celsius || now.on_hfr_percent;
  return own || !plan ? now : { every_subs: plan.subs, every_minutes: plan.minutes, on_celsius: plan.celsius, on_hfr_percent: plan.hfr_percent };
}

function draw() {
  if (!$("triggers")) return;
  const [name, words] = now.paused ? ["warn", t("Paused")] : now.asap ? ["busy", t("After this sub")] : now.marker === "due" ? ["busy", t("Due")] : ["good", t("Watching")];
  tone($("triggers-state"), name);
  say($("triggers-state").querySelector("b"), words);
  const rows = [subs(), minutes(), temperature(), stars()].filter(Boolean);
  $("meters").replaceChildren(...rows);
  say("triggers-words", rows.length ? others() : t("The plan's triggers by number are off.") + " " + others());
  show("triggers-pause", !now.paused);
  show("triggers-resume", now.paused);
}

function meter(title, words, part, over) {
  const fill = make("span");
  fill.style.inlineSize = `${Math.min(Math.max(part, 0), 1) * 100}%`;
  const row = make("li", "", "", make("p", "", "", make("b", "", title), make("span", "", words)), make("div", "meter", "", fill));
  row.dataset.tone = over ? "busy" : "good";
  if (over) row.firstChild.prepend(icon("busy", "badge"));
  return row;
}

function subs() {
  const every = limits().every_subs;
  return every ? meter(t("Subs"), t("{n} of {total}", { n: now.subs, total: every }), now.subs / every, now.subs >= every) : null;
}

function minutes() {
  const every = limits().every_minutes;
  if (!every) return null;
  const past = known(now.since) ? Math.max(0, (time() - now.since) / 60) : 0;
  return meter(t("Minutes"), t("{n} of {total}", { n: Math.floor(past), total: Math.round(every) }), past / every, past >= every);
}

function temperature() {
  const limit = limits().on_celsius;
  if (!limit) return null;
  if (now.marker === "gathering") return meter(t("Temperature"), t("gathering {n} of {total} readings", { n: now.readings, total: now.wanted }), 0, false);
  if (!known(now.celsius) || !known(now.reference)) return meter(t("Temperature"), t("at {limit}", { limit: warmer(limit) }), 0, false);
  const change = now.celsius - now.reference;
  const marker = now.marker === "due" ? t("due") : t("armed"); // not within the call below: texts in texts are not collected
  const words = t("{change} of {limit} {unit}, {marker}", { change: warmer(change).replace(` ${UNIT}`, ""), limit: warmer(limit).replace(` ${UNIT}`, ""), unit: UNIT, marker });
  return meter(t("Temperature"), words, Math.abs(change) / limit, now.marker === "due");
}

function stars() {
  const limit = limits().on_hfr_percent;
  if (!limit) return null;
  const words = known(now.hfr_percent) ? t("grown by {n} of {limit} %", { n: fixed(now.hfr_percent, 0), limit: Math.round(limit) }) : t("at {limit} %, too few subs yet", { limit: Math.round(limit) });
  return meter(t("HFR"), words, (now.hfr_percent ?? 0) / limit, now.hfr_percent >= limit);
}

/** What calls for a run once, by the plan. */
function others() {
  if (!plan) return "";
  const on = [plan.start && t("at the start"), plan.resume && t("when a night goes on"), plan.filter_change !== "never" && t("after a filter change"), plan.flip && t("after a meridian flip"), plan.centring && t("after centring")].filter(Boolean);
  const since = known(now.since) && phase ? t("Last run {span} ago.", { span: span(time() - now.since) }) : "";
  return [since, on.length ? t("Also {when}.", { when: on.join(", ") }) : ""].filter(Boolean).join(" ");
}

if ($("triggers")) {
  $("triggers-pause").addEventListener("click", () => ask("focus_pause", {}, $("triggers-pause")));
  $("triggers-resume").addEventListener("click", () => ask("focus_resume", {}, $("triggers-resume")));
  setInterval(draw, EVERY);
}

// How focus is set up: compensation, filter offsets, settings, and what past runs have taught of them.

import { $, clock, fixed, grouped, icon, known, say, show } from "./draw.js";
import { keep, make, signed } from "./focus_ask.js";
import { command } from "./link.js";
import { temperature } from "./units.js";
import { t } from "./words.js";

const here = $("fold-compensation") !== null;
const readers = [];
let told = null;

/** Called with the answer of focus_overview, each time there is one. */
export const whenLoaded = (reader) => readers.push(reader);

export async function load() {
  if (!here) return;
  const answer = await command("focus_overview");
  if (!answer.ok) return;
  told = answer.result;
  compensation(told.compensation);
  filters(told.filters);
  offers(told.offers);
  curves(told.filters.table);
  settings(told.settings);
  for (const reader of readers) reader(told);
}

/** What somebody types must not be overwritten by news. */
const fill = (input, value) => document.activeElement !== input && (input.value = value ?? "");
const busy = (form) => form.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
const error = (found, digits, unit) => t("{value} ± {error} {unit}, {n} runs", { value: signed(found.value, digits), error: found.error.toFixed(digits), unit, n: found.runs });

function compensation(now) {
  if (busy($("compensation-form"))) return;
  for (const radio of document.querySelectorAll('[name="compensate"]')) radio.checked = radio.value === now.compensate;
  fill($("coefficient"), now.steps_per_celsius);
  fill($("min-celsius"), now.min_celsius);
  say("compensation-note", now.compensate === "off" ? t("off") : `${signed(now.steps_per_celsius, 1)} ${t("steps/°C")}`);
  say("compensation-found", now.found ? t("Past runs say {found}.", { found: error(now.found, 1, t("steps/°C")) }) : t("Runs at different temperatures will tell the coefficient."));
  const moves = now.moves.map((move) => make("li", "", "", make("time", "", when(move.at)), make("b", "", `${signed(move.position - move.origin)} ${t("steps")}`), make("span", "", `${t("to {position}", { position: grouped(move.position) })}${known(move.celsius) ? ` · ${temperature(move.celsius)}` : ""}`)));
  $("moves").replaceChildren(...(moves.length ? moves : [make("li", "empty", t("No move yet."))]));
}

export function when(moment) {
  const day = new Date(moment * 1000);
  const today = new Date().toDateString() === day.toDateString();
  return today ? clock(moment).slice(0, 5) : `${day.toLocaleDateString([], { day: "numeric", month: "short" })} ${clock(moment).slice(0, 5)}`;
}

function filters(now) {
  if (busy($("filters-form"))) return;
  const set = now.table.filter((one) => known(one.offset)).length;
  say("filters-note", set ? t("{n} set", { n: set }) : t("none set"));
  say("filters-words", now.reference ? t("Offsets count from the reference filter, which has 0; found ones count from {filter}.", { filter: now.reference }) : t("Offsets count from the reference filter, which has 0."));
  $("filters-rows").replaceChildren(...now.table.map((one) => row(one, now.in_use)));
}

function row(one, inUse) {
  const input = make("input");
  Object.assign(input, { type: "number", step: "1", value: one.offset ?? "" });
  input.dataset.filter = one.name;
  input.setAttribute("aria-label", t("Offset of {filter}", { filter: one.name || t("no filter") }));
  const name = make("td", "", one.name || "–");
  if (one.name === inUse) name.append(" ", make("span", "chip", t("in use")));
  return make("tr", "", "", name, make("td", "", "", input), make("td", "", one.found ? error(one.found, 0, t("steps")) : "–"));
}

function offers(list) {
  show("offers", list.length > 0);
  $("offers-list").replaceChildren(...list.map(offer));
}

function offer(one) {
  const title = one.filter ? t("Offset of {filter}", { filter: one.filter }) : t("Temperature coefficient");
  const unit = one.filter ? t("steps from {filter}", { filter: one.against }) : t("steps/°C");
  const accept = make("button", "plain main", t("Use it"));
  const dismiss = make("button", "plain", t("Dismiss"));
  const answer = async (accepted, button) => (await keep("focus_offer", { key: one.key, accept: accepted }, button)).ok && load();
  for (const [button, accepted, words] of [[accept, true, t("Use it")], [dismiss, false, t("Dismiss")]]) {
    button.type = "button";
    button.setAttribute("aria-label", `${words}: ${title}`);
    button.addEventListener("click", () => answer(accepted, button));
  }
  const now = known(one.told) ? t("The profile has {value}.", { value: signed(one.told, one.filter ? 0 : 1) }) : t("The profile has none.");
  return make("li", "", "", bar(one), make("p", "", "", make("b", "", title), " ", make("span", "", `${error(one.found, one.filter ? 0 : 1, unit)}. ${now}`)), make("div", "choices", "", accept, dismiss));
}

function bar() {
  return icon("chart");
}

function curves(table) {
  const learned = table.filter((one) => one.curve);
  show("curves-empty", !learned.length);
  say("learned-note", learned.length ? t("{n} filters", { n: learned.length }) : "");
  $("curves").replaceChildren(...learned.map(({ name, curve }) => {
    const words = [t("HFR {hfr} at focus, twice that {steps} steps off (±{error} %)", { hfr: fixed(curve.hfr, 2), steps: Math.round(curve.breadth * (curve.kind === "hyperbola" ? Math.sqrt(3) : 1)), error: Math.round(curve.error * 100) }), curve.slope ? t("{slope} px per 100 steps far out", { slope: fixed(curve.slope * 100, 2) }) : "", t("{n} curves", { n: curve.runs })];
    const made = make("li", "", "", icon(curve.trusted ? "good" : "unknown", "badge"), make("p", "", "", make("b", "", name || t("No filter")), " ", make("span", "", [...words, curve.trusted ? t("trusted") : t("not trusted yet")].filter(Boolean).join(" · "))));
    made.dataset.tone = curve.trusted ? "good" : "unknown";
    return made;
  }));
}

function settings(now) {
  if (busy($("settings-form"))) return;
  for (const radio of document.querySelectorAll('[name="method"]')) radio.checked = radio.value === now.method;
  for (const input of document.querySelectorAll("[data-key]")) fill(input, now[input.dataset.key]);
  say("settings-note", t("{points} samples, {step} steps", { points: now.points, step: now.step }));
  const backlash = told.focuser?.backlash;
  say("settings-words", backlash ? t("Backlash as measured: {n} steps; the overshoot must be more.", { n: backlash }) : "");
}

function saves(form, values) {
  $(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    document.activeElement?.blur();
    if ((await keep("focus_change", { values: values() }, $(form).querySelector("[type=submit]"))).ok) load();
  });
}

const chosen = (name) => document.querySelector(`[name="${name}"]:checked`)?.value;

if (here) {
  saves("compensation-form", () => ({
    "focus.temperature.compensate": chosen("compensate") ?? "off",
    "focus.temperature.steps_per_celsius": Number($("coefficient").value) || 0,
    "focus.temperature.min_celsius": Number($("min-celsius").value) || 0,
  }));
  saves("filters-form", () => {
    const given = [...document.querySelectorAll("[data-filter]")].filter((input) => input.value !== "");
    return { "focus.filters.offsets": Object.fromEntries(given.map((input) => [input.dataset.filter, Math.round(Number(input.value))])) };
  });
  saves("settings-form", () => {
    const values = { "focus.method": chosen("method") };
    for (const input of document.querySelectorAll("[data-key]")) values[`focus.${input.dataset.key}`] = Number(input.value);
    return values;
  });
}
